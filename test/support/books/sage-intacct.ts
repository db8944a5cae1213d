import { glTotals } from "../../../connectors/sage-intacct/sandbox/gl.ts";
import { atPath } from "../../../engine/core/json.ts";
import { type Books, type Collection, cents, textOf } from "../books.ts";

/** Intacct's ledger as plain books: a reversed invoice and its reversal come to nothing. */
export function readSageIntacct(rows: Collection): Books {
  const standing = rows("accounts-receivable/invoice").filter(
    ({ state }) => state !== "reversed" && state !== "reversal",
  );
  return {
    customers: rows("accounts-receivable/customer").map((row) => ({
      id: textOf(row["key"]),
      name: textOf(row["name"]),
      number: textOf(row["id"]),
      active: row["status"] === "active",
      fields: {},
    })),
    invoices: standing.map((row) => ({
      id: textOf(row["key"]),
      number: textOf(row["invoiceNumber"]),
      date: textOf(row["invoiceDate"]),
      due_date: textOf(row["dueDate"]),
      customer: textOf(atPath(row, "customer.key")),
      total: cents(row["totalTxnAmount"]),
    })),
    payments: [],
    gl_totals: glTotals({ all: rows }),
  };
}
