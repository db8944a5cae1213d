import type { SandboxContext, SandboxReply } from "../../../engine/connector/sandbox/types.ts";

/**
 * Idempotency-Key (weak: one public client sends it): a repeat gets the first reply and writes nothing. Kept without an
 * end, since how long the vendor keeps them is unknown. A refusal wrote nothing and is not kept.
 */
export function once(
  key: string | undefined,
  work: () => SandboxReply,
  context: SandboxContext,
): SandboxReply {
  if (key === undefined || key === "" || !context.rule("idempotency")) return work();
  const kept = context.ledger.get("idempotency", key);
  if (kept !== undefined) return { status: Number(kept["status"]), body: kept["body"] ?? null };
  const reply = work();
  if (reply.status < 300)
    context.ledger.put("idempotency", key, { status: reply.status, body: reply.body ?? null });
  return reply;
}
