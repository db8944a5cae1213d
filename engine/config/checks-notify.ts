import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import type { ClientDraft } from "./draft.ts";
import type { Env } from "./interpolate.ts";
import { resolveSecret } from "./secrets.ts";
import { placeFinder } from "./source.ts";

/** A webhook whose address is not there yet: a warning, since a run goes on without telling it. */
export function checkNotify({ shape, nodes }: ClientDraft, env: Env): readonly Problem[] {
  const webhook = shape.notify?.webhook;
  // A webhook written in clear was taken out, and has its own problem.
  if (webhook === undefined || webhook === "") return [];
  const secret = resolveSecret(webhook, env);
  if (secret.ok) return [];
  const code = webhook.startsWith("env:") ? "TP2604" : "TP2607";
  const message = `the webhook of notify is not there yet: ${secret.reason}`;
  const problem = problemAt(
    code,
    placeFinder(nodes)("/notify/webhook"),
    message,
    "Until then nobody is told.",
  );
  return [{ ...problem, severity: "warning" }];
}
