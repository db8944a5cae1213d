import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { World, WorldReceipt } from "../../../engine/connector/sandbox/world.ts";
import { amount, type Books, cents, hexId, refId, textOf } from "./books.ts";
import { storePayment } from "./payments.ts";
import { Problems } from "./problems.ts";

/**
 * The accounting clerk of the made-up company: records each receipt of the world once, as soon as every invoice it
 * pays stands in the books. A clerk works in the product, not through the API; no request causes these payments.
 */

export const BANK = hexId("bank");
/** Ids of payment methods are not in the sheet: these are this server's. */
export const METHODS = { check: "CHECK", card: "CREDIT_DEBIT", ach: "ELECTRONIC" } as const;
const DONE = "receipts_done";

/** Records what has become payable; `number` is the reference just stored. */
export function recordReceipts(number: string, books: Books): void {
  for (const key of byNumber(books.world).get(number) ?? []) {
    const receipt = books.world.receipts[key];
    if (receipt === undefined || books.ledger.get(DONE, String(key)) !== undefined) continue;
    const parts = receipt.allocations.flatMap(({ invoice, amount: minor }) => {
      const row = findPayable(invoice, books);
      return row === undefined
        ? []
        : [{ row, minor: Math.min(minor, cents(row["outstanding_amount"], books)) }];
    });
    const [first] = parts;
    if (first === undefined || parts.length < receipt.allocations.length) continue;
    // Marked first: a crash between the two loses a payment, which is seen, rather than doubling it.
    books.ledger.put(DONE, String(key), { reference: receipt.reference });
    const artefacts = parts
      .filter(({ minor }) => minor > 0)
      .map(({ row, minor }) => ({ artefact_id: textOf(row["id"]), amount: amount(minor, books) }));
    storePayment(
      { ...receiptBody(receipt, refId(first.row["contact"]), books), allocated_artefacts: artefacts },
      undefined,
      books,
    );
  }
}

/** Money that nobody owed: a receipt of which nothing is allocated. */
export function receiveOnAccount(receipt: WorldReceipt, contact: string, books: Books): void {
  const stored = storePayment(receiptBody(receipt, contact, books), undefined, books);
  if (stored instanceof Problems)
    throw new Error(`receipt ${receipt.reference}: ${JSON.stringify(stored.rows)}`);
}

function receiptBody(receipt: WorldReceipt, contact: string, books: Books): Row {
  return {
    transaction_type_id: "CUSTOMER_RECEIPT",
    contact_id: contact,
    bank_account_id: BANK,
    payment_method_id: METHODS[receipt.method],
    date: receipt.date,
    total_amount: amount(receipt.amount, books),
    reference: receipt.reference,
  };
}

function findPayable(number: string, { ledger }: Books): Row | undefined {
  return ledger
    .all("sales_invoices")
    .find((row) => row["reference"] === number && !["DRAFT", "VOID"].includes(refId(row["status"])));
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
