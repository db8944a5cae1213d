import assert from "node:assert/strict";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import type { RunReport } from "../../engine/sync/types.ts";
import { type DemoBilling, writesIn } from "./demo-billing.ts";

/** The end state of a demo whose billing keeps the reference layout, from the sandboxes' own ledgers. */
export function assertBooks({ world, billing, accounting }: DemoBilling, last: RunReport): void {
  const { expected } = world;
  const numbers = new Map(world.invoices.map(({ id, number }) => [id, number]));
  const paid = billing.ledger.all("payments").map((row) => ({
    date: row["payment_date"],
    amount: row["amount"],
    reference: row["reference"],
    allocations: rowsOf(row["allocations"])
      .map(({ invoice_id, amount }) => ({ invoice: numbers.get(String(invoice_id)), amount }))
      .sort((a, b) => String(a.invoice).localeCompare(String(b.invoice))),
  }));
  const wanted = expected.payments.map((payment) => ({
    ...payment,
    allocations: [...payment.allocations].sort((a, b) => a.invoice.localeCompare(b.invoice)),
  }));
  const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  assert.deepEqual(paid.sort(byText), wanted.sort(byText));

  const customers = billing.ledger.all("customers");
  assert.equal(customers.length, expected.billing_customers.length);
  for (const number of expected.billing_customers) {
    const company = world.companies.find((one) => one.number === number);
    const own = customers.find(
      ({ customer_number: held }) => held === number || held === company?.billing_number,
    );
    assert.ok(own, number);
    const signed = company?.contracts.filter(({ type, status }) => type === "telecom" && status === "signed");
    const fields = new Map(rowsOf(own["fields"]).map(({ label, value }) => [label, value]));
    const inField = String(fields.get("Contract IDs") ?? "").split(" ");
    const inList = rowsOf(own["contracts"]).map(({ contract_id }) => contract_id);
    assert.deepEqual(inList.length > 0 ? inList : inField, signed?.map(({ id }) => id).sort(), number);
    assert.equal(fields.get("PSA Company ID"), company?.ids.psa, number);
  }

  const booked = accounting.ledger.all("Invoice");
  assert.equal(booked.length, expected.invoice_count);
  const refused = billing.ledger.all("imports").filter(({ error }) => error !== null);
  assert.deepEqual(refused, []);
  assert.equal(writesIn(last), 0);
  assert.notEqual(last.status, "failed");
}

function rowsOf(value: Json | undefined): readonly Row[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
