import type { Row, SandboxContext } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { type Resource, referenceNames, resources } from "./resources.ts";

/** The vendor's records as they stand in the ledger, and as they leave: references live, empty fields left out. */

// A type link has no id of its own in the ledger: it is made of the company's and the type's.
const LINK_BASE = 1000;

/** Rows of a resource, by id; those of one parent when there is one above. */
export function rowsOf(resource: Resource, parent: string | undefined, { ledger }: SandboxContext): Row[] {
  if (resource.inside !== undefined) {
    const owner = resource.inside === "types" ? "companies" : "contacts";
    const above = parent === undefined ? ledger.all(owner) : [ledger.get(owner, parent)];
    return above.flatMap((row) => (row === undefined ? [] : insideRows(resource.inside, row)));
  }
  const all = ledger.all(resource.collection);
  const { field } = resource.parent ?? {};
  const own = field === undefined ? all : all.filter((row) => String(upward(row[field])) === parent);
  return [...own].sort((a, b) => idOf(a) - idOf(b));
}

export function findRow(
  resource: Resource,
  parent: string | undefined,
  id: string,
  context: SandboxContext,
): Row | undefined {
  if (resource.inside !== undefined) {
    return rowsOf(resource, parent, context).find((row) => String(row["id"]) === id);
  }
  const row = context.ledger.get(resource.collection, id);
  const { field } = resource.parent ?? {};
  if (row === undefined || field === undefined) return row;
  return String(upward(row[field])) === parent ? row : undefined;
}

/** The numeric id of a row. */
export function idOf(row: Row): number {
  return Number(row["id"]);
}

/** The id that a reference object or a plain number points to. */
export function upward(value: Json | undefined): Json | undefined {
  return isObject(value) ? value["id"] : value;
}

/** Id of the link between a company and a type. */
export function linkId(company: number, type: number): number {
  return company * LINK_BASE + type;
}

function insideRows(inside: Resource["inside"], row: Row): Row[] {
  const list = inside === undefined ? undefined : row[inside];
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).map((item) =>
    inside === "communicationItems"
      ? { ...item, contactId: idOf(row) }
      : {
          id: linkId(idOf(row), Number(item["id"])),
          type: { id: item["id"] ?? null },
          company: { id: idOf(row) },
        },
  );
}

/** The record as a reply shows it. */
export function render(row: Row, resource: Resource, context: SandboxContext): Row {
  const shown: Row = { id: row["id"] ?? null };
  for (const [name, type] of resource.entity.fields) {
    const value = row[name];
    if (value === undefined || value === null) continue;
    shown[name] = type.kind === "ref" ? reference(value, type.to, context) : value;
  }
  if (Array.isArray(shown["communicationItems"])) {
    shown["communicationItems"] = shown["communicationItems"].map((item: Json) =>
      isObject(item)
        ? { ...item, type: reference(item["type"] ?? null, "communicationTypes", context) }
        : item,
    );
  }
  if (resource.collection === "companies" && Array.isArray(shown["types"])) {
    shown["types"] = shown["types"].map((type: Json) => reference(type, "companyTypes", context));
  }
  if (resource.pod !== undefined) shown["customFields"] = customFields(row, resource.pod, context);
  if (isObject(row["_info"])) shown["_info"] = row["_info"];
  return shown;
}

/** A reference with the names that its record has now; the stored one as it is where no collection is behind it. */
export function reference(value: Json, to: string | undefined, context: SandboxContext): Json {
  const id = upward(value);
  const row = to === undefined ? undefined : context.ledger.get(to, String(id));
  if (to === undefined || row === undefined) return value;
  const shown: Row = { id: row["id"] ?? null };
  for (const name of referenceNames(to)) {
    const text = referenceName(row, to, name);
    if (text !== undefined && text !== null) shown[name] = text;
  }
  const path = resources.find(
    (resource) => resource.collection === to && resource.parent === undefined,
  )?.path;
  if (path !== undefined) {
    shown["_info"] = { [`${to}_href`]: `${context.origin}/v4_6_release/apis/3.0${path}/${id}` };
  }
  return shown;
}

/** What a reference calls the record that it points to. */
export function referenceName(row: Row, collection: string, name: string): Json | undefined {
  if (collection === "contacts" && name === "name") {
    return [row["firstName"], row["lastName"]].filter((part) => typeof part === "string").join(" ");
  }
  if (collection === "communicationTypes" && name === "name") return row["description"];
  if (collection === "invoices" && name === "identifier") return row["invoiceNumber"];
  return row[name];
}

/** All custom fields of a pod; one without a value has no `value` key, as other empty fields. */
export function customFields(row: Row, pod: number, { ledger }: SandboxContext): Row[] {
  const values = Array.isArray(row["customFields"]) ? row["customFields"].filter(isObject) : [];
  return ledger
    .all("userDefinedFields")
    .filter((field) => field["podId"] === pod)
    .map((field) => {
      const value = values.find((entry) => entry["id"] === field["id"])?.["value"];
      return {
        id: field["id"] ?? null,
        caption: field["caption"] ?? null,
        type: field["fieldTypeIdentifier"] ?? null,
        entryMethod: field["entryTypeIdentifier"] ?? null,
        numberOfDecimals: field["numberDecimals"] ?? 0,
        ...(value === undefined || value === null ? {} : { value }),
      };
    });
}
