import type { PipelineConfig } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { command } from "../core/command.ts";
import { fingerprint } from "../core/fingerprint.ts";
import { type CanonicalRecord, isObject } from "../core/json.ts";
import { printMoney } from "../core/money.ts";
import { type Adjusting, differenceOf, type PostedDocument, sumsPrint } from "./adjusting-document.ts";
import {
  ADJUSTING,
  type AdjustingEntity,
  adjustmentId,
  adjustmentNumber,
  adjustmentsOf,
  isAdjusting,
} from "./adjustments.ts";
import { isKept, kept } from "./decide-document.ts";
import { decideReworded, type Said } from "./decide-reworded.ts";
import { dayOf, isVoided } from "./decision.ts";
import { correctionOf, firstOpenDay, PERIOD_CLOSED } from "./document.ts";
import type { Deciding, PageContext } from "./page-context.ts";
import { POSTED_DIFFERS, postedDiffers } from "./posted-differs.ts";
import { roundingStop } from "./rounding.ts";
import { entityOf } from "./shape.ts";
import type { Adjusts, Candidate, Decision, SetAside, SyncBase, WriteDecision } from "./stages.ts";
import { describe } from "./text.ts";

/**
 * Documents in closed books: the original stays as it is, and what it should come to now less what was posted for it so
 * far is posted as one invoice or credit note, on the first open day.
 */

/** An adjustment that was posted; `document`: undefined when the ledger has it no more. */
export interface Earlier {
  readonly entity: AdjustingEntity;
  readonly id: string;
  readonly n: number;
  readonly document: SystemRecord | undefined;
}

export interface Adjusted {
  readonly candidate: Candidate;
  /** As people know the original. */
  readonly known: CanonicalRecord;
  /** What the source says of it; undefined: the source has it no more. */
  readonly said: Said | undefined;
  /** What all are to come to together, in the target's ids; undefined: nothing. */
  readonly wanted: CanonicalRecord | undefined;
  readonly original: SystemRecord;
  readonly earlier: readonly Earlier[];
  /** What the state keeps of the original once the difference is posted. */
  readonly base: SyncBase;
}

