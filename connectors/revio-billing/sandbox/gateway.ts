import type {
  Ledger,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { denied, gatewayDenied, tooMany } from "./replies.ts";

/** What stands before the API: the gateway's subscription key and call limits, then the vendor's own credentials. */

export const credentials = {
  /** username@clientcode: the client code chooses between production and sandbox, not the host. */
  user: "tripoint@lakeside-sandbox",
  password: "sandbox-password",
  key: "0123456789abcdef0123456789abcdef",
} as const;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const limits = [
  { length_ms: MINUTE_MS, calls: 500 },
  { length_ms: DAY_MS, calls: 150_000 },
] as const;

interface Window {
  start: number;
  calls: number;
}
// Counters live as long as the server that owns the ledger: a restarted gateway has forgotten them too.
const windows = new WeakMap<Ledger, Window[]>();

/** The refusal for a request that does not get through; undefined for one that does. */
export function gateway(request: SandboxRequest, context: SandboxContext): SandboxReply | undefined {
  if (context.rule("auth")) {
    const key = request.headers["ocp-apim-subscription-key"];
    if (key !== credentials.key) return gatewayDenied(typeof key === "string" && key !== "");
  }
  if (context.rule("rate_limit")) {
    const refusal = overLimit(context);
    if (refusal !== undefined) return refusal;
  }
  if (context.rule("auth") && !isSignedIn(request.headers.authorization)) return denied();
  return undefined;
}

function isSignedIn(header: string | undefined): boolean {
  const [scheme = "", encoded = ""] = (header ?? "").split(" ");
  if (scheme.toLowerCase() !== "basic") return false;
  // A user name with an @ of its own (an e-mail address) is told apart from its client code wrongly, and so denied.
  return Buffer.from(encoded, "base64").toString("utf8") === `${credentials.user}:${credentials.password}`;
}

/** Counts the call in every window, or refuses it without counting when one of them is full. */
function overLimit(context: SandboxContext): SandboxReply | undefined {
  const now = context.now();
  const open = limits.map((limit, index) => {
    const window = windows.get(context.ledger)?.[index];
    return window !== undefined && now - window.start < limit.length_ms ? window : { start: now, calls: 0 };
  });
  windows.set(context.ledger, open);
  let wait_ms = 0;
  for (const [index, limit] of limits.entries()) {
    const window = open[index];
    if (window !== undefined && window.calls >= limit.calls) {
      wait_ms = Math.max(wait_ms, window.start + limit.length_ms - now);
    }
  }
  if (wait_ms > 0) return tooMany(Math.ceil(wait_ms / 1000), context.rule("retry_after"));
  for (const window of open) window.calls += 1;
  return undefined;
}
