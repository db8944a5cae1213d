import type {
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { Refusal } from "./errors.ts";
import { texts } from "./names.ts";

/** Credentials, and the requests that a tenant has in an hour. */

export const credentials = {
  user: "api-lakeside@lakeside.example",
  secret: "sandbox-secret",
  code: "SANDBOXINTEGRATION",
} as const;

const HOUR_MS = 3_600_000;
const REQUESTS_PER_HOUR = 10_000;

export interface Gate {
  readonly admit: (request: SandboxRequest, context: SandboxContext) => SandboxReply | undefined;
  /** ThresholdInformation. */
  readonly usage: (context: SandboxContext) => SandboxReply;
}

/**
 * The threshold is the whole tenant's, over any 60 minutes. From half of it on the vendor also answers more slowly,
 * which is left out here: it would only make tests slow.
 */
export function createGate(limit = REQUESTS_PER_HOUR): Gate {
  const calls = new WeakMap<SandboxContext, number[]>();
  const recent = (context: SandboxContext): number[] => {
    const since = context.now() - HOUR_MS;
    const kept = (calls.get(context) ?? []).filter((at) => at > since);
    calls.set(context, kept);
    return kept;
  };
  return {
    admit: (request, context) => {
      const refused = refuseLogin(request, context);
      if (refused !== undefined) return refused;
      const times = recent(context);
      if (times.length >= limit && context.rule("threshold"))
        return overThreshold(limit, times[0] ?? 0, context);
      times.push(context.now());
      return undefined;
    },
    usage: (context) => {
      const body = {
        externalRequestThreshold: limit,
        requestThresholdTimeframe: 60,
        currentTimeframeRequestCount: recent(context).length,
      };
      return { status: 200, body };
    },
  };
}

function refuseLogin({ headers }: SandboxRequest, { rule }: SandboxContext): SandboxReply | undefined {
  const isKnown =
    headers["apiintegrationcode"] === credentials.code &&
    headers["username"] === credentials.user &&
    headers["secret"] === credentials.secret;
  return isKnown || !rule("auth") ? undefined : new Refusal(401, [texts.login]).reply;
}

/** Newer tenants say 429, with or without a Retry-After; older ones 500 with a text. Public clients know both. */
function overThreshold(limit: number, oldest: number, { now, rule }: SandboxContext): SandboxReply {
  const { reply } = new Refusal(rule("threshold_status") ? 429 : 500, [texts.threshold(limit)]);
  if (!rule("threshold_status") || !rule("retry_after")) return reply;
  const seconds = Math.max(1, Math.ceil((oldest + HOUR_MS - now()) / 1000));
  return { ...reply, headers: { "retry-after": String(seconds) } };
}
