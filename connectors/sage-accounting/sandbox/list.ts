import type {
  Row,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import { refId, rowOf, textOf } from "./books.ts";
import { type Resource, tombstones } from "./resources.ts";

/** Reading: lists in their envelope with the filters of their resource, and single records. */

const SIZE_DEFAULT = 20;
const SIZE_MAX = 200;

export function listRows(resource: Resource, request: SandboxRequest, context: SandboxContext): SandboxReply {
  const { query } = request;
  const deletedSince = Date.parse(query.get("deleted_since") ?? "");
  const rows = Number.isNaN(deletedSince)
    ? context.ledger.all(resource.path).filter((row) => isWanted(row, resource, query))
    : context.ledger
        .all(tombstones(resource))
        .filter((row) => Date.parse(textOf(row["deleted_at"])) > deletedSince);
  const size = Math.min(
    SIZE_MAX,
    Math.max(1, Number(query.get("items_per_page") ?? SIZE_DEFAULT) || SIZE_DEFAULT),
  );
  const page = Math.max(1, Number(query.get("page")) || 1);
  const sorted = inOrder(rows, query.get("sort") ?? "");
  const shown = sorted.slice((page - 1) * size, page * size).map((row) => view(row, resource, query));
  const pages = Math.ceil(sorted.length / size);
  const link = (number: number): string => {
    const next = new URLSearchParams(query);
    next.set("page", String(number));
    next.set("items_per_page", String(size));
    return `/${resource.path}?${next}`;
  };
  const body = {
    $total: sorted.length,
    $page: page,
    $next: page < pages ? link(page + 1) : null,
    $back: page > 1 ? link(page - 1) : null,
    $items_per_page: size,
    $items: shown,
  };
  return { status: 200, body };
}

/** One record, whole; undefined where there is none. */
export function readRow(resource: Resource, id: string, { ledger }: SandboxContext): Row | undefined {
  return ledger.get(resource.path, id);
}

function isWanted(row: Row, { filters, search }: Resource, query: URLSearchParams): boolean {
  const since = Date.parse(query.get("updated_or_created_since") ?? "");
  const words = (query.get("search") ?? "").toLowerCase();
  const from = query.get("from_date") ?? "";
  const to = query.get("to_date") ?? "9999";
  const day = textOf(row["date"]);
  return (
    (Number.isNaN(since) || Date.parse(textOf(row["updated_at"])) >= since) &&
    (words === "" || search.some((field) => textOf(row[field]).toLowerCase().includes(words))) &&
    (day === "" || (day >= from && day <= to)) &&
    Object.entries(filters).every(([name, field]) => {
      const value = query.get(name);
      return value === null || refId(row[field]) === value;
    })
  );
}

// A list shows ids and names alone unless it is asked for more.
function view(row: Row, resource: Resource, query: URLSearchParams): Row {
  const head: Row = {
    id: row["id"] ?? "",
    displayed_as: row["displayed_as"] ?? "",
    $path: row["$path"] ?? "",
  };
  if (row["deleted_at"]) head["deleted_at"] = row["deleted_at"];
  const wanted = (query.get("attributes") ?? "").split(",").filter((name) => name !== "");
  const isAll = wanted.includes("all");
  const isDeep = resource.nests !== true || query.get("nested_attributes") === "all";
  const fields = Object.entries(row).filter(([name]) => isAll || wanted.includes(name));
  return {
    ...head,
    ...Object.fromEntries(fields.map(([name, value]) => [name, isDeep ? value : shallow(value)])),
  };
}

function shallow(value: Json): Json {
  const { id, displayed_as, $path } = rowOf(value);
  return typeof $path === "string" ? { id: id ?? "", displayed_as: displayed_as ?? "", $path } : value;
}

function inOrder(rows: readonly Row[], sort: string): readonly Row[] {
  const [field = "", direction] = sort.split(":");
  if (!["created_at", "updated_at", "date", "due_date"].includes(field)) return rows;
  const sign = direction === "desc" ? -1 : 1;
  return rows.toSorted((a, b) => sign * textOf(a[field]).localeCompare(textOf(b[field])));
}
