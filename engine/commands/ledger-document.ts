import type { SystemRecord } from "../connector/types.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import type { Applied, Book, DocumentKind, GlAmounts, LedgerDocument } from "../report/ledger.ts";
import type { SharedValues } from "./shared-values.ts";

/** A canonical invoice, credit note or payment as the little that reports compare of it. */

/** How the id map and the pipelines have it. */
type Known = Pick<
  LedgerDocument,
  "uid" | "adjusts" | "counterparts" | "psa_invoice" | "pipeline" | "standing"
>;

/**
 * `mapped`: the same record with the GL codes that its pipeline gives it, or the part of a payment that the other side is
 * to have; undefined where its own count. Written out field by field: an object that is spread into another has a shape of
 * its own, which takes as much as all of its values.
 */
export function toDocument(
  kind: DocumentKind,
  side: Book,
  { id, record }: SystemRecord,
  mapped: CanonicalRecord | undefined,
  known: Known,
  shared: SharedValues,
): LedgerDocument {
  const textOf = (value: Json | undefined): string => shared.text(plainText(value));
  const date = textOf(record[`${kind}_date`]);
  const label = textOf(record[kind === "payment" ? "reference" : "number"]);
  const isPayment = kind === "payment";
  const whole = isPayment ? itemsOf(record["allocations"]) : [];
  const own = mapped === undefined || !isPayment ? whole : itemsOf(mapped["allocations"]);
  const toOne = (one: { readonly [field: string]: Json }): Applied => ({
    invoice_id: textOf(one["invoice_id"]),
    amount: amountOf(one["amount"]),
    date: textOf(one[isPayment ? "allocation_date" : "application_date"]) || date,
  });
  return {
    kind,
    side,
    id: shared.text(id),
    number: label === "" ? id : label,
    customer_id: textOf(record["customer_id"]),
    currency: textOf(record["currency"]),
    date,
    due_date: kind === "invoice" ? textOf(record["due_date"]) : date,
    status: statusOf(record["status"]),
    void_date: record["void_date"] == null ? null : textOf(record["void_date"]),
    total: amountOf(isPayment ? (mapped ?? record)["amount"] : record["total"]),
    refunded: kind === "invoice" ? 0 : amountOf(record["refunded_amount"]),
    balance: numberOrNull(record[kind === "invoice" ? "balance" : "unapplied_amount"]),
    gl: isPayment ? NO_GL : glOf(mapped ?? record, shared),
    applied: appliedOf(kind === "credit_note" ? itemsOf(record["applications"]) : own, toOne),
    elsewhere: appliedOf(
      whole.filter(({ invoice_id }) => !own.some((one) => one["invoice_id"] === invoice_id)),
      toOne,
    ),
    uid: known.uid,
    adjusts: known.adjusts,
    counterparts: known.counterparts,
    psa_invoice: known.psa_invoice,
    pipeline: known.pipeline,
    standing: known.standing,
  };
}

/** A credit application as what its credit note was used for; undefined for one that does not count. */
export function toApplied(
  record: CanonicalRecord,
): (Applied & { readonly credit_note_id: string }) | undefined {
  if (record["status"] === "voided") return undefined;
  return {
    credit_note_id: plainText(record["credit_note_id"]),
    invoice_id: plainText(record["invoice_id"]),
    amount: amountOf(record["amount"]),
    date: plainText(record["application_date"]),
  };
}

// A payment is posted, refunded or voided; money that came in and went back again did come in.
function statusOf(status: Json | undefined): LedgerDocument["status"] {
  return status === "draft" || status === "voided" ? status : "issued";
}

const NO_GL: GlAmounts = { codes: [], amounts: [] };
const NONE: readonly Applied[] = [];

function appliedOf(
  items: ReturnType<typeof itemsOf>,
  toOne: (item: { readonly [field: string]: Json }) => Applied,
): readonly Applied[] {
  return items.length === 0 ? NONE : items.map(toOne);
}

function glOf(record: CanonicalRecord, shared: SharedValues): GlAmounts {
  const sums = new Map<string, number>();
  for (const item of [...itemsOf(record["lines"]), ...itemsOf(record["taxes"])]) {
    const code = plainText(item["gl_code"]);
    sums.set(code, (sums.get(code) ?? 0) + amountOf(item["amount"]));
  }
  const codes = shared.texts([...sums.keys()].sort());
  return { codes, amounts: codes.map((code) => sums.get(code) ?? 0) };
}

function itemsOf(value: Json | undefined): readonly { readonly [field: string]: Json }[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function plainText(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function amountOf(value: Json | undefined): number {
  return typeof value === "number" ? value : 0;
}

function numberOrNull(value: Json | undefined): number | null {
  return typeof value === "number" ? value : null;
}
