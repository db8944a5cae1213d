import { CUSTOMER, INVOICE, PAYMENT, TERM } from "../../../connectors/sage-intacct/sandbox/books.ts";
import { glTotals } from "../../../connectors/sage-intacct/sandbox/gl.ts";
import { atPath } from "../../../engine/core/json.ts";
import { type Books, type Collection, cents, rowsOf, textOf } from "../books.ts";

/** Intacct's ledger as plain books; what was reversed is no longer a payment, and its twin never was one. */
export function readSageIntacct(rows: Collection): Books {
  const invoices = rows(INVOICE);
  const numbers = new Map(invoices.map((row) => [textOf(row["key"]), textOf(row["invoiceNumber"])]));
  const days = new Map(rows(TERM).map((row) => [textOf(row["key"]), Number(atPath(row, "due.days"))]));
  return {
    customers: rows(CUSTOMER).map((row) => ({
      id: textOf(row["key"]),
      name: textOf(row["name"]),
      number: textOf(row["id"]),
      active: row["status"] === "active",
      due_days: days.get(textOf(atPath(row, "term.key"))) ?? null,
      fields: {},
    })),
    invoices: invoices.map((row) => ({
      id: textOf(row["key"]),
      number: textOf(row["invoiceNumber"]),
      date: textOf(row["invoiceDate"]),
      due_date: textOf(row["dueDate"]),
      customer: textOf(atPath(row, "customer.key")),
      total: cents(row["totalTxnAmount"]),
    })),
    payments: rows(PAYMENT)
      .filter(({ state }) => state === "complete")
      .map((row) => ({
        id: textOf(row["key"]),
        customer: textOf(atPath(row, "customer.key")),
        date: textOf(atPath(row, "paymentSummary.receiptDate")),
        amount: cents(atPath(row, "txnCurrency.totalAmount")),
        reference: textOf(row["documentNumber"]),
        allocations: rowsOf(row["paymentDetails"])
          .map((one) => ({
            invoice: numbers.get(textOf(atPath(one, "arInvoice.key"))) ?? "",
            amount: cents(atPath(one, "txnCurrency.paymentAmount")),
          }))
          .sort((a, b) => a.invoice.localeCompare(b.invoice)),
      })),
    gl_totals: glTotals({ all: rows }),
  };
}
