import { command } from "../core/command.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { onAdjusted } from "./adjusted-uses.ts";
import { decideNew } from "./decide.ts";
import { withoutForeign } from "./foreign-currency.ts";
import type { Match } from "./match.ts";
import { stillTaken } from "./number-taken.ts";
import type { Deciding, PageDecision } from "./page-context.ts";
import { revisionsOf } from "./revision.ts";
import { isDocument } from "./shape.ts";
import { type Decision, MATCH_AMBIGUOUS, type Resolved } from "./stages.ts";
import { describe } from "./text.ts";

/** Records that no link and no match names in the target: created, or held where one there may be theirs. */

export interface Unmatched {
  readonly resolved: Resolved;
  readonly match: Exclude<Match, { kind: "one" }>;
}

/** Decides on new records; of those that would be created, the invoices of accounts that are not ready wait. */
export async function decideUnlinked(
  context: Deciding,
  unmatched: readonly Unmatched[],
): Promise<readonly PageDecision[]> {
  const held = await heldRecords(
    context,
    unmatched.map(({ resolved }) => resolved),
  );
  const decisions = unmatched.map(({ resolved, match }, index) =>
    decideOne(resolved, held[index] ?? resolved.resolved, match, context),
  );
  const own = await onAdjusted(context, await withoutForeign(context, decisions));
  return (await gated(context, own)).map((decision) => ({ decision, matched: undefined }));
}

function decideOne(
  one: Resolved,
  held: CanonicalRecord,
  match: Unmatched["match"],
  context: Deciding,
): Decision {
  const { candidate, record } = one;
  const { system, entity } = context.pipeline.target;
  if (match.kind === "several") {
    const message = `${describe(record)} could be ${entity} ${match.ids.join(" or ")} of ${system} (same ${match.by}): link the right one`;
    return { candidate, action: "hold", reason: MATCH_AMBIGUOUS, message, detail: { ids: [...match.ids] } };
  }
  if (match.kind === "unsure") {
    const ids = match.unreadable.slice(0, 5).join(", ");
    const message =
      `${describe(record)} has no counterpart in ${system}, but ${match.unreadable.length} of ${entity} there cannot be ` +
      `read (${ids}) and one may be it: mend or link them`;
    return {
      candidate,
      action: "hold",
      reason: "match_unsure",
      message,
      detail: { ids: [...match.unreadable] },
    };
  }
  return context.onNone === "hold" && candidate.sync === undefined
    ? {
        candidate,
        action: "hold",
        reason: "no_match",
        message: `${describe(record)} has no counterpart in ${system}, and identity.${entity}.on_none is hold: link one`,
        detail: null,
      }
    : decideCreate(one, held, context);
}

/** A new record, unless it is probably one that was typed in by hand: nothing is made twice by guess. */
function decideCreate(one: Resolved, held: CanonicalRecord, context: Deciding): Decision {
  const { candidate, resolved, record } = one;
  // An emptied hash is how `held retry` says that it is another one.
  const isApproved = candidate.issue?.reason === POSSIBLE_DUPLICATE && candidate.issue.source_hash === "";
  const decision =
    stillTaken(context.state, candidate, resolved, context.pipeline) ?? decideNew(one, held, context);
  const ids = decision.action !== "create" || isApproved ? [] : (context.unlinked?.alike(resolved) ?? []);
  if (ids.length === 0) return decision;
  const { pipeline } = context;
  const { source, target } = pipeline;
  const id = candidate.source.id;
  const link = [target.entity, `${source.system}:${id}`, `${target.system}:${ids[0]}`];
  const message =
    `${describe(record)} is probably ${target.entity} ${ids.join(" or ")}, which was entered in ${target.system}: if so, ` +
    `${command(pipeline, "idmap", "link", ...link)}; if not, ${command(pipeline, "held", "retry", id)} makes a second one`;
  return { candidate, action: "hold", reason: POSSIBLE_DUPLICATE, message, detail: { ids: [...ids] } };
}

const POSSIBLE_DUPLICATE = "possible_duplicate";

/** What the target would hold of new records: of interest where it is compared later, as every document is. */
async function heldRecords(
  { connection, pipeline, target }: Deciding,
  unlinked: readonly Resolved[],
): Promise<readonly CanonicalRecord[]> {
  const records = unlinked.map(({ resolved }) => resolved);
  const compares =
    isDocument(target) || Object.values(pipeline.conflicts).some((rule) => rule !== "source_wins");
  return compares && records.length > 0 ? connection.carried(pipeline.target.entity, records) : records;
}

/** New invoices of accounts that are not ready to bill wait; what is, or was, in the target stays in step. */
async function gated(context: Deciding, decided: readonly Decision[]): Promise<readonly Decision[]> {
  const { invoiceGate } = context;
  const revisionOf = revisionsOf(
    context,
    decided.map(({ candidate }) => candidate),
  );
  const creates = decided.flatMap(({ action, candidate }) =>
    action === "create" && revisionOf(candidate) === 0 ? [candidate] : [],
  );
  if (invoiceGate === undefined || creates.length === 0) return decided;
  const reasons = await invoiceGate.waits(creates.map(({ source }) => source.record));
  const waiting = new Map(creates.map((candidate, index) => [candidate, reasons[index]]));
  return decided.map((one): Decision => {
    const { candidate } = one;
    const message = waiting.get(candidate);
    if (message === undefined) return one;
    const text = `${describe(candidate.source.record)}: ${message}`;
    return { candidate, action: "hold", reason: "account_not_ready", message: text, detail: null };
  });
}
