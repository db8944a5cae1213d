import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { World, WorldReceipt } from "../../../engine/connector/sandbox/world.ts";
import { type Books, cents, draftOf, money, rowOf, textOf } from "./books.ts";
import { storeAllocation, storeBankTransaction } from "./credits.ts";
import { storeBatch, storePayment } from "./payments.ts";
import { Refusal } from "./refusal.ts";

/**
 * The accounting clerk of the made-up company: records each receipt of the world once, as soon as every invoice it
 * pays stands in the books. A clerk works in the product, not through the API; no request causes these payments.
 */

export const BANK_CODE = "090";
const DONE = "receipts_done";

/** Records what has become payable; `numbers` are the InvoiceNumbers just stored. */
export function recordReceipts(numbers: readonly string[], books: Books): void {
  for (const number of numbers) {
    for (const key of byNumber(books.world).get(number) ?? []) {
      const receipt = books.world.receipts[key];
      if (receipt === undefined || books.ledger.get(DONE, String(key)) !== undefined) continue;
      const invoices = receipt.allocations.flatMap(({ invoice, amount }) => {
        const row = findPayable(invoice, books);
        return row === undefined ? [] : [{ row, amount: Math.min(amount, cents(row["AmountDue"], books)) }];
      });
      if (invoices.length < receipt.allocations.length) continue;
      // Marked first: a crash between the two loses a payment, which is seen, rather than doubling it.
      books.ledger.put(DONE, String(key), { reference: receipt.reference });
      record(
        receipt,
        invoices.filter(({ amount }) => amount > 0),
        books,
      );
    }
  }
}

/** Money that nobody owed: received as an overpayment, with nothing to allocate it to. */
export function receiveOnAccount(
  receipt: WorldReceipt,
  contact: string,
  books: Books,
  currency = books.world.currency,
): string {
  const bank = storeBankTransaction(
    {
      Type: "RECEIVE-OVERPAYMENT",
      Contact: { ContactID: contact },
      BankAccount: { Code: BANK_CODE },
      Date: receipt.date,
      Reference: receipt.reference,
      CurrencyCode: currency,
      LineItems: [{ Description: receipt.reference, Quantity: 1, UnitAmount: money(receipt.amount, books) }],
    },
    books,
  );
  if (bank instanceof Refusal) throw new Error(`receipt ${receipt.reference}: ${bank.messages.join(" ")}`);
  return textOf(bank["OverpaymentID"]);
}

interface Part {
  readonly row: Row;
  readonly amount: number;
}

// One invoice is a payment, several are a batch, and more than is due an overpayment of which a part is allocated.
function record(receipt: WorldReceipt, parts: readonly Part[], books: Books): void {
  const draft = draftOf(books);
  const head = { Account: { Code: BANK_CODE }, Date: receipt.date, Reference: receipt.reference };
  const applied = parts.reduce((sum, { amount }) => sum + amount, 0);
  const [first] = parts;
  const payments = parts.map(({ row, amount }) => ({
    Invoice: { InvoiceID: row["InvoiceID"] ?? "" },
    Amount: money(amount, books),
  }));
  if (first === undefined || applied < receipt.amount) {
    overpay(receipt, parts, draft.books);
  } else {
    const result =
      parts.length === 1
        ? storePayment({ ...head, ...payments[0] }, draft.books)
        : storeBatch({ ...head, Payments: payments }, draft.books);
    if (result instanceof Refusal) return;
  }
  draft.commit();
}

function overpay(receipt: WorldReceipt, parts: readonly Part[], books: Books): void {
  const contact = textOf(rowOf(parts[0]?.row["Contact"])["ContactID"]);
  if (contact === "") return;
  const id = receiveOnAccount(receipt, contact, books, textOf(parts[0]?.row["CurrencyCode"]));
  for (const { row, amount } of parts) {
    const element = {
      Invoice: { InvoiceID: row["InvoiceID"] ?? "" },
      Amount: money(amount, books),
      Date: receipt.date,
    };
    storeAllocation("Overpayments", id, element, books);
  }
}

function findPayable(number: string, { ledger }: Books): Row | undefined {
  return ledger
    .all("Invoices")
    .find((row) => row["InvoiceNumber"] === number && ["AUTHORISED", "PAID"].includes(textOf(row["Status"])));
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
