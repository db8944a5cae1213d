import type { Standing } from "../sync/standing.ts";
import type { ItemFacts } from "./prove-billing.ts";

/** The receivables of two systems as values: what reports compare. Amounts are minor units, dates YYYY-MM-DD. */

export type Side = "billing" | "accounting";
export const SIDES: readonly Side[] = ["billing", "accounting"];

/** Where a document stands: in one of the two, or in the PSA, whose own invoices reach accounting past billing. */
export type Book = Side | "psa";

/** The ledger in whose place a book stands beside accounting. */
export function seatOf(book: Book): Side {
  return book === "psa" ? "billing" : book;
}

export type DocumentKind = "invoice" | "credit_note" | "payment";

export interface LedgerDocument {
  readonly kind: DocumentKind;
  readonly side: Book;
  readonly id: string;
  /** The number or reference that people know it by; its id where it has none. */
  readonly number: string;
  /** The customer's id in this system. */
  readonly customer_id: string;
  readonly currency: string;
  readonly date: string;
  /** Of an invoice; the date itself for the others. */
  readonly due_date: string;
  /** Draft and voided documents count nothing. */
  readonly status: "draft" | "issued" | "voided";
  /** When it was voided, where the system says so. */
  readonly void_date: string | null;
  /** Total of an invoice or credit note; money received of a payment. Never negative for a credit note. */
  readonly total: number;
  /** Of it given back to the customer. */
  readonly refunded: number;
  /** What the system says is open of an invoice, or not yet used of a credit note or payment; null: it does not say. */
  readonly balance: number | null;
  /** What lines and taxes come to; empty for a payment. */
  readonly gl: GlAmounts;
  /** What a payment or credit note pays. */
  readonly applied: readonly Applied[];
  /** What a payment pays beside it, of invoices that the other side has none of; no part of its total. */
  readonly elsewhere: readonly Applied[];
  /** Name of its group in the id map; null when it is linked to nothing. */
  readonly uid: string | null;
  /** The kind of the document that it adjusts and whose group it is in; null for one that stands for itself. */
  readonly adjusts: DocumentKind | null;
  /** What the id map says that it is on the other side, whether it is still there or not. */
  readonly counterparts: readonly string[];
  /** Of an invoice in accounting: the PSA's own invoice that it was made from, as far as the id map says. */
  readonly psa_invoice: string | null;
  /** The pipeline that carries such documents to the other side; null when none does. */
  readonly pipeline: string | null;
  /** How it stands with that pipeline. */
  readonly standing: Standing | null;
}

/** Amounts by GL code, "" for what has none. Codes are in order, and one list for all documents that have the same. */
export interface GlAmounts {
  readonly codes: readonly string[];
  readonly amounts: readonly number[];
}

export interface Applied {
  /** The invoice's id in the same system. */
  readonly invoice_id: string;
  readonly amount: number;
  readonly date: string;
}

export interface LedgerCustomer {
  readonly id: string;
  readonly name: string;
  readonly number: string;
}

/** What one system has of a client's receivables. */
export interface Ledger {
  readonly side: Side;
  readonly documents: readonly LedgerDocument[];
  /** False: what credit notes were used for is not known, and all of them stand as unapplied. */
  readonly applications_known: boolean;
  readonly customers: ReadonlyMap<string, LedgerCustomer>;
}

/** A kind of record that could not be compared, and why, as a sentence. */
export interface NotCompared {
  readonly system: string;
  readonly entity: string;
  readonly reason: string;
}

/** A record that could not be read: nobody knows what it would have added. */
export interface Unreadable {
  readonly system: Book;
  readonly entity: DocumentKind | "credit_application" | "refund" | "billable_item";
  readonly id: string;
  readonly reason: string;
}

/** One customer over both systems. */
export interface CustomerView {
  /** Stable within a report. */
  readonly key: string;
  readonly name: string;
  readonly number: string;
  /** Its ids, of which there can be several where accounts were joined. */
  readonly psa_ids: readonly string[];
  readonly billing_ids: readonly string[];
  readonly accounting_ids: readonly string[];
  /** False: one of the two systems does not know it, as far as the id map says. */
  readonly linked: boolean;
}

export interface ItemPlace {
  readonly customer: CustomerView;
  /** YYYY-MM-DD: of the invoice that bills it, else the day of the item itself. */
  readonly date: string;
  /** "" for none. */
  readonly gl_code: string;
}

export interface BilledItem {
  readonly facts: ItemFacts;
  /** The day of the item, YYYY-MM-DD. */
  readonly date: string;
  readonly customer: CustomerView;
  /** By the code maps that would bill it; "" where they have no row. */
  readonly gl_code: string;
  /** What the customer owes for it in all by the PSA; minor units. */
  readonly due: number;
  /** What was charged for it: charge → minor units. */
  readonly charges: ReadonlyMap<string, number>;
  /** The month in which each was written to billing, YYYY-MM by the client's clocks. */
  readonly charged_in: ReadonlyMap<string, string>;
  /** What its charges come to in billing now; null where billing cannot list them. */
  readonly charged_now: number | null;
  readonly lines: readonly BilledLine[];
  /** Words to type: the pipeline that charges items, and the files of its code maps. */
  readonly pipeline: string;
  readonly codes: string;
}

/** A line of an invoice of billing that bills an item. */
export interface BilledLine extends ItemPlace {
  readonly charge: string;
  readonly invoice_id: string;
  readonly number: string;
  readonly status: "draft" | "issued" | "voided";
  readonly amount: number;
}

/** Both systems with what joins them. */
export interface Ledgers {
  readonly billing: Ledger;
  readonly accounting: Ledger;
  /** The PSA's own invoices; none when they are not compared. */
  readonly psa: readonly LedgerDocument[];
  readonly psa_compared: boolean;
  /** The PSA's items that billing invoices; null when they are not compared. */
  readonly items: readonly BilledItem[] | null;
  readonly customers: Customers;
  /** One name for an invoice's id on either side, where the two are linked. */
  invoiceKey(side: Book, id: string): string;
  /** Pipelines by name: whether they can change or void what they wrote. */
  readonly flows: { readonly [pipeline: string]: Flow };
  /** The pipeline that uses credit notes for the same invoices on the other side; null when there is none. */
  readonly applications_pipeline: string | null;
  /** The pipeline that takes money given back off the payments on the other side; null when there is none. */
  readonly refunds_pipeline: string | null;
  readonly not_compared: readonly NotCompared[];
  readonly unreadable: readonly Unreadable[];
}

export interface Flow {
  readonly source: Book;
  readonly target: Side;
  readonly entity: DocumentKind;
  readonly can_update: boolean;
  /** Files of the code maps that it uses, by name. */
  readonly codes: { readonly [map: string]: string };
}

export interface Customers {
  /** The customer of an id in a system, linked or not. */
  of(side: Book, id: string): CustomerView;
  /** Every customer of the id map and of either system. */
  all(): readonly CustomerView[];
}

/** Amount by which a document adds to its GL codes or to money received: none unless it is issued. */
export function signed({ kind, status }: LedgerDocument, amount: number): number {
  if (status !== "issued" || amount === 0) return 0;
  return kind === "credit_note" ? -amount : amount;
}

/** "Harbor Dental LLC (CUST-1001)". */
export function customerText(customer: CustomerView | undefined): string {
  if (customer === undefined) return "?";
  return customer.number === "" ? customer.name : `${customer.name} (${customer.number})`;
}
