import { glTotals } from "../../../connectors/quickbooks/sandbox/gl.ts";
import { atPath } from "../../../engine/core/json.ts";
import { type Books, type Collection, cents, rowsOf, textOf } from "../books.ts";

/** QuickBooks' ledger as plain books; an amount posts to the account of its line's item. */
export function readQuickBooks(rows: Collection): Books {
  const invoices = rows("Invoice");
  const numbers = new Map(invoices.map((row) => [textOf(row["Id"]), textOf(row["DocNumber"])]));
  const days = new Map(rows("Term").map((row) => [textOf(row["Id"]), Number(row["DueDays"])]));
  return {
    customers: rows("Customer").map((row) => ({
      id: textOf(row["Id"]),
      name: textOf(row["CompanyName"] ?? row["DisplayName"]),
      number: "",
      active: row["Active"] === true,
      due_days: days.get(textOf(atPath(row, "SalesTermRef.value"))) ?? null,
      fields: {},
    })),
    invoices: invoices.map((row) => ({
      id: textOf(row["Id"]),
      number: textOf(row["DocNumber"]),
      date: textOf(row["TxnDate"]),
      due_date: textOf(row["DueDate"]),
      customer: textOf(atPath(row, "CustomerRef.value")),
      total: cents(row["TotalAmt"]),
    })),
    payments: rows("Payment").map((row) => ({
      id: textOf(row["Id"]),
      customer: textOf(atPath(row, "CustomerRef.value")),
      date: textOf(row["TxnDate"]),
      amount: cents(row["TotalAmt"]),
      reference: textOf(row["PaymentRefNum"]),
      allocations: rowsOf(row["Line"])
        .flatMap((line) =>
          rowsOf(line["LinkedTxn"]).map((linked) => ({
            invoice: numbers.get(textOf(linked["TxnId"])) ?? "",
            amount: cents(line["Amount"]),
          })),
        )
        .sort((a, b) => a.invoice.localeCompare(b.invoice)),
    })),
    gl_totals: glTotals({ all: rows }),
  };
}
