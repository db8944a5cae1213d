import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import { type Books, cents, isUuid, money, newId, rowOf, rowsOf, textOf } from "./books.ts";
import { dayFields, dayOf, requestDay, storedDay, updatedNow, wireDate } from "./dates.ts";
import { applyTo, findInvoice } from "./invoices.ts";
import { checkLock } from "./lock.ts";
import { Refusal } from "./refusal.ts";

/** Payments of invoices, one document each, and batches: one bank line over several of them. */

/** Creates a payment, or deletes the one that is named by id; nothing else of it can change. */
export function storePayment(element: Row, books: Books): Row | Refusal {
  if (element["Status"] === "DELETED") return deletePayment(textOf(element["PaymentID"]), books);
  const reference = rowOf(element["Invoice"]);
  const number = textOf(element["InvoiceNumber"]);
  const target = findInvoice(number === "" ? reference : { InvoiceNumber: number }, books);
  const account = bankAccount(rowOf(element["Account"]), books);
  const day = element["Date"] === undefined ? dayOf(books.now()) : requestDay(element["Date"]);
  const problems = [
    ...(target instanceof Refusal ? target.messages : []),
    ...(target === undefined ? ["Invoice or credit note must be specified"] : []),
    ...(account instanceof Refusal ? account.messages : []),
    ...(day === undefined ? ["Date is not valid"] : (checkLock(day, books)?.messages ?? [])),
  ];
  if (
    target === undefined ||
    target instanceof Refusal ||
    account instanceof Refusal ||
    day === undefined ||
    problems.length > 0
  ) {
    return new Refusal(...problems);
  }
  const refusal = checkAmount(target, element["Amount"], books);
  if (refusal !== undefined) return refusal;
  const row = paymentRow(target, { account, day, amount: cents(element["Amount"], books) }, books);
  const payment = {
    ...row,
    Reference: textOf(element["Reference"]),
    IsReconciled: element["IsReconciled"] === true,
  };
  put(payment, target, books);
  return payment;
}

/** Creates a batch, or deletes the one that is named by id together with its payments. */
export function storeBatch(element: Row, books: Books): Row | Refusal {
  if (element["Status"] === "DELETED") return deleteBatch(textOf(element["BatchPaymentID"]), books);
  const account = bankAccount(rowOf(element["Account"]), books);
  const day = element["Date"] === undefined ? dayOf(books.now()) : requestDay(element["Date"]);
  if (account instanceof Refusal) return account;
  if (day === undefined) return new Refusal("Date is not valid");
  const locked = checkLock(day, books);
  if (locked !== undefined) return locked;
  const parts = rowsOf(element["Payments"]);
  if (parts.length === 0) return new Refusal("A batch payment needs at least one payment");
  const total = parts.reduce((sum, part) => sum + cents(part["Amount"], books), 0);
  const batch: Row = {
    Account: { AccountID: textOf(account["AccountID"]) },
    BatchPaymentID: newId(books),
    Date: wireDate(Date.parse(`${day}T00:00:00Z`)),
    Type: "RECBATCH",
    Status: "AUTHORISED",
    TotalAmount: money(total, books),
    ...updatedNow(books),
    IsReconciled: element["IsReconciled"] === true,
  };
  const members: Row[] = [];
  for (const part of parts) {
    const target = findInvoice(rowOf(part["Invoice"]), books);
    if (target === undefined || target instanceof Refusal)
      return target ?? new Refusal("Invoice must be specified");
    const refusal = checkAmount(target, part["Amount"], books);
    if (refusal !== undefined) return refusal;
    const payment = {
      ...paymentRow(target, { account, day, amount: cents(part["Amount"], books) }, books),
      // That the members repeat the batch's reference is this server's reading: the samples show it nowhere.
      Reference: textOf(element["Reference"]),
      BatchPaymentID: batch["BatchPaymentID"] ?? "",
      BatchPayment: batch,
    };
    put(payment, target, books);
    members.push(payment);
  }
  const row = {
    ...batch,
    ...dayFields("Date", day),
    Reference: textOf(element["Reference"]),
    Payments: members.map(memberOf),
  };
  books.ledger.put("BatchPayments", textOf(batch["BatchPaymentID"]), row);
  return row;
}

/** The bank account that money goes to, or an account that takes payments. */
export function bankAccount(reference: Row, books: Books): Row | Refusal {
  const account = books.ledger
    .all("Accounts")
    .find((row) =>
      textOf(reference["AccountID"]) === ""
        ? textOf(reference["Code"]) !== "" && row["Code"] === reference["Code"]
        : row["AccountID"] === reference["AccountID"],
    );
  const takes = account?.["Type"] === "BANK" || account?.["EnablePaymentsToAccount"] === true;
  return account !== undefined && takes
    ? account
    : new Refusal("Account could not be found, or does not accept payments");
}

