import { type Books, type Collection, rowsOf, textOf } from "../books.ts";

/** The books of a billing system with the reference layout: amounts stand in minor units, no mark in a reference. */
export function readReferenceBilling(rows: Collection): Books {
  const invoices = rows("invoices");
  const numbers = new Map(invoices.map((row) => [textOf(row["id"]), textOf(row["number"])]));
  const days = new Map(rows("payment_terms").map((row) => [textOf(row["id"]), Number(row["due_days"])]));
  return {
    customers: rows("customers").map((row) => ({
      id: textOf(row["id"]),
      name: textOf(row["name"]),
      number: textOf(row["customer_number"]),
      active: row["status"] === "active",
      due_days: days.get(textOf(row["payment_terms_id"])) ?? null,
      fields: {
        ...Object.fromEntries(
          rowsOf(row["fields"])
            .filter(({ value }) => textOf(value) !== "")
            .map(({ label, value }) => [textOf(label), textOf(value)]),
        ),
        // A table of its own, where the layout is kept to; one connector of a client's own uses the field.
        ...(rowsOf(row["contracts"]).length === 0
          ? {}
          : {
              "Contract IDs": rowsOf(row["contracts"])
                .map(({ contract_id }) => textOf(contract_id))
                .join(" "),
            }),
      },
    })),
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
