import { readLedger } from "../../engine/connector/sandbox/read-ledger.ts";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import { parseMoney } from "../../engine/core/money.ts";
import { readAutotask, readConnectWise, readDockside, readHalo, readRevioPsa } from "./books/psa.ts";
import { readQuickBooks } from "./books/quickbooks.ts";
import { readReferenceBilling } from "./books/reference-billing.ts";
import { readRevio } from "./books/revio-billing.ts";
import { readSageAccounting } from "./books/sage-accounting.ts";
import { readSageIntacct } from "./books/sage-intacct.ts";
import { readXero } from "./books/xero.ts";

/** What stands in a sandbox's books, in no vendor's words and read from its ledger file, never through an API. */

export interface BookedCustomer {
  readonly id: string;
  readonly name: string;
  /** Number that people know the account by; "" where the vendor keeps none. */
  readonly number: string;
  readonly active: boolean;
  /** Days that it has to pay an invoice; null where the system does not say. */
  readonly due_days: number | null;
  /** Ids of contracts and of the customer elsewhere, by the label of the field that holds them. */
  readonly fields: { readonly [label: string]: string };
}

export interface BookedInvoice {
  readonly id: string;
  readonly number: string;
  readonly date: string;
  readonly due_date: string;
  /** Id of the customer. */
  readonly customer: string;
  /** Minor units. */
  readonly total: number;
}

export interface BookedPayment {
  readonly id: string;
  readonly customer: string;
  readonly date: string;
  readonly amount: number;
  readonly reference: string;
  /** By invoice number, in its order. */
  readonly allocations: readonly { readonly invoice: string; readonly amount: number }[];
}

export interface Books {
  readonly customers: readonly BookedCustomer[];
  readonly invoices: readonly BookedInvoice[];
  readonly payments: readonly BookedPayment[];
  /** GL code → minor units of what is posted to its account; empty where the system has no accounts. */
  readonly gl_totals: { readonly [gl_code: string]: number };
}

/** Rows of one collection of a ledger. */
export type Collection = (name: string) => readonly Row[];

/** How each vendor's rows are read: a new vendor adds its line. */
const READERS: { readonly [connector: string]: (rows: Collection) => Books } = {
  autotask: readAutotask,
  connectwise: readConnectWise,
  "csv-billing": readReferenceBilling,
  dockside: readDockside,
  halopsa: readHalo,
  quickbooks: readQuickBooks,
  "revio-billing": readRevio,
  "revio-psa": readRevioPsa,
  ringbill: readReferenceBilling,
  "sage-accounting": readSageAccounting,
  "sage-intacct": readSageIntacct,
  "sqlite-billing": readReferenceBilling,
  xero: readXero,
};

/** The books that a sandbox's rows make up. */
export function booksOf(connector: string, rows: Collection): Books {
  const read = READERS[connector];
  if (read === undefined)
    throw new Error(`test/support/books.ts does not know how ${connector} keeps its books`);
  return read(rows);
}

/** The books in a sandbox's folder; the sandbox may be running. */
export function readBooks(connector: string, folder: string): Books {
  const ledger = readLedger(folder);
  return booksOf(connector, (name) => [...(ledger.get(name)?.values() ?? [])]);
}

/** Minor units of a vendor's decimal number. */
export function cents(value: Json | undefined): number {
  const amount =
    typeof value === "number" || typeof value === "string" ? parseMoney(value, "USD") : undefined;
  if (amount === undefined) throw new Error(`no amount of money: ${JSON.stringify(value)}`);
  return amount;
}

/** A text or number as text; "" for anything else. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** The objects of a list. */
export function rowsOf(value: Json | undefined): readonly { readonly [key: string]: Json }[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
