import type { Entity } from "../config/entities.ts";
import type { PipelineConfig } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { command } from "../core/command.ts";
import { canonicalJson } from "../core/fingerprint.ts";
import type { CanonicalRecord, Json } from "../core/json.ts";
import { printMoney } from "../core/money.ts";
import { written } from "./shape.ts";
import type { SetAside } from "./stages.ts";
import { describe, shown } from "./text.ts";
import { changedMembers, sumText } from "./value-words.ts";

/**
 * Whether a ledger holds a document as it was sent. It may have recomputed a tax, added a line of rounding or been edited
 * since: money that differs is shown with both values, and nothing is put right behind anybody's back.
 */

/** Reason of a document that the target holds with other values than were sent: detail `{target_id, fields}`. */
export const POSTED_DIFFERS = "posted_differs";

export interface Difference {
  readonly field: string;
  readonly sent: Json;
  readonly posted: Json;
}

/** Fields of a document that differ, its total among them. `held`: the record as the target can hold it. */
export function differences(
  target: Entity,
  held: CanonicalRecord,
  fields: readonly string[],
  posted: CanonicalRecord,
): readonly Difference[] {
  const wanted: CanonicalRecord = { ...written(target, held, fields), total: held["total"] ?? null };
  const has: CanonicalRecord = { ...written(target, posted, fields), total: posted["total"] ?? null };
  return Object.entries(wanted).flatMap(([field, sent]) =>
    canonicalJson(sent) === canonicalJson(has[field] ?? null)
      ? []
      : [{ field, sent, posted: has[field] ?? null }],
  );
}

/** Where a document was sent from and to. */
export interface DocumentPlace extends Pick<PipelineConfig, "pipeline" | "client"> {
  readonly system: string;
  readonly source_id: string;
}

/** The hold of a document that was read back after it was sent; undefined when it stands there as `held` has it. */
export function differsFrom(
  entity: Entity,
  place: DocumentPlace,
  sent: {
    readonly record: CanonicalRecord;
    readonly held: CanonicalRecord;
    readonly fields: readonly string[];
  },
  posted: SystemRecord,
): ReturnType<typeof postedDiffers> | undefined {
  if (posted.unreadable !== undefined) return postedDiffers(place, sent.record, posted, []);
  const found = differences(entity, sent.held, sent.fields, posted.record);
  return found.length === 0 ? undefined : postedDiffers(place, sent.record, posted, found);
}

/** The hold of a document that differs in the target. */
export function postedDiffers(
  place: DocumentPlace,
  record: CanonicalRecord,
  target: Pick<SystemRecord, "id" | "unreadable" | "record">,
  found: readonly Difference[],
): Pick<SetAside, "action" | "reason" | "message" | "detail"> {
  const { pipeline, system, source_id } = place;
  const what =
    target.unreadable !== undefined
      ? `cannot be read back: ${target.unreadable}`
      : target.record["status"] === "voided"
        ? "was voided there by hand"
        : `differs: ${found.map((one) => inWords(one, record)).join("; ")}`;
  return {
    action: "hold",
    reason: POSTED_DIFFERS,
    message:
      `${describe(record)} is posted as ${target.id} of ${system}, but ${what}. Say what is right: ` +
      `${command(place, "correct", pipeline, source_id)} --by restore, void or keep`,
    detail: {
      target_id: target.id,
      fields: Object.fromEntries(found.map(({ field, sent, posted }) => [field, { sent, posted }])),
    },
  };
}

// Of lists that differ all over, the first places tell what it is about.
const SHOWN_MAX = 3;

/** A field with both values; of lists the members that differ, each with its place from 1, or what either comes to. */
function inWords({ field, sent, posted }: Difference, { currency }: CanonicalRecord): string {
  const text = (name: string, value: Json): string =>
    /^(total|amount)$/.test(name) && typeof value === "number" && typeof currency === "string"
      ? printMoney(value, currency)
      : (sumText(value, currency) ?? shown(value));
  const both = (place: string, name: string, there: Json, ours: Json): string =>
    `${place}${name} ${Array.isArray(there) ? "are" : "is"} ${text(name, there)} there, ${text(name, ours)} ` +
    `${Array.isArray(ours) ? "were" : "was"} sent`;
  const members = changedMembers(field, sent, posted);
  if (members === undefined) return both("", field, posted, sent);
  const words = members
    .slice(0, SHOWN_MAX)
    .map((one) => both(`${one.place}: `, one.field, one.right, one.left));
  return [...words, ...(members.length > SHOWN_MAX ? [`and ${members.length - SHOWN_MAX} more`] : [])].join(
    ", ",
  );
}
