import { isTelecomCustomer } from "../../mappings/demo/world/invoices.ts";
import { WORK_CODES } from "./desks/psa.ts";
import type { TrueItem } from "./items.ts";
import { sumOf, type TrueInvoice, type TrueReceipt, type Truth } from "./truth.ts";

/** Invoices that the PSA makes by itself, kept by the generator alone: accounting has them, billing never does. */
export interface ServiceInvoice extends TrueInvoice {
  /** Not sent to the customer yet. */
  readonly draft: boolean;
  /** Items on it, as the engine names them. */
  readonly items: readonly string[];
  /** What it charges for a contract, by the contract's id. */
  readonly fee: Fee | null;
}

export interface Fee {
  readonly contract: string;
  readonly amount: number;
}

/** What the PSA calls the charge for a contract, and the tax on its invoices. */
export const FEE_CODE = "Agreement";
export const PSA_TAX = "Standard";

/** What stands on an invoice over items and a contract's charge, with a tax on all of it. */
export function contentOf(
  items: readonly TrueItem[],
  fee: Fee | null,
  tax: number,
): Pick<ServiceInvoice, "items" | "fee" | "lines" | "taxes" | "total"> {
  const lines = [
    ...items.map(({ id, amount }) => lineOf(WORK_CODES[kindOf(id)], amount)),
    ...(fee === null ? [] : [lineOf(FEE_CODE, fee.amount)]),
  ];
  const taxes = tax === 0 ? [] : [taxOf(tax)];
  return { items: items.map(({ id }) => id), fee, lines, taxes, total: sumOf([...lines, ...taxes]) };
}

/** Everything that customers owe something of: billing's invoices, and the PSA's that went out. */
export function receivables({ invoices, services }: Truth): readonly TrueInvoice[] {
  return [...invoices, ...services.filter(({ draft }) => !draft)];
}

/**
 * The part of what happened that billing is to know: no invoice of the PSA, no money for one, and none of customers that
 * it does not have yet.
 */
export function billingsPart(truth: Truth): Truth {
  const others = new Set(truth.services.map(({ number }) => number));
  const customers = new Set(truth.companies.filter(isTelecomCustomer).map(({ number }) => number));
  const known = truth.receipts.filter(({ company }) => customers.has(company));
  const parts = new Map(known.map((receipt) => [receipt, ownPart(receipt, others)]));
  return {
    ...truth,
    services: [],
    receipts: [...parts.values()].filter(({ amount }) => amount > 0),
    refunds: truth.refunds.flatMap((refund) => {
      const receipt = parts.get(refund.receipt);
      return receipt === undefined ? [] : [{ ...refund, receipt }];
    }),
  };
}

/** Ids of the ledger's payments and refunds that wait until billing has their customers. */
export function waitingMoney(truth: Truth): ReadonlySet<string> {
  const others = new Set(truth.services.map(({ number }) => number));
  const customers = new Set(truth.companies.filter(isTelecomCustomer).map(({ number }) => number));
  const waiting = truth.receipts.filter(
    (receipt) => !customers.has(receipt.company) && ownPart(receipt, others).amount > 0,
  );
  const returned = truth.refunds.filter(({ receipt }) => waiting.includes(receipt));
  return new Set([...waiting, ...returned].map(({ id }) => id));
}

function ownPart(receipt: TrueReceipt, others: ReadonlySet<string>): TrueReceipt {
  const theirs = receipt.allocations.filter(({ invoice }) => others.has(invoice));
  return {
    ...receipt,
    amount: receipt.amount - sumOf(theirs),
    allocations: receipt.allocations.filter((one) => !theirs.includes(one)),
  };
}

function kindOf(item: string): keyof typeof WORK_CODES {
  return item.slice(0, item.indexOf(":")) as keyof typeof WORK_CODES;
}

function lineOf(charge_type: string, amount: number): TrueInvoice["lines"][number] {
  return { charge_type, description: charge_type, quantity: "1", unit_amount_decimal: null, amount };
}

function taxOf(amount: number): TrueInvoice["taxes"][number] {
  return {
    line_number: 1,
    charge_type: PSA_TAX,
    name: PSA_TAX,
    tax_type: "sales_tax",
    jurisdiction: "state",
    rate_decimal: null,
    amount,
  };
}
