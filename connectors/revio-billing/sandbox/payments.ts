import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { type Books, findRow, minorUnits, money, rowsOf, timestamp } from "./books.ts";
import { names } from "./names.ts";

/** Payments taken in billing and what they pay. Nothing makes a second, equal payment an error. */

const { allocations, allocatedBill, allocatedAmount } = names.payment;

/** What is wrong with a payment beside its customer and bills. */
export function checkPayment(row: Row, _old: Row | undefined, books: Books): readonly string[] {
  const messages: string[] = [];
  const customer = findRow("customers", row["customer_id"], books);
  if (customer === undefined) messages.push("The customer_id field names no customer.");
  const amount = minorUnits(row["amount"], books);
  if (amount === undefined || amount <= 0)
    messages.push("The amount field must be positive, in whole cents.");
  let allocated = 0;
  for (const item of rowsOf(row[allocations])) {
    const part = minorUnits(item[allocatedAmount], books);
    if (part === undefined || part <= 0)
      messages.push("The amount of a bill must be positive, in whole cents.");
    allocated += part ?? 0;
    const bill = findRow("bills", item[allocatedBill], books);
    if (bill?.["customer_id"] !== row["customer_id"]) {
      messages.push(`Bill ${item[allocatedBill]} does not belong to the customer.`);
    }
  }
  if (amount !== undefined && allocated > amount) messages.push("The bills take more than the amount.");
  return messages;
}

/**
 * Lowers what is due on each bill. More than is due is taken as well, leaving a negative amount: that the vendor would
 * refuse it is not documented, and a payment made twice must show.
 */
export function settlePayment(row: Row, books: Books): void {
  for (const item of rowsOf(row[allocations])) {
    const bill = findRow("bills", item[allocatedBill], books);
    if (bill === undefined) continue;
    const due = minorUnits(bill[names.bill.amountDue], books) ?? 0;
    const left = due - (minorUnits(item[allocatedAmount], books) ?? 0);
    books.ledger.put("bills", String(bill["bill_id"]), {
      ...bill,
      [names.bill.amountDue]: money(left, books),
      [names.stamps.updated]: timestamp(books.now()),
    });
  }
}
