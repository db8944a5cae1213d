import { storedDay } from "../../../connectors/xero/sandbox/dates.ts";
import { atPath, type Json } from "../../../engine/core/json.ts";
import { type BookedPayment, type Books, type Collection, cents, rowsOf, textOf } from "../books.ts";

/** Xero's ledger as plain books: an amount posts to the account of its line, money is in four kinds of document. */
export function readXero(rows: Collection): Books {
  const invoices = rows("Invoices");
  const numbers = new Map(invoices.map((row) => [textOf(row["InvoiceID"]), textOf(row["InvoiceNumber"])]));
  const part = (row: { readonly [key: string]: Json }): BookedPayment["allocations"][number] => ({
    invoice: numbers.get(textOf(atPath(row, "Invoice.InvoiceID"))) ?? "",
    amount: cents(row["Amount"]),
  });
  const standing = (name: string) =>
    rows(name).filter(({ Status }) => Status !== "DELETED" && Status !== "VOIDED");
  const byNumber = (parts: readonly BookedPayment["allocations"][number][]) =>
    parts.toSorted((a, b) => a.invoice.localeCompare(b.invoice));
  const members = standing("Payments");
  return {
    customers: rows("Contacts").map((row) => ({
      id: textOf(row["ContactID"]),
      name: textOf(row["Name"]),
      number: textOf(row["AccountNumber"]),
      active: row["ContactStatus"] === "ACTIVE",
      due_days: Number(atPath(row, "PaymentTerms.Sales.Day") ?? Number.NaN) || null,
      fields: {},
    })),
    invoices: invoices.map((row) => ({
      id: textOf(row["InvoiceID"]),
      number: textOf(row["InvoiceNumber"]),
      date: storedDay(row["Date"]),
      due_date: storedDay(row["DueDate"]),
      customer: textOf(atPath(row, "Contact.ContactID")),
      total: cents(row["Total"]),
    })),
    payments: [
      ...members
        .filter(({ BatchPaymentID }) => BatchPaymentID === undefined)
        .map((row) => ({
          id: textOf(row["PaymentID"]),
          customer: textOf(atPath(row, "Invoice.Contact.ContactID")),
          date: storedDay(row["Date"]),
          amount: cents(row["Amount"]),
          reference: textOf(row["Reference"]),
          allocations: [part(row)],
        })),
      ...standing("BatchPayments").map((row) => {
        const own = members.filter(({ BatchPaymentID }) => BatchPaymentID === row["BatchPaymentID"]);
        return {
          id: textOf(row["BatchPaymentID"]),
          customer: textOf(atPath(own[0], "Invoice.Contact.ContactID")),
          date: storedDay(row["Date"]),
          amount: cents(row["TotalAmount"]),
          reference: textOf(row["Reference"]),
          allocations: byNumber(own.map(part)),
        };
      }),
      ...[...standing("Overpayments"), ...standing("Prepayments")].map((row) => ({
        id: textOf(row["ID"]),
        customer: textOf(atPath(row, "Contact.ContactID")),
        date: storedDay(row["Date"]),
        amount: cents(row["Total"]),
        reference: textOf(row["Reference"]),
        allocations: byNumber(rowsOf(row["Allocations"]).map(part)),
      })),
    ],
    gl_totals: glTotals(rows),
  };
}

function glTotals(rows: Collection): Books["gl_totals"] {
  const totals: { [code: string]: number } = {};
  for (const [list, sign] of [
    ["Invoices", 1],
    ["CreditNotes", -1],
  ] as const) {
    const lines = rows(list)
      .filter(({ Status }) => Status === "AUTHORISED" || Status === "PAID")
      .flatMap(({ LineItems }) => rowsOf(LineItems));
    for (const { AccountCode, LineAmount, TaxAmount } of lines) {
      const code = textOf(AccountCode);
      totals[code] = (totals[code] ?? 0) + sign * cents(LineAmount);
      // Taxes are lines of their own: a tax that the vendor computed would be one too many.
      if (TaxAmount !== 0) totals[`tax on ${code}`] = sign * cents(TaxAmount);
    }
  }
  return totals;
}
