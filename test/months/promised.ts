import { addDays } from "../../mappings/demo/world/dates.ts";
import type { Rules } from "./rules.ts";

/** What becomes of a document in the ledger, told from what stood there before a run and the client's rules alone. */

/** A document that stands in the ledger, or was voided there. Dates are YYYY-MM-DD, amounts minor units, none below zero. */
export interface Document {
  readonly kind: "invoice" | "credit";
  readonly number: string;
  readonly date: string;
  /** "" of a credit note. */
  readonly due: string;
  readonly total: number;
}

/** What a system says of a document. */
export interface Stated extends Document {
  readonly voided: boolean;
}

/** What must stand in the ledger after a run. */
export interface Outcome {
  readonly documents: readonly Document[];
  /** True when it waits until the books are opened again, or people have done what it waits for. */
  readonly waits: boolean;
  /** The day that billing gave a document which stands on another one, because its books were closed; left out: as before. */
  readonly movedFrom?: string | undefined;
}

export interface Circumstances {
  readonly closedUntil: string | null;
  readonly rules: Rules;
  /** False where nothing of the account is to go out before its service is provisioned. */
  readonly isReady: boolean;
  /** Numbers of the documents that money or credit is on. */
  readonly paid: ReadonlySet<string>;
  /** As the outcome before had it. */
  readonly movedFrom: string | undefined;
}

/** `booked`: all that the ledger has under the document's number and those made out of it, voided ones too. */
export function promised(
  said: Stated,
  booked: readonly Stated[],
  { closedUntil, rules, isReady, paid, movedFrom }: Circumstances,
): Outcome {
  const standing = booked.filter((one) => !one.voided);
  const own = booked.filter((one) => one.kind === said.kind && adjustmentOf(one) === 0);
  const original = own.filter((one) => !one.voided).sort((a, b) => revisionOf(b) - revisionOf(a))[0];
  const { voided, ...wanted } = said;
  const next = own.length === 0 ? said.number : `${said.number}-R${Math.max(...own.map(revisionOf)) + 1}`;
  const moves = rules.period_closed !== "hold";
  const isClosed = (day: string): boolean => closedUntil !== null && day <= closedUntil;
  const onDay = (day: string): Document => ({
    ...wanted,
    date: day,
    due: day === said.date || wanted.due === "" ? wanted.due : later(wanted.due, day),
  });
  const movedTo = (date: string): string | undefined => (date === said.date ? undefined : said.date);
  const posted = (date: string, number: string): Outcome => ({
    documents: [{ ...onDay(date), number }],
    waits: false,
    movedFrom: movedTo(date),
  });
  const waits: Outcome = { documents: standing, waits: true };
  if (original === undefined) {
    const zeroTotal = said.total === 0 ? rules.zero_total : "post";
    if (voided || zeroTotal === "skip") return { documents: standing, waits: false };
    if (zeroTotal === "hold") return waits;
    // What stood there once is past that gate.
    if ((isClosed(said.date) && !moves) || (own.length === 0 && !isReady)) return waits;
    return posted(openDay(said.date, closedUntil), next);
  }
  // What is posted stays on its day: moving it would change the closed books, or them again.
  const moved = movedFrom === said.date || (moves && isClosed(said.date));
  const day = moved ? later(original.date, said.date) : said.date;
  const held = moved ? onDay(day) : wanted;
  const isRevised = voided || held.date !== original.date || held.total !== original.total;
  const touches = isClosed(original.date) || (!voided && isClosed(held.date));
  const isAdjusted = standing.some((one) => adjustmentOf(one) > 0);
  if (isAdjusted || (touches && isRevised && rules.period_closed === "adjust")) {
    const made = adjustment(said, original, booked, closedUntil);
    // Dates are the original's alone, and follow once its books are open.
    const isRedated = !voided && (held.date !== original.date || held.due !== original.due);
    if (made !== undefined)
      return { documents: [...standing, made], waits: isRedated, movedFrom: movedTo(held.date) };
    if (!isAdjusted || (isRedated && touches)) return waits;
    const redated = { ...original, ...(voided ? {} : { date: held.date, due: held.due }) };
    return {
      documents: standing.map((one) => (one === original ? redated : one)),
      waits: false,
      movedFrom: movedTo(redated.date),
    };
  }
  if (!isRevised && held.due === original.due)
    return { documents: standing, waits: false, movedFrom: movedTo(original.date) };
  // Until people have taken the money off it.
  if (touches || (isRevised && paid.has(original.number))) return waits;
  if (voided) return { documents: [], waits: false };
  if (!isRevised || rules.revise === "update") return posted(day, original.number);
  return posted(openDay(said.date, moves ? closedUntil : null), next);
}

/** The difference as an invoice or credit note of its own, on the first open day; undefined: there is none. */
function adjustment(
  said: Stated,
  original: Document,
  booked: readonly Stated[],
  closedUntil: string | null,
): Document | undefined {
  const standing = booked.filter((one) => !one.voided);
  const signed = ({ kind, total }: Document): number => (kind === "invoice" ? total : -total);
  const difference =
    (said.voided ? 0 : signed(said)) - standing.reduce((sum, document) => sum + signed(document), 0);
  if (difference === 0) return undefined;
  const date = openDay(said.voided ? original.date : said.date, closedUntil);
  const kind = difference > 0 ? "invoice" : "credit";
  // A bill that is withdrawn is due when it was; a credit note never was.
  const due = said.voided ? original.due : said.due;
  return {
    kind,
    number: `${original.number}-A${Math.max(...booked.map(adjustmentOf)) + 1}`,
    date,
    due: kind === "credit" ? "" : later(due, date),
    total: Math.abs(difference),
  };
}

/** The first day on which the books are open, that day or a later one. */
export function openDay(day: string, closedUntil: string | null): string {
  return closedUntil !== null && day <= closedUntil ? addDays(closedUntil, 1) : day;
}

/** The later of two days. */
export function later(day: string, other: string): string {
  // Days of one form sort as text.
  return [day, other].sort()[1] ?? day;
}

function revisionOf({ number }: Document): number {
  return Number(/-R(\d+)$/.exec(number)?.[1] ?? 0);
}

function adjustmentOf({ number }: Document): number {
  return Number(/-A(\d+)$/.exec(number)?.[1] ?? 0);
}
