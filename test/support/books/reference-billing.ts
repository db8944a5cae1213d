import { type Books, type Collection, rowsOf, textOf } from "../books.ts";

/** Books in the reference layout, whether they show as a database, as files or through an API. */
export function readReferenceBilling(rows: Collection): Books {
  const invoices = rows("invoices");
  const numbers = new Map(invoices.map((row) => [textOf(row["id"]), textOf(row["number"])]));
  return {
    customers: rows("customers").map((row) => {
      const contracts = rowsOf(row["contracts"]).map(({ contract_id }) => textOf(contract_id));
      const fields = rowsOf(row["fields"]).map(({ label, value }) => [textOf(label), textOf(value)] as const);
      return {
        id: textOf(row["id"]),
        name: textOf(row["name"]),
        number: textOf(row["customer_number"]),
        active: row["status"] === "active",
        fields: {
          ...(contracts.length > 0 ? { "Contract IDs": contracts.join(" ") } : {}),
          ...Object.fromEntries(fields),
        },
      };
    }),
    invoices: invoices.map((row) => ({
      id: textOf(row["id"]),
      number: textOf(row["number"]),
      date: textOf(row["invoice_date"]),
      due_date: textOf(row["due_date"]),
      customer: textOf(row["customer_id"]),
      total: Number(row["total"]),
    })),
    payments: rows("payments").map((row) => ({
      id: textOf(row["id"]),
      customer: textOf(row["customer_id"]),
      date: textOf(row["payment_date"]),
      amount: Number(row["amount"]),
      reference: textOf(row["reference"]),
      allocations: rowsOf(row["allocations"])
        .map((one) => ({
          invoice: numbers.get(textOf(one["invoice_id"])) ?? "",
          amount: Number(one["amount"]),
        }))
        .sort((a, b) => a.invoice.localeCompare(b.invoice)),
    })),
    gl_totals: {},
  };
}
