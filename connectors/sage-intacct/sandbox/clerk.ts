import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { World, WorldReceipt } from "../../../engine/connector/sandbox/world.ts";
import { type Books, cents, groupOf, INVOICE, money, textOf } from "./books.ts";
import { postPayment } from "./payments.ts";

/**
 * The accounting clerk of the made-up company: records each receipt of the world once, as soon as every invoice it
 * pays stands in the books. A clerk works in the product, not through the API; no request causes these payments.
 */

const DONE = "receipts_done";
const METHODS = { check: "printedCheck", card: "creditCard", ach: "eft" } as const;

/** Records what has become payable by the invoice of that number. */
export function recordReceipts(number: string, books: Books): void {
  for (const key of byNumber(books.world).get(number) ?? []) {
    const receipt = books.world.receipts[key];
    if (receipt !== undefined && books.ledger.get(DONE, String(key)) === undefined)
      record(key, receipt, books);
  }
}

/** The head of a receipt's payment. */
export function receiptPayment(receipt: WorldReceipt, customer: Row): Row {
  return {
    customer,
    financialEntity: { entityId: "BOA" },
    paymentSummary: { receiptDate: receipt.date },
    paymentMethod: METHODS[receipt.method],
    documentNumber: receipt.reference,
  };
}

function record(key: number, receipt: WorldReceipt, books: Books): void {
  const details: Row[] = [];
  let customer: Row = {};
  let applied = 0;
  for (const { invoice: number, amount } of receipt.allocations) {
    const invoice = books.ledger
      .all(INVOICE)
      .find(
        (row) => row["invoiceNumber"] === number && !["reversed", "reversal"].includes(textOf(row["state"])),
      );
    if (invoice === undefined) return;
    customer = groupOf(invoice["customer"]);
    // A clerk cannot apply more than is due; the rest of the cash is an overpayment.
    const minor = Math.min(amount, cents(invoice["totalTxnAmountDue"], books));
    if (minor <= 0) continue;
    applied += minor;
    const arInvoice = { key: textOf(invoice["key"]), id: textOf(invoice["key"]) };
    details.push({ arInvoice, txnCurrency: { paymentAmount: money(minor, books) } });
  }
  // Marked first: a crash between the two loses a payment, which is seen, rather than doubling it.
  books.ledger.put(DONE, String(key), { done: true });
  const over = { overPaymentAmount: money(receipt.amount - applied, books) };
  postPayment({ ...receiptPayment(receipt, customer), paymentDetails: details, ...over }, books);
}

const INDEXES = new WeakMap<World, Map<string, number[]>>();

// Receipts by invoice number, made once per world: looked at after every stored invoice.
function byNumber(world: World): Map<string, number[]> {
  const known = INDEXES.get(world);
  if (known !== undefined) return known;
  const index = new Map<string, number[]>();
  for (const [key, receipt] of world.receipts.entries()) {
    for (const { invoice } of receipt.allocations) index.set(invoice, [...(index.get(invoice) ?? []), key]);
  }
  INDEXES.set(world, index);
  return index;
}
