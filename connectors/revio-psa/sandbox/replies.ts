import type { SandboxReply } from "../../../engine/connector/sandbox/types.ts";

/** The refusals of the gateway and of the services behind it. The sheet marks all their forms as placeholders. */

export function unauthorized(): SandboxReply {
  const message = "Unauthorized. Access token is missing or invalid.";
  return { status: 401, body: { statusCode: 401, message } };
}

/** A key that the exchange does not know: documented as a 4xx and no more. */
export function keyRefused(): SandboxReply {
  return failed(401, "InvalidApiKey", "The API key is invalid or has been revoked");
}

export function tooMany(seconds: number): SandboxReply {
  const message = `Rate limit is exceeded. Try again in ${seconds} seconds.`;
  return { status: 429, body: { statusCode: 429, message }, headers: { "retry-after": String(seconds) } };
}

export function failed(status: number, code: string, message: string): SandboxReply {
  return { status, body: { error: { code, message } } };
}

export function missing(noun: string): SandboxReply {
  return failed(404, "NotFound", `${noun} not found`);
}
