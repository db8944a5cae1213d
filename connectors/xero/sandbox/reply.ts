import type { Row, SandboxContext, SandboxReply } from "../../../engine/connector/sandbox/types.ts";
import { uuid } from "./books.ts";
import { wireDate } from "./dates.ts";
import { budget } from "./limits.ts";

/** The vendor's answers: envelope, errors and the headers that tell what is left of the limits. */

/** A good answer: the list under its resource's name, a single record too. */
export function answer(
  resource: string,
  rows: readonly Row[],
  context: SandboxContext,
  page?: Row,
): SandboxReply {
  const head = {
    Id: uuid(`reply:${context.now()}`),
    Status: "OK",
    ProviderName: "tripoint sandbox",
    DateTimeUTC: wireDate(context.now()),
  };
  const pagination = page === undefined ? {} : { pagination: page };
  // The one resource whose path is not what its list is called.
  const name = resource === "Organisation" ? "Organisations" : resource;
  return { status: 200, body: { ...head, ...pagination, [name]: [...rows] }, headers: budget(context) };
}

/** 400 for a request of which an element is refused. */
export function validation(elements: readonly Row[], context: SandboxContext): SandboxReply {
  return exception(10, "ValidationException", "A validation exception occurred", context, elements);
}

/** 400 of another kind; the numbers 14, 16 and 17 are of low confidence. */
export function exception(
  number: number,
  type: string,
  message: string,
  context: SandboxContext,
  elements: readonly Row[] = [],
): SandboxReply {
  const body = { ErrorNumber: number, Type: type, Message: message };
  const details = elements.length === 0 ? {} : { Elements: [...elements] };
  return { status: 400, body: { ...body, ...details }, headers: budget(context) };
}

/** 404, which is no JSON. */
export function notFound(context: SandboxContext): SandboxReply {
  return {
    status: 404,
    body: "The resource you're looking for cannot be found",
    headers: { "content-type": "text/html", ...budget(context) },
  };
}

/** 500, which a malformed GUID gets too. */
export function unknownError(context: SandboxContext): SandboxReply {
  const body = { ErrorNumber: 500, Type: "UnknownErrorException", Message: "An error occurred in Xero." };
  return { status: 500, body, headers: budget(context) };
}
