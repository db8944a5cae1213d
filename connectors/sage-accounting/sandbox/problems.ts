import type { Row } from "../../../engine/connector/sandbox/types.ts";

/** Why a write was refused: the rows of the vendor's error list. */
export class Problems {
  readonly rows: readonly Row[];
  constructor(rows: readonly Row[]) {
    this.rows = rows;
  }
}

/** A field that is missing or wrong. */
export function invalid(source: string, message: string): Row {
  return { $severity: "error", $dataCode: "ValidationError", $message: message, $source: source };
}

/** A record that a body names and nobody has; which one, the vendor does not say. */
export function notFound(message = "Couldn't find record."): Row {
  return { $severity: "error", $dataCode: "RecordNotFound", $message: message, $source: "" };
}

/** A record that is in no state for what was asked. */
export function invalidRecord(message: string): Row {
  return { $severity: "error", $dataCode: "RecordInvalid", $message: message, $source: "" };
}

/** The problems as one value; undefined when there are none. */
export function collect(...lists: readonly (readonly Row[])[]): Problems | undefined {
  const rows = lists.flat();
  return rows.length === 0 ? undefined : new Problems(rows);
}

/** A required text, and its greatest length. */
export function checkText(body: Row, field: string, max: number, isRequired = false): readonly Row[] {
  const value = body[field];
  if (isRequired && (typeof value !== "string" || value.trim() === "")) {
    return [invalid(field, "This field is required.")];
  }
  return typeof value === "string" && value.length > max
    ? [invalid(field, `This field is too long (maximum is ${max} characters).`)]
    : [];
}
