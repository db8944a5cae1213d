import type { SystemRecord } from "../connector/types.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import type { Applied, Book, DocumentKind, LedgerDocument } from "../report/ledger.ts";

/** A canonical invoice, credit note or payment as the little that reports compare of it. */

type Own = Omit<LedgerDocument, "uid" | "counterparts" | "psa_invoice" | "pipeline" | "standing">;

/** `mapped`: the same record with the GL codes that its pipeline gives it; undefined where its own codes count. */
export function toDocument(
  kind: DocumentKind,
  side: Book,
  { id, record }: SystemRecord,
  mapped: CanonicalRecord | undefined,
): Own {
  const date = textOf(record[`${kind}_date`]);
  const label = textOf(record[kind === "payment" ? "reference" : "number"]);
  const isPayment = kind === "payment";
  return {
    kind,
    side,
    id,
    number: label === "" ? id : label,
    customer_id: textOf(record["customer_id"]),
    currency: textOf(record["currency"]),
    date,
    due_date: kind === "invoice" ? textOf(record["due_date"]) : date,
    status: statusOf(record["status"]),
    void_date: record["void_date"] == null ? null : textOf(record["void_date"]),
    total: amountOf(record[isPayment ? "amount" : "total"]),
    refunded: kind === "invoice" ? 0 : amountOf(record["refunded_amount"]),
    balance: numberOrNull(record[kind === "invoice" ? "balance" : "unapplied_amount"]),
    gl: isPayment ? {} : glOf(mapped ?? record),
    applied: itemsOf(record[kind === "credit_note" ? "applications" : "allocations"]).map(
      (one): Applied => ({
        invoice_id: textOf(one["invoice_id"]),
        amount: amountOf(one["amount"]),
        date: textOf(one[kind === "credit_note" ? "application_date" : "allocation_date"]) || date,
      }),
    ),
  };
}

/** A credit application as what its credit note was used for; undefined for one that does not count. */
export function toApplied(
  record: CanonicalRecord,
): (Applied & { readonly credit_note_id: string }) | undefined {
  if (record["status"] === "voided") return undefined;
  return {
    credit_note_id: textOf(record["credit_note_id"]),
    invoice_id: textOf(record["invoice_id"]),
    amount: amountOf(record["amount"]),
    date: textOf(record["application_date"]),
  };
}

// A payment is posted, refunded or voided; money that came in and went back again did come in.
function statusOf(status: Json | undefined): LedgerDocument["status"] {
  return status === "draft" || status === "voided" ? status : "issued";
}

function glOf(record: CanonicalRecord): LedgerDocument["gl"] {
  const sums: { [gl_code: string]: number } = {};
  for (const item of [...itemsOf(record["lines"]), ...itemsOf(record["taxes"])]) {
    const code = textOf(item["gl_code"]);
    sums[code] = (sums[code] ?? 0) + amountOf(item["amount"]);
  }
  return sums;
}

function itemsOf(value: Json | undefined): readonly { readonly [field: string]: Json }[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function amountOf(value: Json | undefined): number {
  return typeof value === "number" ? value : 0;
}

function numberOrNull(value: Json | undefined): number | null {
  return typeof value === "number" ? value : null;
}
