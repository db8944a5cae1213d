import { type Ledger, type LedgerDocument, type Ledgers, signed } from "./ledger.ts";
import { createSums, type Sums } from "./sums.ts";

/**
 * What is open of each document at the end of a day: from invoices, and from the payments and credit notes that were
 * applied to them by then. One function for every ledger; what a system says of its balances is no source. Pure.
 */
export interface OpenItem {
  readonly document: LedgerDocument;
  /** Of an invoice what is owed, of a payment or credit note what is not applied yet. */
  readonly open: number;
}

/** Past every date: as the ledger stands in the end. */
export const FOREVER = "9999-12-31";

/** Open invoices, payments and credit notes, without those at 0. Money given back is taken off at any date. */
export function openItems({ documents }: Ledger, date: string): readonly OpenItem[] {
  const standing = documents.filter((one) => standsAt(one, date));
  const invoices = new Set(standing.filter(({ kind }) => kind === "invoice").map(({ id }) => id));
  const paid = new Map<string, number>();
  const items: OpenItem[] = [];
  for (const document of standing) {
    if (document.kind === "invoice") continue;
    let left = document.total - document.refunded;
    for (const { invoice_id, amount } of appliedBy(document, date)) {
      // Money for an invoice that is not there at that day is on account.
      if (!invoices.has(invoice_id)) continue;
      paid.set(invoice_id, (paid.get(invoice_id) ?? 0) + amount);
      left -= amount;
    }
    for (const { invoice_id, amount, date: day } of document.elsewhere) {
      if (day <= date && invoices.has(invoice_id)) paid.set(invoice_id, (paid.get(invoice_id) ?? 0) + amount);
      else left += amount;
    }
    if (left !== 0) items.push({ document, open: left });
  }
  for (const document of standing) {
    const open = document.kind === "invoice" ? document.total - (paid.get(document.id) ?? 0) : 0;
    if (open !== 0) items.push({ document, open });
  }
  return items;
}

/**
 * What is open once documents that adjust another one the other way round, as a credit note does an invoice, are counted
 * as what they are: a part of it.
 */
export function netAdjusted(items: readonly OpenItem[]): readonly OpenItem[] {
  const keyOf = ({ side, uid }: LedgerDocument, kind: string): string => JSON.stringify([side, kind, uid]);
  const originals = new Map(
    items
      .filter(({ document: { adjusts, uid } }) => adjusts === null && uid !== null)
      .map((item) => [keyOf(item.document, item.document.kind), item]),
  );
  const left = new Map(items.map((item) => [item, item.open]));
  for (const item of items) {
    const { document } = item;
    const { adjusts, kind } = document;
    const original =
      adjusts === null || adjusts === kind ? undefined : originals.get(keyOf(document, adjusts));
    if (original === undefined) continue;
    const [own, there] = [left.get(item) ?? 0, left.get(original) ?? 0];
    const both = Math.max(0, Math.min(own, there));
    left.set(item, own - both).set(original, there - both);
  }
  return [...left].flatMap(([{ document }, open]) => (open === 0 ? [] : [{ document, open }]));
}

/** What a payment or credit note had been applied to by the end of a day. */
export function appliedBy(document: LedgerDocument, date: string): LedgerDocument["applied"] {
  return standsAt(document, date) ? document.applied.filter((one) => one.date <= date) : [];
}

/** What payments or credit notes of a pair had applied to each invoice by the end of a day, on either side. */
export function appliedSums(
  documents: readonly LedgerDocument[],
  invoiceKey: Ledgers["invoiceKey"],
  date: string,
): readonly ({ readonly invoice: string } & Sums)[] {
  const sums = createSums<{ readonly invoice: string }>();
  for (const document of documents) {
    for (const { invoice_id, amount } of appliedBy(document, date)) {
      sums.add({ invoice: invoiceKey(document.side, invoice_id) }, document.side, amount);
    }
  }
  return sums.rows();
}

/** A voided document stands until it was voided; where a system does not say when, it never did. */
export function standsAt(document: LedgerDocument, date: string): boolean {
  if (document.date > date) return false;
  const { status, void_date } = document;
  return status === "issued" || (status === "voided" && void_date !== null && void_date > date);
}

/** An invoice whose documents and the system's own balance do not say the same. */
export interface BalanceCheck {
  readonly document: LedgerDocument;
  readonly computed: number;
}

/** Where what is open by the documents is not the balance that the system shows. */
export function checkBalances(ledger: Ledger): readonly BalanceCheck[] {
  const open = new Map(openItems(ledger, FOREVER).map((one) => [one.document, one.open]));
  const credited = new Set(
    ledger.documents.filter(({ kind }) => kind === "credit_note").map(({ customer_id }) => customer_id),
  );
  return ledger.documents.flatMap((document) => {
    // Nobody can say which of their invoices a credit note lowered.
    if (!ledger.applications_known && credited.has(document.customer_id)) return [];
    const computed = open.get(document) ?? 0;
    const { kind, balance } = document;
    const differs =
      kind === "invoice" && signed(document, 1) !== 0 && balance !== null && balance !== computed;
    return differs ? [{ document, computed }] : [];
  });
}
