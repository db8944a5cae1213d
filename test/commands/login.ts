import assert from "node:assert/strict";
import type { ClientPlace } from "../../engine/commands/client.ts";
import { type ConnectCommand, connect } from "../../engine/commands/connect.ts";

/** A login as a person sees it: the command that is typed, and the browser. */

export interface Begun {
  readonly url: string;
  readonly ended: ReturnType<typeof connect>;
  readonly ignored: readonly string[];
  readonly abort: () => void;
}

// A free port.
const FREE = "http://127.0.0.1/callback";

/** Types the command and waits until it says where to consent. */
export async function begin(place: ClientPlace, options: Partial<ConnectCommand> = {}): Promise<Begun> {
  const controller = new AbortController();
  const ignored: string[] = [];
  let ended: ReturnType<typeof connect> = Promise.resolve(undefined);
  const url = await new Promise<string>((resolve, reject) => {
    ended = connect(place, {
      system: "accounting",
      manual: false,
      redirectUri: FREE,
      signal: controller.signal,
      onUrl: resolve,
      onIgnored: (text) => ignored.push(text),
      readLine: async () => undefined,
      ...options,
    });
    ended.catch(reject);
  });
  ended.catch(() => {});
  return { url, ended, ignored, abort: () => controller.abort() };
}

/** Consents in a browser that does not follow: where the vendor sends it. */
export async function consent(url: string): Promise<string> {
  const reply = await fetch(url, { redirect: "manual" });
  assert.equal(reply.status, 302, await reply.text());
  return reply.headers.get("location") ?? "";
}