function paymentRow(
  invoice: Row,
  { account, day, amount }: { account: Row; day: string; amount: number },
  books: Books,
): Row {
  return {
    PaymentID: newId(books),
    Date: wireDate(Date.parse(`${day}T00:00:00Z`)),
    BankAmount: money(amount, books),
    Amount: money(amount, books),
    Reference: "",
    CurrencyRate: invoice["CurrencyRate"] ?? 1,
    PaymentType: "ACCRECPAYMENT",
    Status: "AUTHORISED",
    ...updatedNow(books),
    HasAccount: true,
    IsReconciled: false,
    Account: {
      AccountID: textOf(account["AccountID"]),
      ...(textOf(account["Code"]) === "" ? {} : { Code: textOf(account["Code"]) }),
    },
    Invoice: {
      ...bareInvoice(invoice),
      Type: "ACCREC",
      InvoiceNumber: invoice["InvoiceNumber"] ?? "",
      Contact: invoice["Contact"] ?? {},
    },
    HasValidationErrors: false,
  };
}

// A batch shows its invoices by id alone: whose they are, it does not say.
function memberOf(payment: Row): Row {
  return {
    Invoice: bareInvoice(rowOf(payment["Invoice"])),
    PaymentID: payment["PaymentID"] ?? "",
    Amount: payment["Amount"] ?? 0,
    BankAmount: payment["BankAmount"] ?? 0,
  };
}

function bareInvoice(invoice: Row): Row {
  return {
    InvoiceID: invoice["InvoiceID"] ?? "",
    CurrencyCode: invoice["CurrencyCode"] ?? "",
    Payments: [],
    CreditNotes: [],
    Prepayments: [],
    Overpayments: [],
    HasErrors: false,
    IsDiscounted: false,
    LineItems: [],
  };
}

/** Refuses an amount that is none, or more than the invoice still has open. */
export function checkAmount(invoice: Row, amount: Json | undefined, books: Books): Refusal | undefined {
  if (invoice["Status"] !== "AUTHORISED") return new Refusal("Invoice is not of valid status to be paid");
  if (typeof amount !== "number" || cents(amount, books) <= 0)
    return new Refusal("Payment amount must be greater than zero");
  const isOver = cents(amount, books) > cents(invoice["AmountDue"], books);
  return isOver && books.rule("overpaid")
    ? new Refusal("Payment amount exceeds the amount outstanding on this document")
    : undefined;
}

function put(payment: Row, invoice: Row, books: Books): void {
  const id = textOf(payment["PaymentID"]);
  books.ledger.put("Payments", id, payment);
  const current = books.ledger.get("Invoices", textOf(invoice["InvoiceID"])) ?? invoice;
  applyTo(current, "Payments", paidEntry(payment), books);
}

function paidEntry(payment: Row): Row {
  const { PaymentID = "", Date: date = "", Amount = 0, Reference = "", BatchPaymentID } = payment;
  const batch = BatchPaymentID === undefined ? {} : { BatchPaymentID };
  return {
    PaymentID,
    ...batch,
    Date: date,
    Amount,
    Reference,
    CurrencyRate: 1,
    HasAccount: false,
    HasValidationErrors: false,
  };
}

function deletePayment(id: string, books: Books): Row | Refusal {
  const payment = isUuid(id) ? books.ledger.get("Payments", id.toLowerCase()) : undefined;
  if (payment === undefined || payment["Status"] === "DELETED")
    return new Refusal("Payment could not be found");
  if (payment["IsReconciled"] === true && books.rule("reconciled"))
    return new Refusal("Payment is reconciled and cannot be deleted");
  if (payment["BatchPaymentID"] !== undefined)
    return new Refusal("Payment is part of a batch payment and cannot be deleted");
  return withdrawn(payment, books);
}

function deleteBatch(id: string, books: Books): Row | Refusal {
  const batch = isUuid(id) ? books.ledger.get("BatchPayments", id.toLowerCase()) : undefined;
  if (batch === undefined || batch["Status"] === "DELETED")
    return new Refusal("Batch payment could not be found");
  if (batch["IsReconciled"] === true && books.rule("reconciled"))
    return new Refusal("Batch payment is reconciled and cannot be deleted");
  for (const { PaymentID } of rowsOf(batch["Payments"])) {
    const payment = books.ledger.get("Payments", textOf(PaymentID));
    const summary = { ...rowOf(payment?.["BatchPayment"]), Status: "DELETED", ...updatedNow(books) };
    if (payment !== undefined) withdrawn({ ...payment, BatchPayment: summary }, books);
  }
  const row = { ...batch, Status: "DELETED", ...updatedNow(books) };
  books.ledger.put("BatchPayments", textOf(batch["BatchPaymentID"]), row);
  return row;
}

function withdrawn(payment: Row, books: Books): Row | Refusal {
  const locked = checkLock(storedDay(payment["Date"]), books);
  if (locked !== undefined) return locked;
  const row = { ...payment, Status: "DELETED", ...updatedNow(books) };
  books.ledger.put("Payments", textOf(payment["PaymentID"]), row);
  const invoice = books.ledger.get("Invoices", textOf(rowOf(payment["Invoice"])["InvoiceID"]));
  if (invoice !== undefined) applyTo(invoice, "Payments", { ...paidEntry(payment), Amount: 0 }, books);
  return row;
}
