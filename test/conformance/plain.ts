import type { RunningSandbox } from "../../engine/connector/sandbox/types.ts";
import type { Json } from "../../engine/core/json.ts";

/** Plain HTTP to a sandbox, for looks at a rule that no connector would break. */

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The text itself when it is no JSON. */
  readonly body: Json;
}

export async function ask(
  { baseUrl }: RunningSandbox,
  method: string,
  path: string,
  headers: { readonly [name: string]: string },
  body?: Json,
): Promise<Answer> {
  const sent = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
  const reply = await fetch(`${baseUrl}${path}`, { method, headers, body: sent });
  const text = await reply.text();
  const isText = text === "" || text.startsWith("<");
  return { status: reply.status, headers: reply.headers, body: isText ? text : JSON.parse(text) };
}

/** Status of the last of so many equal calls, sent one after the other. */
export async function statusAfter(calls: number, call: () => Promise<Answer>): Promise<number> {
  let status = 0;
  for (let count = 0; count < calls; count++) status = (await call()).status;
  return status;
}
