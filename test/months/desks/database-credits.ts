import { issueCredit } from "../../../engine/connector/sandbox/reference-billing.ts";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { instant } from "../../../engine/core/clock.ts";
import { rowsOf, textOf } from "../../support/books.ts";
import type { Demo } from "../../support/demo.ts";
import { only } from "../../support/edits.ts";
import type { CreditDesk } from "./billing.ts";

/** Credit notes of a billing system that is a database; `customerOf`: its customer with an id of the PSA. */
export function databaseCredits(demo: Demo, customerOf: (psa: string) => Row | undefined): CreditDesk {
  const { billing } = demo.sandboxes;
  const { ledger } = billing;
  const books = { ledger, world: demo.world, now: demo.clock.now };
  const noteOf = (number: string): Row => only(billing, "credit_notes", (row) => row["number"] === number);
  const change = (table: string, row: Row, changes: Row): void =>
    ledger.put(table, textOf(row["id"]), { ...row, ...changes, updated_at: instant(demo.clock.now()) });
  const pay = (id: string, amount: number): void => {
    const invoice = ledger.get("invoices", id) ?? {};
    change("invoices", invoice, { balance: Number(invoice["balance"]) - amount });
  };
  return {
    issue: (credit, { ids, number }) => {
      const customer = customerOf(ids.psa);
      if (customer === undefined) throw new Error(`billing has no ${number}`);
      issueCredit(credit, textOf(customer["id"]), books);
      billing.show();
    },
    use: (number, invoice, amount) => {
      const note = noteOf(number);
      const { id } = only(billing, "invoices", (row) => row["number"] === invoice);
      const applications = rowsOf(note["applications"]);
      const application = {
        id: `${textOf(note["id"])}:${textOf(id)}:${applications.length}`,
        updated_at: instant(demo.clock.now()),
        status: "posted",
        customer_id: note["customer_id"] ?? null,
        invoice_id: textOf(id),
        amount,
        currency: note["currency"] ?? null,
        application_date: instant(demo.clock.now()).slice(0, 10),
      };
      pay(textOf(id), amount);
      change("credit_notes", note, {
        applications: [...applications, application],
        unapplied_amount: Number(note["unapplied_amount"]) - amount,
      });
      billing.show();
    },
    withdraw: (number) => {
      const note = noteOf(number);
      const updated_at = instant(demo.clock.now());
      const applications = rowsOf(note["applications"]);
      for (const { invoice_id, amount } of applications) pay(textOf(invoice_id), -Number(amount));
      change("credit_notes", note, {
        applications: applications.map((one) => ({ ...one, status: "voided", updated_at })),
        status: "voided",
        void_date: updated_at.slice(0, 10),
        void_reason: "error",
        unapplied_amount: 0,
      });
      billing.show();
    },
    all: () =>
      ledger
        .all("credit_notes")
        .filter(({ status }) => status !== "voided")
        .map((row) => ({
          number: textOf(row["number"]),
          date: textOf(row["credit_note_date"]),
          total: Number(row["total"]),
          left: Number(row["unapplied_amount"]),
          applications: rowsOf(row["applications"]).map(({ invoice_id, amount }) => ({
            invoice: textOf(ledger.get("invoices", textOf(invoice_id))?.["number"]),
            amount: Number(amount),
          })),
        })),
  };
}
