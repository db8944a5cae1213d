import { atPath } from "../../../engine/core/json.ts";
import { type Books, type Collection, cents, rowsOf, textOf } from "../books.ts";

/** Sage's ledger as plain books: an amount posts to the ledger account of its line. */
export function readSageAccounting(rows: Collection): Books {
  const invoices = rows("sales_invoices");
  const numbers = new Map(invoices.map((row) => [textOf(row["id"]), textOf(row["reference"])]));
  return {
    customers: rows("contacts").map((row) => ({
      id: textOf(row["id"]),
      name: textOf(row["name"]),
      number: textOf(row["reference"]),
      active: row["is_active"] === true,
      due_days: typeof row["credit_days"] === "number" ? row["credit_days"] : null,
      fields: {},
    })),
    invoices: invoices.map((row) => ({
      id: textOf(row["id"]),
      number: textOf(row["reference"]),
      date: textOf(row["date"]),
      due_date: textOf(row["due_date"]),
      customer: textOf(atPath(row, "contact.id")),
      total: cents(row["total_amount"]),
    })),
    payments: rows("contact_payments").map((row) => ({
      id: textOf(row["id"]),
      customer: textOf(atPath(row, "contact.id")),
      date: textOf(row["date"]),
      amount: cents(row["total_amount"]),
      reference: textOf(row["reference"]),
      allocations: rowsOf(row["allocated_artefacts"])
        .map((part) => ({
          invoice: numbers.get(textOf(atPath(part, "artefact.id"))) ?? "",
          amount: cents(part["amount"]),
        }))
        .sort((a, b) => a.invoice.localeCompare(b.invoice)),
    })),
    gl_totals: glTotals(rows),
  };
}

function glTotals(rows: Collection): Books["gl_totals"] {
  const totals: { [code: string]: number } = {};
  const codes = new Map(rows("ledger_accounts").map((row) => [row["id"], textOf(row["nominal_code"])]));
  for (const [list, field, sign] of [
    ["sales_invoices", "invoice_lines", 1],
    ["sales_credit_notes", "credit_note_lines", -1],
  ] as const) {
    const lines = rows(list)
      .filter((row) => !["VOID", "DRAFT"].includes(textOf(atPath(row, "status.id"))))
      .flatMap((row) => rowsOf(row[field]));
    for (const line of lines) {
      const code = codes.get(textOf(atPath(line, "ledger_account.id"))) ?? "";
      totals[code] = (totals[code] ?? 0) + sign * cents(line["net_amount"]);
      // Taxes are lines of their own: a tax on a line would be one too many.
      if (cents(line["tax_amount"]) !== 0) totals[`tax on ${code}`] = sign * cents(line["tax_amount"]);
    }
  }
  return totals;
}
