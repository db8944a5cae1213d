import { issueInvoice } from "../../../engine/connector/sandbox/reference-billing.ts";
import { instant } from "../../../engine/core/clock.ts";
import { rowsOf, textOf } from "../../support/books.ts";
import type { Demo } from "../../support/demo.ts";
import { only } from "../../support/edits.ts";
import type { BillingDesk } from "./billing.ts";

/** The people who work in a billing system that is a database. */
export function databaseDesk(demo: Demo): BillingDesk {
  const { billing } = demo.sandboxes;
  const { ledger } = billing;
  const books = { ledger, world: demo.world, now: demo.clock.now };
  const nameOf = (id: unknown): string => textOf(ledger.get("customers", String(id))?.["name"]);
  const customerOf = (psa: string) =>
    ledger
      .all("customers")
      .find((row) =>
        rowsOf(row["fields"]).some(({ label, value }) => label === "PSA Company ID" && value === psa),
      );
  const stands = (status: unknown): boolean => status !== "voided";
  return {
    takesChanges: true,
    knows: ({ ids }) => customerOf(ids.psa) !== undefined,
    issue: (invoice, { ids, number }) => {
      const customer = customerOf(ids.psa);
      if (customer === undefined) throw new Error(`billing has no ${number}`);
      issueInvoice(invoice, textOf(customer["id"]), books);
      billing.show();
    },
    withdraw: (number) => {
      const row = only(billing, "invoices", (one) => one["number"] === number);
      const updated_at = instant(demo.clock.now());
      ledger.put("invoices", textOf(row["id"]), { ...row, status: "voided", balance: 0, updated_at });
      billing.show();
    },
    items: () =>
      ledger.all("invoices").map((row) => ({
        number: textOf(row["number"]),
        customer: nameOf(row["customer_id"]),
        date: textOf(row["invoice_date"]),
        due: textOf(row["due_date"]),
        total: stands(row["status"]) ? Number(row["total"]) : 0,
        open: Number(row["balance"]),
      })),
    onAccount: () => {
      const sums = new Map<string, number>();
      for (const row of ledger.all("payments")) {
        const name = nameOf(row["customer_id"]);
        sums.set(name, (sums.get(name) ?? 0) + Number(row["unapplied_amount"]));
      }
      return sums;
    },
    withdrawn: () =>
      new Set(
        ledger
          .all("payments")
          .filter(({ status }) => !stands(status))
          .map(({ id }) => textOf(id)),
      ),
  };
}
