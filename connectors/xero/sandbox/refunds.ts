import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { type Books, cents, money, newId, rowOf, rowsOf, textOf } from "./books.ts";
import { type CreditList, creditSums } from "./credits.ts";
import { dayFields, dayOf, requestDay, storedDay, updatedNow, wireDate } from "./dates.ts";
import { checkLock } from "./lock.ts";
import { bankAccount, storePayment } from "./payments.ts";
import { Refusal } from "./refusal.ts";

/** Money returned to a customer: a payment out of a credit note, an overpayment or a prepayment. */

const SOURCES: readonly { readonly key: string; readonly list: CreditList; readonly type: string }[] = [
  { key: "CreditNote", list: "CreditNotes", type: "ARCREDITPAYMENT" },
  { key: "Overpayment", list: "Overpayments", type: "AROVERPAYMENTPAYMENT" },
  { key: "Prepayment", list: "Prepayments", type: "ARPREPAYMENTPAYMENT" },
];

/** Creates or deletes a payment: a refund where it names what the money comes out of, else one of an invoice. */
export function storePaymentOrRefund(element: Row, books: Books): Row | Refusal {
  const old = books.ledger.get("Payments", textOf(element["PaymentID"]).toLowerCase());
  const source = SOURCES.find(({ key, type }) => element[key] !== undefined || old?.["PaymentType"] === type);
  if (source === undefined) return storePayment(element, books);
  return element["Status"] === "DELETED" && old !== undefined
    ? deleteRefund(old, source, books)
    : storeRefund(element, source, books);
}

type Source = (typeof SOURCES)[number];

function storeRefund(element: Row, { key, list, type }: Source, books: Books): Row | Refusal {
  const id = textOf(rowOf(element[key])[`${key}ID`]).toLowerCase();
  const credit = books.ledger.get(list, id);
  const account = bankAccount(rowOf(element["Account"]), books);
  const day = element["Date"] === undefined ? dayOf(books.now()) : requestDay(element["Date"]);
  if (credit?.["Status"] !== "AUTHORISED") return new Refusal(`${key} is not of valid status to be refunded`);
  if (account instanceof Refusal) return account;
  if (day === undefined) return new Refusal("Date is not valid");
  const locked = checkLock(day, books);
  if (locked !== undefined) return locked;
  const amount = cents(element["Amount"], books);
  if (amount <= 0) return new Refusal("Payment amount must be greater than zero");
  if (amount > cents(credit["RemainingCredit"], books))
    return new Refusal("Payment amount exceeds the amount outstanding on this document");
  const payment: Row = {
    PaymentID: newId(books),
    ...dayFields("Date", day),
    BankAmount: money(amount, books),
    Amount: money(amount, books),
    Reference: textOf(element["Reference"]),
    CurrencyRate: credit["CurrencyRate"] ?? 1,
    PaymentType: type,
    Status: "AUTHORISED",
    ...updatedNow(books),
    HasAccount: true,
    IsReconciled: false,
    Account: { AccountID: textOf(account["AccountID"]), Code: textOf(account["Code"]) },
    [key]: {
      [`${key}ID`]: id,
      CurrencyCode: credit["CurrencyCode"] ?? "",
      Contact: credit["Contact"] ?? {},
    },
    HasValidationErrors: false,
  };
  books.ledger.put("Payments", textOf(payment["PaymentID"]), payment);
  const entry = {
    PaymentID: payment["PaymentID"] ?? "",
    Date: wireDate(Date.parse(day)),
    Amount: money(amount, books),
  };
  putRefunds(list, id, [...rowsOf(credit["Payments"]), entry], books);
  return payment;
}

function deleteRefund(old: Row, { key, list }: Source, books: Books): Row | Refusal {
  if (old["Status"] === "DELETED") return new Refusal("Payment could not be found");
  const locked = checkLock(storedDay(old["Date"]), books);
  if (locked !== undefined) return locked;
  const row = { ...old, Status: "DELETED", ...updatedNow(books) };
  books.ledger.put("Payments", textOf(old["PaymentID"]), row);
  const id = textOf(rowOf(old[key])[`${key}ID`]);
  const rest = rowsOf(books.ledger.get(list, id)?.["Payments"]);
  putRefunds(
    list,
    id,
    rest.filter(({ PaymentID }) => PaymentID !== old["PaymentID"]),
    books,
  );
  return row;
}

function putRefunds(list: CreditList, id: string, refunds: readonly Row[], books: Books): void {
  const credit: Row = { ...books.ledger.get(list, id), Payments: [...refunds] };
  books.ledger.put(list, id, { ...credit, ...creditSums(credit, books), ...updatedNow(books) });
}
