import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { World, WorldReceipt } from "../../../engine/connector/sandbox/world.ts";
import { type Books, cents, money, newId, refId, rowsOf, stamped, textOf } from "./books.ts";
import { namedReferences } from "./check.ts";
import { linksOf, putTransaction, relink } from "./links.ts";
import { buildPayment } from "./payments.ts";
import { Refusal } from "./refusal.ts";
import { payment } from "./shapes.ts";

/**
 * The accounting clerk of the made-up company: records each receipt of the world once, as soon as every invoice it
 * pays stands in the books. A clerk works in the product, not through the API; no request causes these payments.
 */

export const METHOD_IDS = { check: "1", card: "2", ach: "3" } as const;
const DONE = "receipts_done";

/** Records what has become payable; `numbers` are the DocNumbers just stored. */
export function recordReceipts(numbers: readonly string[], books: Books): void {
  for (const number of numbers) {
    for (const key of byNumber(books.world).get(number) ?? []) {
      const receipt = books.world.receipts[key];
      if (receipt !== undefined && books.ledger.get(DONE, String(key)) === undefined) {
        record(key, receipt, books);
      }
    }
  }
}

/** The Payment row of a receipt, without links. */
export function receiptPayment(receipt: WorldReceipt, customer: string, books: Pick<Books, "world">): Row {
  return {
    CustomerRef: { value: customer },
    TxnDate: receipt.date,
    TotalAmt: money(receipt.amount, books),
    PaymentRefNum: receipt.reference,
    PaymentMethodRef: { value: METHOD_IDS[receipt.method] },
  };
}

function record(key: number, receipt: WorldReceipt, books: Books): void {
  const invoices = new Map<string, Row>();
  for (const { invoice } of receipt.allocations) {
    const row = findIssued(invoice, books);
    if (row === undefined) return;
    invoices.set(invoice, row);
  }
  const lines: Row[] = [];
  for (const { invoice, amount } of receipt.allocations) {
    const row = invoices.get(invoice);
    // A clerk cannot apply more than is open; the rest of the cash stays on account.
    const minor = Math.min(amount, cents(row?.["Balance"], books));
    if (minor > 0) lines.push({ Amount: money(minor, books), LinkedTxn: [linkTo(row)] });
  }
  const customer = refId([...invoices.values()][0]?.["CustomerRef"]);
  const id = newId(books);
  const draft = { ...receiptPayment(receipt, customer, books), Id: id, Line: lines };
  const built = buildPayment(draft, undefined, books);
  if (built instanceof Refusal) return;
  const row = stamped(namedReferences(built, payment, books), undefined, books);
  // Marked first: a crash between the two loses a payment, which is seen, rather than doubling it.
  books.ledger.put(DONE, String(key), { payment: id });
  putTransaction("Payment", id, row, books);
  relink(id, [], linksOf(row, books), books);
}

function linkTo(invoice: Row | undefined): Row {
  return { TxnId: textOf(invoice?.["Id"]), TxnType: "Invoice" };
}

function findIssued(number: string, books: Books): Row | undefined {
  return books.ledger
    .all("Invoice")
    .find((invoice) => invoice["DocNumber"] === number && !isVoided(invoice, books));
}

function isVoided(invoice: Row, books: Books): boolean {
  return textOf(invoice["PrivateNote"]).startsWith("Voided") && cents(invoice["TotalAmt"], books) === 0;
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

/** DocNumbers of the invoices in a write's reply body. */
export function storedNumbers(body: Row): string[] {
  return rowsOf([body["Invoice"] ?? null]).map((invoice) => textOf(invoice["DocNumber"]));
}
