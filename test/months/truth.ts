import type {
  Company,
  WorldCredit,
  WorldInvoice,
  WorldReceipt,
} from "../../engine/connector/sandbox/world.ts";
import type { TrueItem, TrueLine } from "./items.ts";
import type { Routing } from "./routing.ts";
import { receivables, type ServiceInvoice } from "./service-invoices.ts";

/** What the events of a client's months come to, kept by the generator alone: the books are compared with this. */
export interface Truth {
  readonly companies: Company[];
  readonly invoices: TrueInvoice[];
  readonly receipts: TrueReceipt[];
  readonly credits: TrueCredit[];
  readonly refunds: TrueRefund[];
  readonly items: TrueItem[];
  readonly lines: TrueLine[];
  /** The PSA's own invoices. */
  readonly services: ServiceInvoice[];
  readonly routing: Routing;
  /** Bills that were corrected though money was on them, as they were before, by their numbers. */
  readonly revisedPaid: Map<string, TrueInvoice>;
  /** Numbers of the companies whose service is provisioned, so that billing may bill it. */
  readonly provisioned: Set<string>;
}

export interface TrueInvoice extends WorldInvoice {
  /** Withdrawn in billing before anything was paid of it. */
  voided: boolean;
  /** How many of its last lines are charges for what the PSA had to bill. */
  readonly charges: number;
}

export interface TrueReceipt extends WorldReceipt {
  readonly company: string;
  /** Id of the document in the ledger. */
  readonly id: string;
  /** What the clerk put it on: its allocations, by the numbers of the ledger's own documents. */
  readonly documents: WorldReceipt["allocations"];
}

export interface TrueCredit extends WorldCredit {
  readonly applications: { readonly invoice: string; readonly amount: number; readonly date: string }[];
  /** Taken back in billing, and what it was used for with it. */
  voided: boolean;
}

/** Money of a receipt that was returned. */
export interface TrueRefund {
  /** Id of the document in the ledger. */
  readonly id: string;
  readonly receipt: TrueReceipt;
  readonly date: string;
  readonly amount: number;
  readonly reference: string;
}

/** A document with what is still owed of it. Dates are YYYY-MM-DD, amounts minor units. */
export interface OpenItem {
  readonly number: string;
  /** Name of the customer. */
  readonly customer: string;
  readonly currency: string;
  readonly date: string;
  readonly due: string;
  readonly total: number;
  readonly open: number;
  readonly voided: boolean;
}

/** What is still owed of an invoice. */
export function openOf({ receipts, credits }: Truth, { number, total, voided }: TrueInvoice): number {
  const used = credits.filter((credit) => !credit.voided).map(({ applications }) => applications);
  const settled = [...receipts.map(({ allocations }) => allocations), ...used].flat();
  return voided ? 0 : total - sumOf(settled.filter(({ invoice }) => invoice === number));
}

/** What of a credit note is not used. */
export function leftOf({ total, applications, voided }: TrueCredit): number {
  return voided ? 0 : total - sumOf(applications);
}

/** Money of a receipt that no invoice took. */
export function unappliedOf({ amount, allocations }: WorldReceipt): number {
  return amount - sumOf(allocations);
}

/** Money of a receipt that no invoice took and that was not returned. */
export function onAccountOf({ refunds }: Truth, receipt: TrueReceipt): number {
  return unappliedOf(receipt) - sumOf(refunds.filter((refund) => refund.receipt === receipt));
}

/** What a company owes: its open invoices less its money on account and its credit. */
export function balanceOf(truth: Truth, { number }: Company): number {
  const own = <T extends { readonly company: string }>(rows: readonly T[]): readonly T[] =>
    rows.filter(({ company }) => company === number);
  const owed = own(receivables(truth)).reduce((sum, invoice) => sum + openOf(truth, invoice), 0);
  const credit = own(truth.credits).reduce((sum, one) => sum + leftOf(one), 0);
  return own(truth.receipts).reduce((left, receipt) => left - onAccountOf(truth, receipt), owed - credit);
}

export function sumOf(rows: readonly { readonly amount: number }[]): number {
  return rows.reduce((sum, { amount }) => sum + amount, 0);
}
