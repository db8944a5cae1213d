import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { parseMoney } from "../../../engine/core/money.ts";
import { type Books, find, referenceTo } from "./books.ts";
import { type Cause, invalidPayload } from "./errors.ts";
import type { Fields, ObjectType, Shape } from "./shapes.ts";

/** Reads a body by its object's shape: every mistake in one refusal, references resolved to {key, id, href}. */

/** What of the body is kept. Fields that only the vendor sets are passed over, as its PATCH of a read record needs. */
export function readBody(body: Row, { fields }: ObjectType, books: Books): Row {
  const errors: Cause[] = [];
  const row = readFields(body, fields, "", errors, books);
  if (errors.length > 0) throw invalidPayload(errors);
  return row;
}

/** Refuses a record that lacks what it must have. */
export function checkRequired(row: Row, { required }: ObjectType, { rule }: Books): void {
  if (!rule("required")) return;
  const errors = required
    .filter((name) => isBlank(row[name]))
    .map((name): Cause => ({ reason: "required", message: `${name} is required`, target: `/${name}` }));
  if (errors.length > 0) throw invalidPayload(errors);
}

function readFields(body: Row, fields: Fields, place: string, errors: Cause[], books: Books): Row {
  const row: Row = {};
  for (const [name, value] of Object.entries(body)) {
    const target = `${place}/${name}`;
    const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
    // Custom fields are the company's own: nsp::NAME.
    if (name.startsWith("nsp::")) row[name] = value;
    else if (shape !== undefined) {
      const read = readValue(value, shape, target, errors, books);
      if (read !== undefined) row[name] = read;
    } else if (books.rule("unknown_fields")) {
      errors.push({ reason: "field", message: `${target} is not a valid field`, target });
    }
  }
  return row;
}

function readValue(
  value: Json,
  shape: Shape,
  target: string,
  errors: Cause[],
  books: Books,
): Json | undefined {
  const wrong = (what: string): undefined => {
    errors.push({ reason: "value", message: `${target} is not ${what}`, target });
    return undefined;
  };
  if (shape.kind === "computed") return undefined;
  if (value === null) return null;
  switch (shape.kind) {
    case "text":
    case "instant":
      return typeof value === "string" ? value : wrong("a string");
    case "decimal": {
      // Amounts are decimal texts; that a JSON number is refused is assumed.
      if (typeof value !== "string" && books.rule("decimal_strings")) return wrong("a decimal string");
      const text = String(value);
      return parseMoney(text, books.world.currency) === undefined ? wrong("an amount") : text;
    }
    case "date":
      return /^\d{4}-\d\d-\d\d$/.test(String(value)) && !Number.isNaN(Date.parse(String(value)))
        ? value
        : wrong("a date");
    case "flag":
      return typeof value === "boolean" ? value : wrong("a boolean");
    case "number":
      return typeof value === "number" ? value : wrong("a number");
    case "choice":
      return shape.values.includes(String(value)) ? value : wrong(`one of ${shape.values.join(", ")}`);
    case "group":
      return isObject(value)
        ? readFields({ ...value }, shape.fields, target, errors, books)
        : wrong("an object");
    case "list":
      if (!Array.isArray(value)) return wrong("a list");
      return value.map((item: Json, index) =>
        isObject(item) ? readFields({ ...item }, shape.fields, `${target}/${index}`, errors, books) : {},
      );
    case "ref":
      return readReference(value, shape.to, target, errors, books);
  }
}

function readReference(
  value: Json,
  to: string | undefined,
  target: string,
  errors: Cause[],
  books: Books,
): Json | undefined {
  if (!isObject(value)) {
    errors.push({ reason: "value", message: `${target} is not a reference`, target });
    return undefined;
  }
  if (to === undefined) return value;
  const found = find(to, value, books.ledger);
  if (found !== undefined) return referenceTo(to, found);
  if (!books.rule("references")) return value;
  const named = String(value["key"] ?? value["id"] ?? "");
  errors.push({ reason: "reference", message: `${target} ${named} does not exist`, target });
  return undefined;
}

function isBlank(value: Json | undefined): boolean {
  return (
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)
  );
}
