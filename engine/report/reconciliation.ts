import type { Cause } from "./cause.ts";
import type { Book, CustomerView, LedgerDocument, NotCompared, Side, Unreadable } from "./ledger.ts";
import type { Sums } from "./sums.ts";

/** What a reconciliation says: sums, differences, and what is not compared. Amounts are minor units. */

export interface Scope {
  /** First and last day, YYYY-MM-DD; null: no bound. */
  readonly from: string | null;
  readonly to: string | null;
}

/** difference: accounting less what invoiced it, which is billing or the PSA. */
export interface SumRow extends Sums {
  /** Key of the customer. */
  readonly customer: string;
  /** YYYY-MM: of the invoice; of a PSA's item that is on none, its own. */
  readonly period: string;
  readonly currency: string;
  /** "" for amounts without a code. */
  readonly gl_code: string;
  /** Whose invoices these are. What the PSA invoices by itself, billing has no part in. */
  readonly invoiced_by: "billing" | "psa";
  /** What the PSA billed: its own invoices, or its items that billing is to invoice; null: nothing that is compared. */
  readonly psa: number | null;
  /** What billing invoiced of the PSA's items, less these items; null as psa, and for the PSA's own invoices. */
  readonly psa_difference: number | null;
}

export interface PaymentRow extends Sums {
  readonly customer: string;
  readonly period: string;
  readonly currency: string;
}

/** billing: with the PSA's own invoices, which accounting has among its receivables. */
export type BalanceRow = Omit<PaymentRow, "period">;

/** difference: the later system less the earlier, of psa, billing and accounting those two that hold the document. */
export interface DifferenceRow extends Sums, Cause {
  readonly entity: LedgerDocument["kind"] | "billable_item";
  readonly customer: string;
  readonly period: string;
  readonly currency: string;
  readonly documents: readonly {
    readonly system: Book;
    readonly id: string;
    readonly number: string;
    readonly date: string;
    readonly amount: number;
  }[];
  /** What the PSA has of it; null for what is between billing and accounting. */
  readonly psa: number | null;
  /** The GL codes that differ; empty for payments. */
  readonly gl: readonly (Sums & Pick<SumRow, "gl_code" | "period" | "psa">)[];
  /** What is out of place, without sign: where a sum went to another code, month or customer it counts there, too. */
  readonly off: number;
  /** Before the period: it only explains the balance. */
  readonly earlier: boolean;
}

/** Totals of one currency; off: the sum of what is out of place and not expected. */
export interface CurrencyTotal {
  readonly currency: string;
  /** Billing's own invoices and credit notes. */
  readonly revenue: Sums;
  /** The PSA's own invoices beside what accounting posted for them; null when they are not compared. */
  readonly psa_invoices: PsaSums<"accounting"> | null;
  /** The PSA's items beside what billing invoiced for them; null when they are not compared. */
  readonly psa_items: PsaSums<"billing"> | null;
  readonly payments: Sums;
  readonly balances: Sums;
  readonly off: {
    readonly documents: number;
    readonly payments: number;
    readonly balances: number;
    /** Of the PSA's invoices and items. */
    readonly psa: number;
  };
}

/** Minor units. difference: the other system less the PSA. */
export type PsaSums<S extends Side> = { readonly [system in "psa" | "difference" | S]: number };

export interface Reconciliation {
  readonly schemaVersion: 1;
  readonly client: string;
  readonly from: string | null;
  readonly to: string | null;
  /** When it was read, RFC 3339. */
  readonly read_at: string;
  /** A run wrote meanwhile: what it did may show as a difference. */
  readonly run_meanwhile: boolean;
  readonly customers: readonly CustomerView[];
  readonly totals: readonly CurrencyTotal[];
  readonly revenue: readonly SumRow[];
  readonly payments: readonly PaymentRow[];
  /** Invoiced less credited and received, of everything up to the end of the period. */
  readonly balances: readonly BalanceRow[];
  readonly differences: readonly DifferenceRow[];
  readonly not_compared: readonly NotCompared[];
  readonly unreadable: readonly Unreadable[];
}
