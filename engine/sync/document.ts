import type { RoundingSpec } from "../config/connector-types.ts";
import type { Entity } from "../config/entities.ts";
import type { PipelineConfig } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import { printMoney } from "../core/money.ts";
import type { IssueRow } from "../state/types.ts";
import type { Moved } from "./moved.ts";
import { POSTED_DIFFERS } from "./posted-differs.ts";
import type { SetAside } from "./stages.ts";
import { describe } from "./text.ts";
import type { FieldChange } from "./types.ts";

/** Rules for documents: closed periods, which hold for all that is dated in a ledger, payments on them, totals of nothing. Pure. */

/** What a rule says of a document that it stops. */
export type Stop = Pick<SetAside, "action" | "reason" | "message" | "detail">;

/** What people have said of a document that differs in the target. */
export type Correction = "restore" | "void" | "keep";

/** Reason of a document whose books are closed. */
export const PERIOD_CLOSED = "period_closed";

export interface DocumentContext {
  readonly pipeline: PipelineConfig;
  readonly target: Entity;
  /** The last day of the closed books of the target; null: none are closed, or it cannot tell. */
  readonly closedUntil: string | null;
  /** How the target comes to a total; null: nobody knows ahead. */
  readonly rounding: RoundingSpec | null;
}

// What may change on a document without touching what anybody owes.
const WORDS: ReadonlySet<string> = new Set(["memo", "due_date", "payment_terms_id"]);

/** True of a field that may change without touching what anybody owes. */
export function isWord(field: string): boolean {
  return WORDS.has(field);
}

/** The correction that stands with a document's hold. */
export function correctionOf(issue: IssueRow | undefined): Correction | undefined {
  if (issue?.reason !== POSTED_DIFFERS) return undefined;
  const detail: unknown = JSON.parse(issue.detail);
  const said = isObject(detail) ? detail["correction"] : undefined;
  return said === "restore" || said === "void" || said === "keep" ? said : undefined;
}

/** What is known of a document that is posted. */
export interface Standing {
  readonly current: CanonicalRecord;
  readonly moved: Moved | undefined;
}

/** A document as it may be dated. `standing`: undefined for a new one. */
export function dated(
  record: CanonicalRecord,
  standing: Standing | undefined,
  context: DocumentContext,
): CanonicalRecord {
  const field = context.target.dateField ?? "";
  const day = dayFor(record[field], standing?.current[field], standing?.moved, context);
  if (day === undefined) return record;
  const due = record["due_date"];
  return { ...record, [field]: day, ...(typeof due === "string" && due < day ? { due_date: day } : {}) };
}

// A document that is posted already stays on its day: moving it would change the closed books, or them again.
function dayFor(
  date: Json | undefined,
  stands: Json | undefined,
  moved: Moved | undefined,
  { pipeline, closedUntil }: DocumentContext,
): string | undefined {
  if (typeof date !== "string") return undefined;
  if (moved?.from === date) return moved.to;
  if (pipeline.period_closed === "hold" || closedUntil === null || date > closedUntil) return undefined;
  return typeof stands === "string" ? later(stands, date) : firstOpenDay(date, closedUntil);
}

/** Why a document cannot be written because of the closed books; `days`: the days that the write would touch. */
export function closedPeriod(
  record: CanonicalRecord,
  days: readonly (string | undefined)[],
  { pipeline, closedUntil }: DocumentContext,
): Stop | undefined {
  const touched = days.find((day) => day !== undefined && closedUntil !== null && day <= closedUntil);
  if (touched === undefined || closedUntil === null) return undefined;
  return {
    action: "hold",
    reason: PERIOD_CLOSED,
    message:
      `${describe(record)} is dated ${touched}, and the books of ${pipeline.target.system} are closed until ${closedUntil}: ` +
      "open the period there, or enter the difference there by hand on an open day",
    detail: { closed_until: closedUntil },
  };
}

