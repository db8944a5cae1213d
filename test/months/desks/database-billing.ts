import { issueInvoice, provision } from "../../../engine/connector/sandbox/reference-billing.ts";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { instant } from "../../../engine/core/clock.ts";
import { rowsOf, textOf } from "../../support/books.ts";
import type { Demo } from "../../support/demo.ts";
import { only } from "../../support/edits.ts";
import type { BillingDesk, WaitingCharge } from "./billing.ts";
import { databaseCredits } from "./database-credits.ts";
import { plainService } from "./plain-service.ts";

const RATE_PLAN = "VOICE-UNLIMITED";

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
  const servicesOf = (psa: string): readonly Row[] =>
    ledger.all("services").filter(({ customer_id }) => customer_id === customerOf(psa)?.["id"]);
  const plan = (row: Row, rate_plan_code: string | null): void =>
    ledger.put("services", textOf(row["id"]), { ...row, rate_plan_code });
  const stands = (status: unknown): boolean => status !== "voided";
  return {
    takesChanges: true,
    credits: databaseCredits(demo, customerOf),
    knows: ({ ids }) => customerOf(ids.psa) !== undefined,
    provision: (company) => {
      provision(plainService(company), textOf(customerOf(company.ids.psa)?.["id"]), books);
      for (const row of servicesOf(company.ids.psa)) plan(row, RATE_PLAN);
      billing.show();
    },
    takePlan: ({ ids }) => {
      const [row] = servicesOf(ids.psa);
      if (row !== undefined) plan(row, null);
      billing.show();
    },
    waiting: ({ ids }) =>
      ledger
        .all("charges")
        .filter(
          (row) => (row["invoice_id"] ?? null) === null && row["customer_id"] === customerOf(ids.psa)?.["id"],
        )
        .map(chargeOf),
    charges: () => ledger.all("charges").map(chargeOf),
    issue: (invoice, { ids, number }, charges) => {
      const customer = customerOf(ids.psa);
      if (customer === undefined) throw new Error(`billing has no ${number}`);
      issueInvoice(invoice, textOf(customer["id"]), books);
      putOn(invoice.id, charges);
      billing.show();
    },
    revise: (invoice, { ids }) => {
      const before = only(billing, "invoices", (one) => one["number"] === invoice.number);
      issueInvoice(invoice, textOf(customerOf(ids.psa)?.["id"]), books);
      const after = ledger.get("invoices", invoice.id) ?? {};
      const charged = rowsOf(before["lines"]).flatMap((line) => line["billable_item_id"] ?? []);
      const lines = rowsOf(after["lines"]);
      const own = lines.length - charged.length;
      const balance = Number(before["balance"]) + invoice.total - Number(before["total"]);
      const kept = lines.map((line, index) => ({ ...line, billable_item_id: charged[index - own] ?? null }));
      ledger.put("invoices", invoice.id, { ...after, balance, lines: kept });
      billing.show();
    },
    withdraw: (number) => {
      const row = only(billing, "invoices", (one) => one["number"] === number);
      const updated_at = instant(demo.clock.now());
      ledger.put("invoices", textOf(row["id"]), { ...row, status: "voided", balance: 0, updated_at });
      for (const charge of ledger.all("charges")) {
        if (charge["invoice_id"] !== row["id"]) continue;
        ledger.put("charges", textOf(charge["id"]), {
          ...charge,
          invoice_id: null,
          invoice_number: null,
          updated_at,
        });
      }
      billing.show();
    },
    items: () =>
      ledger.all("invoices").map((row) => ({
        number: textOf(row["number"]),
        customer: nameOf(row["customer_id"]),
        currency: textOf(row["currency"]),
        date: textOf(row["invoice_date"]),
        due: textOf(row["due_date"]),
        total: stands(row["status"]) ? Number(row["total"]) : 0,
        open: Number(row["balance"]),
        voided: !stands(row["status"]),
      })),
    onAccount: () => {
      const sums = new Map<string, number>();
      for (const row of [...ledger.all("payments"), ...ledger.all("credit_notes")]) {
        const name = nameOf(row["customer_id"]);
        sums.set(name, (sums.get(name) ?? 0) + Number(row["unapplied_amount"]));
      }
      return sums;
    },
    currencyOf: (payment) => textOf(ledger.get("payments", payment)?.["currency"]),
    withdrawn: () =>
      new Set(
        ledger
          .all("payments")
          .filter(({ status }) => !stands(status))
          .map(({ id }) => textOf(id)),
      ),
    refunds: () =>
      ledger
        .all("refunds")
        .filter(({ status }) => stands(status))
        .map((row) => ({
          date: textOf(row["refund_date"]),
          amount: Number(row["amount"]),
          reference: textOf(row["reference"]),
          of: rowsOf(row["allocations"])
            .map(({ payment_id }) => textOf(ledger.get("payments", textOf(payment_id))?.["reference"]))
            .join(" "),
        })),
  };

  /** The last lines of an invoice are charges, and the charges name it. */
  function putOn(id: string, charges: readonly WaitingCharge[]): void {
    const invoice = ledger.get("invoices", id) ?? {};
    const lines = rowsOf(invoice["lines"]);
    const own = lines.length - charges.length;
    ledger.put("invoices", id, {
      ...invoice,
      lines: lines.map((line, index) => ({ ...line, billable_item_id: charges[index - own]?.item ?? null })),
    });
    for (const charge of charges) {
      ledger.put("charges", charge.id, {
        ...ledger.get("charges", charge.id),
        invoice_id: id,
        invoice_number: invoice["number"] ?? null,
        updated_at: instant(demo.clock.now()),
      });
    }
  }
}

function chargeOf(row: Row): WaitingCharge {
  return {
    id: textOf(row["id"]),
    item: textOf(row["source_item_id"]),
    charge_type: textOf(row["charge_type"]),
    description: textOf(row["description"]),
    quantity: textOf(row["quantity"]),
    unit_amount_decimal: null,
    amount: Number(row["amount"]),
  };
}
