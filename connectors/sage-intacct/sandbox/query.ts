import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import { type Books, INVOICE, LINE, referenceTo, rowsOf, valueAt } from "./books.ts";
import { Refusal } from "./errors.ts";
import { compileFilters } from "./filter.ts";
import { findType, type ObjectType, type Shape } from "./shapes.ts";

/** POST /services/core/query: named fields of one object, flat; pages by `start`, without a snapshot. */

const SIZE_MAX = 4000;
const SIZE_DEFAULT = 100;

/** The body of the reply. A name that the object lacks fails the whole query. */
export function runQuery(body: Row, books: Books): Row {
  const type = findType(String(body["object"] ?? ""));
  if (type === undefined) throw new Refusal("field", `${String(body["object"])} is not a valid object`);
  const fields = Array.isArray(body["fields"]) ? body["fields"].map(String) : [];
  if (fields.length === 0) throw new Refusal("required", "fields is required");
  for (const field of fields) if (books.rule("unknown_fields")) kindOf(field, type);
  const test = compileFilters(body, (field) => kindOf(field, type));
  const start = numberOf(body["start"], 1);
  const size = numberOf(body["size"], SIZE_DEFAULT);
  if (size > SIZE_MAX && books.rule("query_size")) throw new Refusal("value", `size is at most ${SIZE_MAX}`);
  const found = sorted(recordsOf(type, books).filter(test), body["orderBy"]);
  const rows = found.slice(start - 1, start - 1 + size);
  return {
    "ia::result": rows.map((row) =>
      Object.fromEntries(fields.map((field) => [field, valueAt(row, field) ?? null])),
    ),
    "ia::meta": pageMeta(found.length, start, size),
  };
}

/** GET /objects/{object}: references only, whatever was asked for. */
export function listReferences(type: ObjectType, query: URLSearchParams, books: Books): Row {
  const start = numberOf(Number(query.get("start") ?? 1), 1);
  const size = Math.min(numberOf(Number(query.get("size") ?? SIZE_DEFAULT), SIZE_DEFAULT), SIZE_DEFAULT);
  const all = recordsOf(type, books);
  const rows = all.slice(start - 1, start - 1 + size);
  return {
    "ia::result": rows.map((row) => referenceTo(type.name, row)),
    "ia::meta": pageMeta(all.length, start, size),
  };
}

/** The records of an object; lines are kept inside their invoices. */
export function recordsOf(type: ObjectType, { ledger }: Books): readonly Row[] {
  if (type.name !== LINE) return ledger.all(type.name);
  return ledger.all(INVOICE).flatMap((invoice) =>
    rowsOf(invoice["lines"]).map((line) => ({
      ...line,
      invoice: referenceTo(INVOICE, invoice),
      audit: invoice["audit"] ?? null,
    })),
  );
}

/** The kind of a dotted name; throws the refusal for one that the object lacks. */
function kindOf(field: string, { name, fields }: ObjectType): Shape["kind"] {
  let shape: Shape | undefined = { kind: "group", fields };
  for (const part of field.split(".")) {
    if (shape?.kind === "computed") shape = shape.shape;
    if (shape?.kind === "group") shape = Object.hasOwn(shape.fields, part) ? shape.fields[part] : undefined;
    else if (shape?.kind === "ref" && ["key", "id", "href"].includes(part)) shape = { kind: "text" };
    else shape = undefined;
  }
  if (shape?.kind === "computed") shape = shape.shape;
  if (shape !== undefined && !["group", "list", "ref"].includes(shape.kind)) return shape.kind;
  throw new Refusal("field", `${field} is not a valid field of ${name}`);
}

/** By the first of orderBy; else by record number. */
function sorted(rows: readonly Row[], orderBy: Json | undefined): Row[] {
  const [first] = rowsOf(orderBy);
  const [field = "key", direction = "asc"] = Object.entries(first ?? {})[0] ?? [];
  const sign = direction === "desc" ? -1 : 1;
  return [...rows].sort((a, b) => {
    const left = String(valueAt(a, field) ?? "");
    const right = String(valueAt(b, field) ?? "");
    return sign * (field === "key" ? Number(left) - Number(right) : left.localeCompare(right));
  });
}

function pageMeta(totalCount: number, start: number, pageSize: number): Row {
  const next = start + pageSize;
  return {
    totalCount,
    start,
    pageSize,
    next: next <= totalCount ? next : null,
    previous: start > 1 ? Math.max(1, start - pageSize) : null,
  };
}

function numberOf(value: Json | undefined, otherwise: number): number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 ? value : otherwise;
}
