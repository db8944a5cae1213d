import type { Json } from "../../../engine/core/json.ts";

/**
 * A business fault of the vendor as a value: what a caller gets with HTTP 400, or inside a batch item. Codes and texts
 * are those of the vendor's error page where the sheet or public error reports have them; others say so beside them.
 */
export class Refusal {
  readonly code: string;
  readonly message: string;
  readonly detail: string;
  readonly element: string;

  constructor(code: string, message: string, detail: string, element = "") {
    this.code = code;
    this.message = message;
    this.detail = detail;
    this.element = element;
  }
}

/** The Fault object of one refusal: `{Error: [...], type: "ValidationFault"}`. */
export function faultOf(refusal: Refusal): Json {
  const { code, message, detail, element } = refusal;
  return { Error: [{ Message: message, Detail: detail, code, element }], type: "ValidationFault" };
}

export function unknownProperty(path: string): Refusal {
  const message = "Request has invalid or unsupported property";
  return new Refusal("2010", message, `Property Name:${path} specified is unsupported or invalid`, path);
}

export function missing(parameter: string): Refusal {
  const message = "Required param missing, need to supply the required value for the API";
  return new Refusal("2020", message, `Required parameter ${parameter} is missing in the request`, parameter);
}

export function wrongLength(path: string, max: number, length: number): Refusal {
  const message = "String length is either shorter or longer than supported by specification";
  const group = (value: number): string => value.toLocaleString("en-US");
  const detail = `String length specified does not match the supported length. Min:0 Max:${group(max)} supported. Supplied length:${group(length)}`;
  return new Refusal("2050", message, detail, path);
}

/** Code 2090 for a number that the field cannot hold rests on no source; the vendor may round instead. */
export function invalidNumber(path: string, value: Json): Refusal {
  return new Refusal("2090", "Invalid Number", `Invalid Number : ${String(value)} is invalid`, path);
}

export function invalidReference(list: string, id: string): Refusal {
  const detail = `Invalid Reference Id : ${list} element id ${id} not found`;
  return new Refusal("2500", "Invalid Reference Id", detail, "Reference Id");
}

/** The vendor answers 610 or 2500 for an inactive record; the sheet does not say which when. */
export function inactiveReference(): Refusal {
  const detail =
    "Object Not Found : Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees.";
  return new Refusal("610", "Object Not Found", detail);
}

export function notFound(): Refusal {
  const detail =
    "Object Not Found : Something you're trying to use has been deleted, or its id does not exist.";
  return new Refusal("610", "Object Not Found", detail);
}

export function unsupported(operation: string): Refusal {
  return new Refusal("500", "Unsupported Operation", `Operation ${operation} is not supported.`);
}

export function business(text: string): Refusal {
  const message = "A business validation error has occurred while processing your request";
  return new Refusal("6000", message, `Business Validation Error: ${text}`);
}

export function parseError(text: string): Refusal {
  return new Refusal("4000", "Error parsing query", `QueryParserError: ${text}`);
}

export function invalidQuery(text: string): Refusal {
  return new Refusal("4001", "Invalid query", `QueryValidationError: ${text}`);
}
