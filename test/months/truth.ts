import type { Company, GlCode, WorldInvoice, WorldReceipt } from "../../engine/connector/sandbox/world.ts";

/** What the events of a client's months come to, kept by the generator alone: the books are compared with this. */
export interface Truth {
  readonly companies: Company[];
  readonly invoices: TrueInvoice[];
  readonly receipts: TrueReceipt[];
}

export interface TrueInvoice extends WorldInvoice {
  /** Withdrawn in billing before anything was paid of it. */
  voided: boolean;
}

export interface TrueReceipt extends WorldReceipt {
  readonly company: string;
  /** Id of the document in the ledger. */
  readonly id: string;
}

/** A document with what is still owed of it. Dates are YYYY-MM-DD, amounts minor units. */
export interface OpenItem {
  readonly number: string;
  /** Name of the customer. */
  readonly customer: string;
  readonly date: string;
  readonly due: string;
  readonly total: number;
  readonly open: number;
}

/** What is still owed of an invoice. */
export function openOf({ receipts }: Truth, { number, total, voided }: TrueInvoice): number {
  const paid = receipts.flatMap(({ allocations }) => allocations.filter(({ invoice }) => invoice === number));
  return voided ? 0 : total - sumOf(paid);
}

/** Money of a receipt that no invoice took. */
export function unappliedOf({ amount, allocations }: WorldReceipt): number {
  return amount - sumOf(allocations);
}

/** What a company owes: its open invoices less its money on account. */
export function balanceOf(truth: Truth, { number }: Company): number {
  const own = <T extends { readonly company: string }>(rows: readonly T[]): readonly T[] =>
    rows.filter(({ company }) => company === number);
  const owed = own(truth.invoices).reduce((sum, invoice) => sum + openOf(truth, invoice), 0);
  return own(truth.receipts).reduce((left, receipt) => left - unappliedOf(receipt), owed);
}

/** What invoices post, by GL code; codes with nothing are left out. */
export function postings(
  invoices: readonly TrueInvoice[],
  gl: readonly GlCode[],
): ReadonlyMap<string, number> {
  const charges = invoices
    .filter(({ voided }) => !voided)
    .flatMap(({ lines, taxes }) => [...lines, ...taxes]);
  const sums = gl.map(({ gl_code, charge_types }) => {
    return [gl_code, sumOf(charges.filter(({ charge_type }) => charge_types.includes(charge_type)))] as const;
  });
  return new Map(sums.filter(([, sum]) => sum !== 0));
}

export function sumOf(rows: readonly { readonly amount: number }[]): number {
  return rows.reduce((sum, { amount }) => sum + amount, 0);
}
