import type { Json } from "../core/json.ts";
import { createTransport } from "./transport.ts";

const TIMEOUT_MS = 10_000;

/** Posts a JSON body to an address, once; why it did not arrive, or undefined. The address is secret, and never named. */
export async function postWebhook(address: string, body: Json): Promise<string | undefined> {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) return "it is no address";
  const transport = createTransport({ connections: 1, timeout_ms: TIMEOUT_MS });
  try {
    const answer = await transport.exchange({
      method: "POST",
      url: new URL(address),
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (answer.kind !== "answer") return answer.message;
    return answer.status >= 200 && answer.status < 300 ? undefined : `it answered ${answer.status}`;
  } finally {
    await transport.close();
  }
}
