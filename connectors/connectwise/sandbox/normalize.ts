import type { Row, SandboxContext } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import type { FieldType } from "./define.ts";
import type { FieldError } from "./errors.ts";
import { referenceName } from "./records.ts";
import { type Resource, referenceNames } from "./resources.ts";

/** A sent record checked and in the ledger's form: references by id, instants in UTC, empty fields gone. */

export interface Normalized {
  readonly row: Row;
  readonly errors: readonly FieldError[];
}

/**
 * Unknown fields are dropped without a word, as .NET binders do (low confidence). Codes of the errors other than
 * MissingRequiredField are not documented; these follow its style.
 */
export function normalize(
  sent: { readonly [field: string]: Json },
  resource: Resource,
  context: SandboxContext,
): Normalized {
  const row: Row = {};
  const errors: FieldError[] = [];
  for (const [name, type] of resource.entity.fields) {
    const value = sent[name];
    if (value === undefined || value === null || value === "") continue;
    const result = convert(value, type, context);
    if ("value" in result) row[name] = result.value;
    else errors.push(fieldError(resource, name, result.code, result.message));
  }
  const custom = sent["customFields"];
  if (resource.pod !== undefined && custom !== undefined && custom !== null) {
    const fields = customValues(custom, resource, context);
    if ("values" in fields) row["customFields"] = fields.values;
    else errors.push(fieldError(resource, "customFields", "InvalidValue", fields.message));
  }
  return { row, errors };
}

export function fieldError(resource: Resource, field: string, code: string, message: string): FieldError {
  return { code, message, resource: resourceName(resource), field };
}

/** As errors call it: "company", "companySite". */
export function resourceName({ label }: Resource): string {
  return label.slice(0, 1).toLowerCase() + label.slice(1);
}

export function missingFields(row: Row, names: readonly string[], resource: Resource): FieldError[] {
  return names
    .filter((name) => row[name] === undefined)
    .map((name) => fieldError(resource, name, "MissingRequiredField", `The ${name} field is required.`));
}

type Converted = { readonly value: Json } | { readonly code: string; readonly message: string };

function convert(value: Json, type: FieldType, context: SandboxContext): Converted {
  switch (type.kind) {
    case "text":
      return text(value, type);
    case "number":
      return typeof value === "number" ? { value } : wrong("a number");
    case "flag":
      return typeof value === "boolean" ? { value } : wrong("true or false");
    case "date":
      return instant(value);
    case "list":
      return Array.isArray(value) ? { value } : wrong("a list");
    default:
      return pointer(value, type.to, context);
  }
}

function text(value: Json, type: Extract<FieldType, { kind: "text" }>): Converted {
  if (typeof value !== "string") return wrong("a string");
  if (type.max !== undefined && value.length > type.max) {
    return { code: "MaxLength", message: `The maximum length is ${type.max}.` };
  }
  if (type.allowed !== undefined && !type.allowed.includes(value))
    return wrong(`one of ${type.allowed.join(", ")}`);
  return { value };
}

/** Instants leave as yyyy-MM-ddTHH:mm:ssZ, whatever fraction or offset they came with. */
function instant(value: Json): Converted {
  const ms = typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? wrong("a date") : { value: seconds(ms) };
}

/** The vendor's form of an instant. */
export function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A reference needs its id, or another name where it has one. */
function pointer(value: Json, to: string | undefined, context: SandboxContext): Converted {
  if (!isObject(value)) return wrong("a reference object");
  if (to === undefined) return { value };
  if (typeof value["id"] === "number") {
    return context.ledger.get(to, String(value["id"])) === undefined
      ? unknown(to)
      : { value: { id: value["id"] } };
  }
  for (const name of referenceNames(to)) {
    const wanted = value[name];
    if (typeof wanted !== "string") continue;
    const found = context.ledger
      .all(to)
      .find((row) => String(referenceName(row, to, name)).toLowerCase() === wanted.toLowerCase());
    return found === undefined ? unknown(to) : { value: { id: found["id"] ?? null } };
  }
  return wrong("a reference with an id");
}

function customValues(
  sent: Json,
  resource: Resource,
  { ledger }: SandboxContext,
): { readonly values: Json } | { readonly message: string } {
  if (!Array.isArray(sent)) return { message: "customFields must be a list of {id, value}." };
  const values: Json[] = [];
  for (const entry of sent) {
    const id = isObject(entry) ? entry["id"] : undefined;
    const field = ledger.get("userDefinedFields", String(id));
    if (!isObject(entry) || field === undefined || field["podId"] !== resource.pod) {
      return { message: `There is no custom field ${JSON.stringify(id ?? null)}.` };
    }
    const value = entry["value"];
    if (value === undefined || value === null || value === "") continue;
    const wanted = field["fieldTypeIdentifier"] === "Checkbox" ? "boolean" : "string";
    if (typeof value !== wanted) return { message: `${String(field["caption"])} takes a ${wanted}.` };
    values.push({ id: id ?? null, value });
  }
  return { values };
}

function wrong(expected: string): Converted {
  return { code: "InvalidValue", message: `The value must be ${expected}.` };
}

function unknown(collection: string): Converted {
  return { code: "InvalidReference", message: `There is no such record in ${collection}.` };
}
