import type { SandboxReply } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";

/** The vendor's refusals. Their forms vary as here; only the text of the 429 is the vendor's own, the others are assumed. */

/** Thrown inside a handler and answered by `answering`. */
export class Refusal extends Error {
  readonly reply: SandboxReply;
  constructor(reply: SandboxReply) {
    super(`${reply.status}`);
    this.name = "Refusal";
    this.reply = reply;
  }
}

/** 400 in the API's own form. */
export function invalid(message: string): Refusal {
  return new Refusal({
    status: 400,
    body: { ClassName: "ApiException", Message: message, Data: null },
  });
}

/** 400 as a bare JSON string, which is how some resources answer. */
export function plain(message: string): Refusal {
  return new Refusal({
    status: 400,
    body: JSON.stringify(message),
    headers: { "content-type": "application/json; charset=utf-8" },
  });
}

export function notFound(): SandboxReply {
  return { status: 404, body: { Message: "Not found" } };
}

/** An empty body; the reason stands in a header. */
export function unauthorized(): SandboxReply {
  return { status: 401, headers: { "www-authenticate": 'Bearer error="invalid_token"' } };
}

export function tooMany(requests: number): SandboxReply {
  return {
    status: 429,
    body: `Rate Limit Reached - ${requests} Requests per rolling 5 minute window`,
    headers: { "content-type": "text/plain; charset=utf-8" },
  };
}

/** Runs a handler's work; a Refusal is the answer. */
export function answering(work: () => SandboxReply): SandboxReply {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Refusal) return cause.reply;
    throw cause;
  }
}

/** A body of the API: whole numbers that the vendor types as doubles may be written with a fraction. */
export function withDoubles(body: Json, fields: readonly string[]): SandboxReply {
  if (fields.length === 0 || !(isObject(body) || Array.isArray(body))) return { status: 200, body };
  // A quotation mark inside a text is escaped, so a field's name in a text never looks like a field.
  const pattern = new RegExp(`("(?:${fields.join("|")})":-?\\d+)(?=[,}])`, "g");
  return {
    status: 200,
    body: JSON.stringify(body).replace(pattern, "$1.0"),
    headers: { "content-type": "application/json; charset=utf-8" },
  };
}
