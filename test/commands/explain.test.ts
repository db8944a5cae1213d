import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { explain } from "../../engine/commands/explain.ts";
import { systemClock } from "../../engine/core/clock.ts";
import { cronWords } from "../../engine/report/cron-words.ts";
import { renderExplain } from "../../engine/report/explain.ts";
import { copyClient, type JsonObject } from "../support/client-copy.ts";

/** The demo's client with other decisions, in plain words. */
function words(t: TestContext, changes: JsonObject, files: { readonly [name: string]: string } = {}): string {
  const root = mkdtempSync(join(tmpdir(), "tripoint-explain-"));
  t.after(() => rmSync(root, { recursive: true }));
  copyClient(root, { changes, files });
  const place = { root, client: "demo", state: join(root, "none"), cwd: root, env: {}, clock: systemClock };
  return renderExplain(explain(place));
}

test("R69, R65, R66, R68: explain says the four decisions in plain words, each as client.yaml has it", (t) => {
  const before = words(t, {});
  assert.match(before, /1\. One invoice or separate ones\?.*\n {3}Customers get separate invoices/);
  assert.match(before, /2\. How are customers linked\?/);
  assert.match(before, /3\. .*\? {2}\[schedules\]\n/);
  assert.match(before, /4\. .*\? {2}\[truth, conflicts\]\n/);
  assert.match(before, /without any it is created/);
  assert.match(
    before,
    /psa holds the id of accounting in raw\.customFields\.AccountingId, and tripoint writes it/,
  );
  assert.match(before, /customers \(customer, psa to billing\): every hour, at minute 0\./);
  assert.match(before, /psa owns customer, contact, location, contract/);
  assert.match(before, /customer\.customer_number in customers: billing keeps its own value/);
  assert.match(before, /Documents dated before 2026-08-01 are never written/);
  assert.match(
    before,
    /invoices: a posted one that changes is updated; in closed books it waits; one over 0\.00 USD/,
  );
  assert.match(before, /At most 50 creates, 200 updates, 5 voids, 50,000\.00 USD/);
  const after = words(
    t,
    {
      go_live: null,
      identity: {
        customer: { strategy: "crosswalk", external_ids: null, match: ["tax_id"], on_none: "hold" },
      },
      schedules: { customers: "manual", contacts: "30 4 1 * *" },
      payments: { sync_back: false },
      readiness: { invoices: "ignore" },
      // What is left out keeps its default.
      limits: null,
    },
    {
      "invoices.yaml":
        "pipeline: invoices\nextends: ../base/invoices-to-accounting.yaml\nrevise: void_and_reissue\n" +
        "period_closed: adjust\nlines: summarised\nzero_total: hold\nzero_up_to: 1\n",
      "customers.yaml":
        "pipeline: customers\nextends: ../base/customers-to-billing.yaml\nconflicts: { phone: manual }\n",
    },
  );
  assert.match(after, /Every customer is linked by tripoint's own id map\./);
  assert.match(after, /recognised by: the tax id\./);
  assert.match(after, /without any it is held/);
  assert.match(
    after,
    /invoices: .* voided and posted anew under the next number; in closed books .* document of its own; one up to 0\.01 USD waits; lines are summed by GL code\./,
  );
  assert.doesNotMatch(after, /AccountingId/);
  assert.match(after, /customers \(customer, psa to billing\): only when someone starts it\./);
  assert.match(after, /contacts .*by the cron expression 30 4 1 \* \*/);
  assert.match(after, /customer\.phone in customers: a person decides when both sides changed it/);
  assert.match(after, /From the first document on/);
  assert.match(after, /nothing of a payment is written to billing/);
  assert.match(after, /At most 200 creates, 5 voids; more waits/);
});

test("R46, R69: explain says what accounts need before they bill, who supplies it and which table taxes go by", (t) => {
  const before = words(t, {});
  assert.match(before, /New invoices of an account without a service wait, .* rate_plan_missing \(rating\)/);
  assert.match(before, /which nothing waits for: numbers_missing \(porting desk\)/);
  assert.match(before, /by the service address and jurisdictions \(51 rows\)\./);
  // Said once, where it judges: a code without a row there holds nothing.
  assert.doesNotMatch(before, /jurisdictions: 51 rows/);
  const rules = { rate_plan_missing: "off", numbers_missing: { blocks: true } };
  const after = words(t, { readiness: { invoices: "ignore", tax_jurisdictions: null, rules } });
  assert.match(after, /New invoices are posted whatever it lacks; .* numbers_missing \(porting desk\)/);
  assert.match(after, /Not looked at: rate_plan_missing\./);
  assert.match(after, /an address without one is a gap/);
  assert.match(after, /jurisdictions: 51 rows, used by no pipeline\./);
});

for (const { schedule, want } of [
  { schedule: "manual", want: "only when someone starts it" },
  { schedule: "*/5 * * * *", want: "every 5 minutes" },
  { schedule: "*/15 6-20 * * 1-6", want: "every 15 minutes from 06:00 to 20:59, Monday to Saturday" },
  { schedule: "10 * * * *", want: "every hour, at minute 10" },
  { schedule: "0 5 * * 7", want: "every day at 05:00, on Sunday" },
  { schedule: "0 5 1 * *", want: "by the cron expression 0 5 1 * *" },
]) {
  test(`cronWords: ${schedule}`, () => assert.equal(cronWords(schedule), want));
}
