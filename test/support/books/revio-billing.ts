import { names } from "../../../connectors/revio-billing/sandbox/names.ts";
import { isObject } from "../../../engine/core/json.ts";
import { type Books, type Collection, cents, rowsOf, textOf } from "../books.ts";

/** Rev.io's ledger as plain books: bills are its invoices, and the engine's mark is no part of a payment's reference. */
export function readRevio(rows: Collection): Books {
  const bills = rows("bills");
  const numbers = new Map(bills.map((row) => [textOf(row["bill_id"]), textOf(row[names.bill.number])]));
  const profiles = new Map(
    rows("bill_profiles").map((row) => {
      const name = textOf(row[names.billProfile.name]);
      return [textOf(row["bill_profile_id"]), Number(name.replace("Net ", ""))];
    }),
  );
  return {
    customers: rows("customers").map((row) => {
      const address = row[names.customer.billingAddress];
      return {
        id: textOf(row["customer_id"]),
        name: isObject(address) ? textOf(address["company_name"]) : "",
        number: textOf(row["account_number"]),
        active: row["status"] === "OPEN",
        // A bill profile has a name and no days: "Net 30".
        due_days: profiles.get(textOf(row["bill_profile_id"])) ?? null,
        fields: Object.fromEntries(
          rowsOf(row["fields"]).map((field) => [textOf(field["label"]), textOf(field["value"])]),
        ),
      };
    }),
    invoices: bills.map((row) => ({
      id: textOf(row["bill_id"]),
      number: textOf(row[names.bill.number]),
      date: day(row[names.bill.created]),
      due_date: day(row[names.bill.due]),
      customer: textOf(row["customer_id"]),
      total: cents(row[names.bill.total]),
    })),
    payments: rows("payments").map((row) => ({
      id: textOf(row["payment_id"]),
      customer: textOf(row["customer_id"]),
      date: day(row[names.payment.date]),
      amount: cents(row["amount"]),
      reference: textOf(row["reference_number"]).replace(/ ?tp:\S+$/, ""),
      allocations: rowsOf(row[names.payment.allocations])
        .map((one) => ({
          invoice: numbers.get(textOf(one[names.payment.allocatedBill])) ?? "",
          amount: cents(one[names.payment.allocatedAmount]),
        }))
        .sort((a, b) => a.invoice.localeCompare(b.invoice)),
    })),
    gl_totals: {},
  };
}

function day(value: Parameters<typeof textOf>[0]): string {
  return textOf(value).slice(0, "2026-01-01".length);
}
