import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { type Books, rowsOf } from "./books.ts";
import { customFields, names } from "./names.ts";
import { addressFields, type Fields, type Kind } from "./shapes.ts";

/** Turns what a request says into the row the vendor would keep, or lists everything that is wrong with it. */

const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,7})?)?$/;

export interface Checked {
  readonly row: Row;
  readonly messages: readonly string[];
}

/**
 * A whole row out of a request: fields of no meaning here are dropped, omitted ones get the vendor's empty value and
 * the vendor's own fields keep what `old` has.
 */
export function checkBody(fields: Fields, input: Row, old: Row | undefined, books: Books): Checked {
  const messages: string[] = [];
  const row: Row = {};
  for (const [name, shape] of Object.entries(fields)) {
    const value = input[name] ?? null;
    if (shape.kind === "server") {
      row[name] = old?.[name] ?? shape.empty;
      continue;
    }
    if (shape.required && saysNothing(value, shape)) messages.push(`The ${name} field is required.`);
    row[name] =
      value === null
        ? emptyOf(shape, old?.[name])
        : checked(value, shape, name, old?.[name], messages, books);
  }
  return { row, messages };
}

/** A row in which nothing was said. */
export function emptyRow(fields: Fields): Row {
  return Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, emptyOf(shape, undefined)]));
}

/** Strings are empty and numbers zero where there is nothing; only dates are null, as in the sheet's sample. */
function emptyOf(shape: Kind, old: Json | undefined): Json {
  switch (shape.kind) {
    case "text":
    case "country":
      return "";
    case "int":
    case "double":
      return 0;
    case "flag":
      return false;
    case "date":
      return null;
    case "choice":
      return shape.preset;
    case "address":
      return { address_id: idOf(old), ...emptyRow(addressFields) };
    case "custom_fields":
      return rowsOf(old).length > 0 ? (old ?? []) : customFields.map((field) => ({ ...field, value: "" }));
    case "allocations":
      return [];
    case "server":
      return shape.empty;
  }
}

function checked(
  value: Json,
  shape: Kind,
  name: string,
  old: Json | undefined,
  messages: string[],
  books: Books,
): Json {
  const refuse = (why: string): Json => {
    messages.push(`The ${name} field ${why}.`);
    return emptyOf(shape, old);
  };
  switch (shape.kind) {
    case "text":
      if (typeof value !== "string") return refuse("must be a string");
      if (value.length > shape.max && books.rule("lengths")) {
        return refuse(`must be a string with a maximum length of ${shape.max}`);
      }
      return value;
    case "country":
      return typeof value === "string" || isInt(value) ? value : refuse("must be a country code");
    case "int":
      return isInt(value) ? value : refuse("must be an integer");
    case "double":
      if (typeof value !== "number") return refuse("must be a number");
      return shape.least !== undefined && value < shape.least ? refuse("must be positive") : value;
    case "flag":
      return typeof value === "boolean" ? value : refuse("must be a boolean");
    case "date":
      return checkedDate(value) ?? refuse("must be a date without a time zone");
    case "choice":
      return (
        shape.of.find((word) => word === String(value).toUpperCase()) ?? refuse(`must be one of ${shape.of}`)
      );
    case "address":
      return isObject(value)
        ? checkedAddress(value, name, old, messages, books)
        : refuse("must be an address");
    case "custom_fields":
      return Array.isArray(value) ? checkedFields(rowsOf(value), old, messages) : refuse("must be a list");
    case "allocations":
      return Array.isArray(value) ? checkedAllocations(rowsOf(value), messages) : refuse("must be a list");
    case "server":
      return shape.empty;
  }
}

/** 0 is no id at this vendor, but a quantity or rate of 0 is one. */
function saysNothing(value: Json, shape: Kind): boolean {
  return value === null || value === "" || (value === 0 && shape.kind === "int");
}

function isInt(value: Json): value is number {
  return typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= 0x7fffffff;
}

/** A calendar date or a local date-time that exists; a date alone becomes its midnight. */
function checkedDate(value: Json): string | undefined {
  if (typeof value !== "string" || !DATE.test(value)) return undefined;
  const day = value.slice(0, 10);
  const parsed = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== day) return undefined;
  return value.length === 10 ? `${value}T00:00:00` : value;
}

function checkedAddress(
  value: Row,
  name: string,
  old: Json | undefined,
  messages: string[],
  books: Books,
): Json {
  const inner = checkBody(addressFields, value, undefined, books);
  messages.push(...inner.messages.map((message) => message.replace("The ", `The ${name}.`)));
  return { address_id: idOf(old), ...inner.row };
}

function idOf(address: Json | undefined): Json {
  return isObject(address) ? (address["address_id"] ?? 0) : 0;
}

/** The customer's custom fields in the order they had, with the values of those that the request names. */
function checkedFields(given: readonly Row[], old: Json | undefined, messages: string[]): Json {
  const rows = rowsOf(emptyOf({ kind: "custom_fields" }, old)).map((row) => ({ ...row }));
  for (const item of given) {
    // Whether a create may name a field by its label is not documented: the id decides where there is one.
    const row = rows.find((field) =>
      item["field_id"] === undefined
        ? field["label"] === item["label"]
        : field["field_id"] === item["field_id"],
    );
    const value = item["value"] ?? "";
    if (row === undefined) messages.push("The fields list names a custom field that does not exist.");
    else if (typeof value !== "string") messages.push(`The value of ${row["label"]} must be a string.`);
    else row["value"] = value;
  }
  return rows;
}

function checkedAllocations(given: readonly Row[], messages: string[]): Json {
  const { allocatedBill, allocatedAmount } = names.payment;
  return given.map((item) => {
    const bill = item[allocatedBill] ?? null;
    const amount = item[allocatedAmount] ?? null;
    if (!isInt(bill)) messages.push(`The ${allocatedBill} field must be an integer.`);
    if (typeof amount !== "number") messages.push(`The ${allocatedAmount} field of a bill must be a number.`);
    return { [allocatedBill]: bill, [allocatedAmount]: amount };
  });
}
