import type { Ledger, SandboxContext, SandboxReply } from "../../../engine/connector/sandbox/types.ts";

/**
 * 60 calls a minute and 5,000 a day per organisation. Five at once is a limit too, but this server finishes a request
 * before it looks at the next one, so no client can break it here.
 */
const LIMITS = [
  {
    rule: "rate_limit_minute",
    problem: "minute",
    window_ms: 60_000,
    max: 60,
    header: "X-MinLimit-Remaining",
  },
  {
    rule: "rate_limit_day",
    problem: "day",
    window_ms: 86_400_000,
    max: 5000,
    header: "X-DayLimit-Remaining",
  },
] as const;

const CALLS = new WeakMap<Ledger, number[]>();

/** Counts a call; a reply ends one that is over a limit. */
export function countCall(context: SandboxContext): SandboxReply | undefined {
  const calls = recent(context, 86_400_000);
  for (const { rule, problem, window_ms, max } of LIMITS) {
    const within = calls.filter((at) => at > context.now() - window_ms);
    const [first] = within;
    if (!context.rule(rule) || within.length < max || first === undefined) continue;
    const seconds = Math.max(1, Math.ceil((first + window_ms - context.now()) / 1000));
    const headers = { "retry-after": String(seconds), "x-rate-limit-problem": problem, ...budget(context) };
    return { status: 429, headers };
  }
  CALLS.set(context.ledger, [...calls, context.now()]);
  return undefined;
}

/** Headers that say how many calls are left. */
export function budget(context: SandboxContext): { readonly [name: string]: string } {
  const left = LIMITS.map(({ header, window_ms, max }) => [
    header,
    String(Math.max(0, max - recent(context, window_ms).length)),
  ]);
  return { ...Object.fromEntries(left), "X-AppMinLimit-Remaining": "9999" };
}

function recent(context: SandboxContext, window_ms: number): readonly number[] {
  return (CALLS.get(context.ledger) ?? []).filter((at) => at > context.now() - window_ms);
}
