import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse, stringify } from "yaml";
import { loadClient } from "../../engine/config/load-client.ts";
import { atPath } from "../../engine/core/json.ts";
import { textOf } from "../support/books.ts";
import type { Demo } from "../support/demo.ts";
import { patch } from "../support/edits.ts";
import { openDeployment } from "./deployment.ts";
import { cardOf, LEDGERS, type Ledger } from "./ledgers.ts";

/** A and K: every integration is different, and several live in one deployment. */

const HARBOR = "Harbor Dental LLC";

/** Billing owns customers: what comes from the PSA goes, and billing's customers are kept in step in accounting. */
function billingOwnsCustomers(client: Demo): void {
  const mappings = join(client.place.root, "mappings", "demo");
  for (const name of ["customers", "accounts", "contacts", "locations", "customers-accounting"])
    rmSync(join(mappings, `${name}.yaml`));
  client.edit("client.yaml", (text) => {
    const before = parse(text);
    const { invoices, payments } = before.schedules;
    return stringify({
      ...before,
      truth: { ...before.truth, customer: "billing" },
      schedules: { invoices, payments },
    });
  });
  const change = (file: string, fields: { readonly [key: string]: unknown }): void =>
    client.edit(file, (text) => stringify({ ...parse(text), ...fields }));
  change("customers-billing-accounting.yaml", { after: [], target: { write_mode: "upsert" } });
  change("invoices.yaml", { after: ["customers-billing-accounting"] });
  change("payments.yaml", { after: ["invoices"] });
}

/** Another e-mail address for one company in the PSA and in billing. */
async function editBoth(client: Demo): Promise<void> {
  const { ledger } = client.sandboxes.billing;
  const now = new Date(client.clock.now()).toISOString().slice(0, -1);
  ledger.put("customers", "5001", {
    ...ledger.get("customers", "5001"),
    email: "bill@harbor.example",
    updated_date: now,
  });
  await patch(client, "/company/companies/1001", { invoiceToEmailAddress: "psa@harbor.example" });
}

/** The memo that customers see on an invoice. */
function memoOf({ sandboxes }: Demo, ledger: Ledger, number: string): string {
  const books = sandboxes.accounting.ledger;
  const row =
    ledger === "quickbooks"
      ? books.all("Invoice").find(({ DocNumber }) => DocNumber === number)
      : books.all("Invoices").find(({ InvoiceNumber }) => InvoiceNumber === number);
  return textOf(ledger === "quickbooks" ? atPath(row, "CustomerMemo.value") : row?.["Reference"]);
}

for (const ledger of LEDGERS) {
  test(`R8: two clients of one deployment with opposite truth end with opposite values, with ${ledger}`, async (t) => {
    const { first, second, other, runOther } = await openDeployment(t, ledger, billingOwnsCustomers);
    const { problems } = loadClient(other.root, other.client, other.env, other.root);
    assert.deepEqual(problems, [], "what the first client may not do, the second one may");
    await first.run();
    await runOther();
    await editBoth(first);
    await editBoth(second);
    await first.run();
    await runOther();
    assert.equal(cardOf(first, ledger, HARBOR).email, "psa@harbor.example");
    assert.equal(cardOf(second, ledger, HARBOR).email, "bill@harbor.example");
  });

  test(`R75: two clients share a base by extends and differ only in their own lines, with ${ledger}`, async (t) => {
    const { first, second, runOther } = await openDeployment(t, ledger, (client) =>
      client.edit("invoices.yaml", (text) => `${text}transform: { memo: '"Ours " & $text(number)' }\n`),
    );
    await first.run();
    await runOther();
    assert.match(memoOf(first, ledger, "INV-1042"), /^Services 2026-08-01/);
    assert.equal(memoOf(second, ledger, "INV-1042"), "Ours INV-1042");
    assert.deepEqual(second.books("accounting"), first.books("accounting"));
    assert.deepEqual(second.books("billing"), first.books("billing"));
  });
}