/** Why a document of (nearly) nothing is not posted; undefined when it may be. */
export function zeroTotal(record: CanonicalRecord, { pipeline }: DocumentContext): Stop | undefined {
  const { zero_total: rule, zero_up_to: most } = pipeline;
  const { total, currency } = record;
  if (rule === "post" || typeof total !== "number" || Math.abs(total) > most) return undefined;
  const sum = printMoney(total, String(currency));
  const message = `${describe(record)} asks for nothing (${sum}): zero_total is ${rule}`;
  return { action: rule, reason: "zero_total", message, detail: null };
}

/** Why a document with payments on it is not changed. */
export function paidAlready(
  record: CanonicalRecord,
  current: SystemRecord,
  changes: readonly FieldChange[],
  { pipeline, target }: DocumentContext,
): Stop | undefined {
  const { system } = pipeline.target;
  const fields = changes.map(({ field }) => field).filter((field) => !isWord(field));
  if (!hasPayments(current) || fields.length === 0) return undefined;
  return {
    action: "hold",
    reason: "has_payments",
    message:
      `${describe(record)}: ${fields.join(", ")} changed at the source or in the mapping, and ${target.name} ${current.id} of ${system} ` +
      `has payments on it. Take them off it in ${system}, run again, then put them back`,
    detail: { target_id: current.id, fields },
  };
}

/**
 * Why an invoice is not voided: it is paid, and a ledger refuses that or leaves the money behind where nobody looks for
 * it. A credit note that was used is its connector's to refuse. `reissued`: it is to be posted anew.
 */
export function usedAlready(
  known: CanonicalRecord,
  current: SystemRecord,
  reissued: boolean,
  { pipeline, target }: DocumentContext,
): Stop | undefined {
  if (!hasPayments(current)) return undefined;
  const { system } = pipeline.target;
  return {
    action: "hold",
    reason: "has_payments",
    message:
      `${describe(known)} is to be voided${reissued ? " and posted anew" : ""}, and ${target.name} ${current.id} of ` +
      `${system} has payments on it. Take them off it in ${system}, then run again`,
    detail: { target_id: current.id, fields: [] },
  };
}

function hasPayments({ record }: SystemRecord): boolean {
  return record["payment_status"] === "partly_paid" || record["payment_status"] === "paid";
}

/**
 * Why a document would be booked otherwise than it is meant: a ledger that tells taxes from charges by the kind of their
 * account would show a tax as a charge, or a charge as a tax. `held`: the document as the ledger can hold it.
 */
export function kindOfAccount(
  record: CanonicalRecord,
  held: CanonicalRecord,
  { pipeline }: DocumentContext,
): Stop | undefined {
  const [charges, taxes] = [codesOf(record["lines"]), codesOf(record["taxes"])];
  const wrong = [
    ...without(codesOf(held["taxes"]), taxes).map(
      (code) => `charges go to ${code}, which is an account of liabilities`,
    ),
    ...without(codesOf(held["lines"]), charges).map(
      (code) => `taxes go to ${code}, which is no account of liabilities`,
    ),
  ];
  if (wrong.length === 0) return undefined;
  const message =
    `${describe(record)}: in ${pipeline.target.system} ${wrong.join(", and ")}. Give their codes another gl_code, ` +
    "or mend the account's kind there and the kind in the code map";
  return { action: "hold", reason: "account_kind", message, detail: { wrong } };
}

function codesOf(items: Json | undefined): ReadonlySet<string> {
  const list = Array.isArray(items) ? items.filter(isObject) : [];
  return new Set(list.flatMap(({ gl_code }) => (typeof gl_code === "string" ? [gl_code] : [])));
}

function without(codes: ReadonlySet<string>, known: ReadonlySet<string>): readonly string[] {
  return [...codes].filter((code) => !known.has(code));
}

/** True when changes make a document another one, so that `revise` has its say. */
export function isRevision(changes: readonly FieldChange[]): boolean {
  return changes.some(({ field }) => !isWord(field));
}

// Days of one form sort as text.
function later(day: string, other: string): string {
  return [day, other].sort()[1] ?? day;
}

/** A day, or the first open one after it. */
export function firstOpenDay(day: string, closedUntil: string | null): string {
  return closedUntil === null ? day : later(day, dayAfter(closedUntil));
}

/** The calendar day after a day. */
function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