/** What was posted so far to adjust the documents of source records, as the target holds it. */
export async function readEarlier(
  { pipeline, links, state, connection }: Pick<PageContext, "pipeline" | "links" | "state" | "connection">,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Earlier[]>> {
  const known = adjustmentsOf(pipeline, links, state, ids);
  const documents = new Map<string, SystemRecord>();
  const all = [...known.values()].flat();
  for (const entity of new Set(all.map((one) => one.entity))) {
    const own = all.filter((one) => one.entity === entity).map(({ id }) => id);
    for (const record of await connection.get(entity, own)) documents.set(`${entity} ${record.id}`, record);
  }
  return new Map(
    [...known].map(([id, list]) => [
      id,
      list.map((one): Earlier => ({ ...one, document: documents.get(`${one.entity} ${one.id}`) })),
    ]),
  );
}

/**
 * The adjustment of a document, beside what the rules for one document made of it. Undefined: they hold good, because
 * nothing was adjusted and no closed books are in the way, or because the client does not want it.
 */
export async function decideAdjusted(
  adjusted: Adjusted,
  decided: Decision | undefined,
  context: Deciding,
): Promise<Decision | undefined> {
  const { candidate, earlier } = adjusted;
  const isClosed = decided?.action === "hold" && decided.reason === PERIOD_CLOSED;
  // One that is to be voided and posted anew is no adjustment.
  const asked = context.pipeline.period_closed === "adjust" && correctionOf(candidate.issue) !== "void";
  if (earlier.length === 0 && !(isClosed && asked)) return undefined;
  const decision = decide(adjusted, asked, context);
  if (decision === undefined || decision.action !== "create" || decision.adjusts === undefined)
    return decision;
  const there = await alreadyThere(adjusted, decision.adjusts, decision.record, context);
  if (there !== undefined) return there;
  const [held = decision.record] = await context.connection.carried(decision.adjusts.entity, [
    decision.record,
  ]);
  const stop = roundingStop(held, context.rounding, context.pipeline.target.system);
  return stop === undefined ? { ...decision, held } : { candidate: adjusted.candidate, ...stop };
}

/** With a lost state its number says that an adjustment was posted before, of whichever kind. */
async function alreadyThere(
  adjusted: Adjusted,
  { id }: Adjusts,
  record: CanonicalRecord,
  { pipeline, connection }: Deciding,
): Promise<SetAside | undefined> {
  const { source, target } = pipeline;
  for (const entity of ADJUSTING) {
    const found = connection.can(entity, "find") ? await connection.find(entity, record, "") : [];
    const hit = found.find(({ deleted }) => !deleted);
    if (hit === undefined) continue;
    return hold(
      adjusted,
      "exists_already",
      `${describe(adjusted.known)} would be adjusted by ${String(record["number"])}, which ${target.system} has as ` +
        `${entity} ${hit.id}: if it is that adjustment, ` +
        `${command(pipeline, "idmap", "link", entity, `${source.system}:${id}`, `${target.system}:${hit.id}`)}; ` +
        "if not, give it another number there",
    );
  }
  return undefined;
}

function decide(adjusted: Adjusted, asked: boolean, context: Deciding): Decision | undefined {
  const { candidate, known, said, wanted, original, earlier, base } = adjusted;
  const { pipeline, target, connection } = context;
  const { system } = pipeline.target;
  if (!isAdjusting(target.name)) return undefined;
  const obstacle = obstacleOf(adjusted, pipeline);
  if (obstacle !== undefined) return obstacle;
  const posted = [{ entity: target.name, record: original.record }, ...earlier.flatMap(postedOf)].filter(
    ({ record }) => !isVoided(record),
  );
  const total = totalOf(target.name, posted);
  const difference = differenceOf(wanted && { entity: target.name, record: wanted }, posted);
  if (difference === undefined && earlier.length === 0) return undefined;
  const place = { ...pipeline, system, source_id: candidate.source.id };
  // A ledger can add to a total what stands on no line: no line of ours takes that back.
  if (difference === undefined) {
    if (total !== amountOf(wanted)) return notAsSent(adjusted, total, posted, place);
    const inStep = withTogether(base, placesOf(earlier), posted);
    const reworded = wanted && said && decideReworded(said, original, inStep, context);
    return reworded ?? standing(adjusted, "adjusted", base, posted);
  }
  const isRestored = correctionOf(candidate.issue) === "restore";
  const saidNothing = earlier.length > 0 && candidate.sync?.fingerprint === base.fingerprint;
  if (saidNothing && !isRestored) return notAsSent(adjusted, total, posted, place);
  if (isTouched(adjusted, posted) && !isRestored) return changedByHand(adjusted, total, place);
  if (!asked || !connection.can(difference.entity, "create")) {
    const why = asked
      ? `${system} takes no ${difference.entity} from tripoint`
      : "period_closed is not adjust";
    return hold(
      adjusted,
      PERIOD_CLOSED,
      `${describe(known)} changed, and its books in ${system} are closed: an adjustment would be due, but ${why}`,
    );
  }
  return toAdjust(target.name, adjusted, difference, context);
}

/** What keeps everything from being told or posted. */
function obstacleOf(adjusted: Adjusted, pipeline: PipelineConfig): SetAside | undefined {
  const { system } = pipeline.target;
  const { candidate, known, wanted, original, earlier } = adjusted;
  const missing = earlier.find(({ document }) => document === undefined || document.unreadable !== undefined);
  if (missing !== undefined) {
    return hold(
      adjusted,
      "target_missing",
      `${describe(known)} was adjusted by ${missing.entity} ${missing.id}, which ${system} has no more or shows no more: ` +
        `put it back, or unlink it (${command(pipeline, "idmap", "unlink", missing.entity, `${system}:${missing.id}`)})`,
    );
  }
  // Whoever voided it meant it: only a word of theirs has all of it posted anew.
  if (wanted !== undefined && isVoided(original.record) && correctionOf(candidate.issue) !== "restore") {
    return hold(
      adjusted,
      "voided_there",
      `${describe(known)} was voided in ${system} by hand, and its books there are closed: void it at the source, too, or ` +
        `post it anew there by hand on an open day and link that one (tripoint idmap unlink, then link)`,
    );
  }
  const moved = wanted && FIXED.find((field) => wanted[field] !== original.record[field]);
  if (moved === undefined) return undefined;
  return hold(
    adjusted,
    PERIOD_CLOSED,
    `${describe(known)}: its ${moved} changed, and its books in ${system} are closed: no other document makes up for ` +
      "that. Open the period there, or enter it there by hand on an open day",
  );
}

/** All together are not what was sent, though the source says nothing new: a person says what is right. */
function notAsSent(
  adjusted: Adjusted,
  total: number,
  posted: readonly PostedDocument[],
  place: Parameters<typeof postedDiffers>[0],
): Decision {
  const { candidate, known, wanted, original, base } = adjusted;
  const fields = candidate.sync?.fields ?? null;
  const together = { ...original, record: { ...original.record, lines: [], taxes: [], total } };
  if (isKept(fields, together) || correctionOf(candidate.issue) === "keep")
    return standing(adjusted, "kept", kept({ ...base, fields }, together), posted);
  const found = [{ field: "total", sent: amountOf(wanted), posted: total }];
  return { candidate, ...postedDiffers(place, known, original, found) };
}

/** The source changed, and so did somebody in the ledger since the last adjustment: the next one would undo what they did. */
function changedByHand(
  { candidate, known, original, earlier, wanted }: Adjusted,
  total: number,
  place: Parameters<typeof postedDiffers>[0],
): SetAside {
  const { pipeline, system, source_id } = place;
  const money = printMoney(total, String(original.record["currency"]));
  const numbers = earlier.map(({ document }) => String(document?.record["number"]));
  const voided = earlier.filter(({ document }) => document !== undefined && isVoided(document.record));
  const end = voided.map(({ document }) => `; ${String(document?.record["number"])} was voided`).join("");
  return {
    candidate,
    action: "hold",
    reason: POSTED_DIFFERS,
    message:
      `${describe(known)} changed, and so did somebody in ${system} what was posted for it in closed books: ` +
      `${[String(original.record["number"]), ...numbers].join(" and ")} come to ${money} there, other than when they were ` +
      `last in step${end}. Undo that there, or let the next adjustment make up for it: ` +
      command(place, "correct", pipeline, source_id, "--by", "restore"),
    detail: {
      target_id: original.id,
      fields: { total: { sent: amountOf(wanted), posted: total } },
    },
  };
}

// Beside the fields that are compared three ways, under a name that no field has: what original and adjustments came to.
const TOGETHER = "$together";

/**
 * True when the documents come to something else than when they were last in step. Who unlinked one of them, or linked one
 * more, has said what is to become of it.
 */
function isTouched({ candidate, earlier }: Adjusted, posted: readonly PostedDocument[]): boolean {
  const fields: unknown = JSON.parse(candidate.sync?.fields ?? "{}");
  const known = isObject(fields) ? fields[TOGETHER] : undefined;
  return isObject(known) && known["of"] === placesOf(earlier) && known["sums"] !== sumsPrint(posted);
}

function withTogether(base: SyncBase, places: string, documents: readonly PostedDocument[]): SyncBase {
  const fields: unknown = JSON.parse(base.fields ?? "{}");
  const together = { of: places, sums: sumsPrint(documents) };
  return {
    ...base,
    fields: JSON.stringify({ ...(isObject(fields) ? fields : {}), [TOGETHER]: together }),
  };
}

function placesOf(adjustments: readonly Pick<Earlier, "n">[]): string {
  return adjustments.map(({ n }) => n).join(" ");
}

function standing(
  { candidate, original, earlier }: Adjusted,
  reason: string,
  base: SyncBase,
  posted: readonly PostedDocument[],
): Decision {
  const own = withTogether(base, placesOf(earlier), posted);
  return { action: "unchanged", candidate, reason, targetId: original.id, target: original, base: own };
}

function hold({ candidate, original }: Adjusted, reason: string, message: string): SetAside {
  return { candidate, action: "hold", reason, message, detail: { target_id: original.id } };
}

/** What no further document can change. */
const FIXED = ["customer_id", "currency"] as const;

function postedOf({ entity, document }: Earlier): readonly PostedDocument[] {
  return document === undefined ? [] : [{ entity, record: document.record }];
}

/** What documents come to together; those of the other kind than their original's take from it. */
function totalOf(kind: AdjustingEntity, posted: readonly PostedDocument[]): number {
  return posted.reduce((sum, { entity, record }) => sum + (entity === kind ? 1 : -1) * amountOf(record), 0);
}

function amountOf(record: CanonicalRecord | undefined): number {
  return typeof record?.["total"] === "number" ? record["total"] : 0;
}

// Fingerprint of a document whose sums are in step, and whose dates or memo are not.
const SUMS_ALONE = "sums";

function toAdjust(
  adjusted: AdjustingEntity,
  { candidate, said, wanted, original, earlier, base }: Adjusted,
  difference: Adjusting,
  context: Deciding,
): WriteDecision {
  const { pipeline, target, connection, closedUntil } = context;
  const { entity: name, ...sums } = difference;
  const entity = entityOf(name);
  const n = (earlier.at(-1)?.n ?? 0) + 1;
  const id = adjustmentId(adjusted, candidate.source.id, n);
  const like = wanted ?? original.record;
  const number = adjustmentNumber(String(original.record["number"]), n);
  const posted = dayOf(original.record, target) ?? "";
  const day = firstOpenDay(dayOf(like, target) ?? posted, closedUntil);
  const due = like["due_date"];
  const again = wanted && said && decideReworded(said, original, base, context) !== undefined;
  const fields = candidate.sync?.fields ?? null;
  const kept = again === true ? { fingerprint: SUMS_ALONE, source_hash: "", fields } : base;
  const record: CanonicalRecord = {
    ...Object.fromEntries(entity.fields.map((field) => [field, like[field] ?? null])),
    ...sums,
    id,
    external_ids: [],
    number,
    status: "issued",
    ...(entity.dateField === undefined ? {} : { [entity.dateField]: day }),
    memo: `Adjusts ${String(original.record["number"])} of ${posted}`,
    ...(name === "credit_note"
      ? { invoice_id: null, applications: [], refunded_amount: 0, unapplied_amount: sums.total }
      : {
          due_date: typeof due === "string" && due > day ? due : day,
          payment_status: "unpaid",
          balance: sums.total,
        }),
    ...(entity.fields.includes("void_date") ? { void_date: null, void_reason: null } : {}),
  };
  const { lines: _, taxes: __, ...head } = record;
  return {
    action: "create",
    candidate,
    label: number,
    reason: "books_closed",
    record,
    fields: connection.writableFields(name).filter((field) => entity.fields.includes(field)),
    targetId: null,
    target: null,
    changes: [],
    base: { fingerprint: "adjustment", source_hash: candidate.sourceHash, fields: null },
    hash: fingerprint([pipeline.hash, "adjust", candidate.source.id, head, sums]),
    adjusts: {
      id,
      entity: name,
      targetId: original.id,
      base: withTogether(
        kept,
        placesOf([...earlier, { n }]),
        wanted === undefined ? [] : [{ entity: adjusted, record: wanted }],
      ),
      again: again === true,
      message:
        `${name === "credit_note" ? "a credit note" : "an invoice"} over ${printMoney(sums.total, String(like["currency"]))} ` +
        `adjusts ${String(original.record["number"])} of ${posted}, whose books are closed`,
    },
  };
}
