import type { SandboxReply } from "../../../engine/connector/sandbox/types.ts";

/**
 * The vendor's refusals. Validation answers with a list of objects, everything else with one object, the gateway in a
 * form of its own. The sheet proves the forms; the texts are placeholders.
 */

export function validation(messages: readonly string[]): SandboxReply {
  const body = messages.map((message) => ({ ok: false, error: "VALIDATION", message }));
  return { status: 400, body };
}

export function missing(noun: string, id: string): SandboxReply {
  return { status: 404, body: { ok: false, message: `${noun} ${id} not found.` } };
}

export function unknownPath(path: string): SandboxReply {
  return { status: 404, body: { ok: false, message: `No resource was found that matches ${path}.` } };
}

export function methodRefused(method: string): SandboxReply {
  const message = `The requested resource does not support http method '${method}'.`;
  return { status: 405, body: { ok: false, message } };
}

export function denied(): SandboxReply {
  const message = "Authorization has been denied for this request.";
  return { status: 401, body: { ok: false, message } };
}

export function gatewayDenied(given: boolean): SandboxReply {
  const message = given
    ? "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription."
    : "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.";
  return { status: 401, body: { statusCode: 401, message } };
}

export function tooMany(seconds: number, retryAfter: boolean): SandboxReply {
  const message = `Rate limit is exceeded. Try again in ${seconds} seconds.`;
  const headers: { [name: string]: string } = retryAfter ? { "retry-after": String(seconds) } : {};
  return { status: 429, body: { statusCode: 429, message }, headers };
}
