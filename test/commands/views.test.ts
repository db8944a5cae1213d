import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "../../engine/commands/apply.ts";
import { blame } from "../../engine/commands/blame.ts";
import { customerView } from "../../engine/commands/customer.ts";
import { linkIds, unlinkId } from "../../engine/commands/idmap-edit.ts";
import { UsageError } from "../../engine/commands/refusal.ts";
import { run } from "../../engine/commands/run.ts";
import { whyInvoice } from "../../engine/commands/why.ts";
import { renderBlame } from "../../engine/report/blame.ts";
import { renderCustomer } from "../../engine/report/customer.ts";
import { renderWhy, type WhyView } from "../../engine/report/why.ts";
import { customerIn, LEDGERS, openWith } from "../acceptance/ledgers.ts";
import { patch } from "../support/edits.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";

/** One customer, one invoice, one value: what people see of them over all systems. */

test("R72, R26: a customer is one view by any of its ids, and its money is what the books say", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.settle();
  for (const role of ["psa", "billing", "accounting"] as const) demo.writes(role);
  const view = await customerView(demo.place, "CUST-1001");
  for (const word of ["CB-5001", "accounting:71", "psa:1001", "Harbor Dental LLC", "harbor dental"]) {
    assert.deepEqual(await customerView(demo.place, word), view, word);
  }
  assert.deepEqual(
    view.links.map(({ system, id }) => `${system}:${id}`),
    ["psa:1001", "billing:5001", "accounting:71"],
  );
  assert.deepEqual(
    view.agreements.map(({ name, status }) => [name, status]),
    [["Hosted voice", "signed"]],
  );
  const invoices = demo.books("accounting").invoices.filter(({ customer }) => customer === "71");
  assert.deepEqual(
    view.invoices
      .filter(({ system }) => system === "accounting")
      .map(({ number, amount }) => [number, amount]),
    invoices.map(({ number, total }) => [number, total]),
  );
  const payments = demo.books("billing").payments.filter(({ customer }) => customer === "5001");
  assert.deepEqual(
    view.payments.filter(({ system }) => system === "billing").map(({ number, amount }) => [number, amount]),
    payments.map(({ reference, amount }) => [reference, amount]),
  );
  assert.deepEqual(view.balances, [
    { system: "billing", currency: "USD", owed: 0, unapplied: 0 },
    { system: "accounting", currency: "USD", owed: 0, unapplied: 0 },
  ]);
  const partly = await customerView(demo.place, "CUST-1002");
  assert.deepEqual(
    partly.balances.map(({ owed }) => owed),
    [4256, 4256],
    "92.56 less 50.00 is open on both sides",
  );
  // Only accounting knows this one: it is found there, with the money that waits for a link.
  const stranger = await customerView(demo.place, "990");
  assert.deepEqual([stranger.linked, stranger.missing_in], [false, ["psa", "billing"]]);
  assert.deepEqual(stranger.balances, [{ system: "accounting", currency: "USD", owed: 0, unapplied: 7500 }]);
  assert.deepEqual(
    stranger.holds.map(({ pipeline, reason }) => [pipeline, reason]),
    [["payments", "reference_missing"]],
  );
  const linked = view.links.find(({ system }) => system === "accounting")?.history[0];
  assert.deepEqual([linked?.action, linked?.by], ["link", "customers-accounting"]);
  const screen = renderCustomer(view);
  assert.ok(screen.split("\n").length < 45, "it fits on a screen");
  assert.match(screen, /Services\n {2}circuit {2}.*active\n {2}btn .*\+18135551001 .*active/);
  assert.deepEqual(
    view.readiness.map(({ account, status, open_tasks }) => [account, status, open_tasks.length]),
    [["CB-5001", "live", 0]],
  );
  assert.deepEqual(
    (["psa", "billing", "accounting"] as const).map((role) => demo.writes(role)),
    [0, 0, 0],
  );
});

for (const ledger of LEDGERS) {
  test(`R72: a customer's one view has all that operations, billing and ${ledger} have of it, and what is held`, async (t) => {
    const demo = await openWith(t, ledger);
    await demo.settle();
    const { ledger: psa } = demo.sandboxes.psa;
    const [net15] = psa.all("billingTerms");
    psa.put("billingTerms", "77", { ...net15, id: 77, name: "Net 90", dueDays: 90 });
    await patch(demo, "/company/companies/1002", { billingTerms: { id: 77 } });
    await demo.run();
    const view = await customerView(demo.place, "CUST-1002");
    assert.deepEqual(view.agreements.map(({ name, status }) => [name, status]).sort(), [
      ["Desktop care", "signed"],
      ["Trunks", "signed"],
    ]);
    const own = customerIn(demo, "billing", "Orchard & Sons, Inc.");
    const services = demo.sandboxes.billing.ledger
      .all("services")
      .filter(({ customer_id }) => String(customer_id) === own.id);
    assert.ok(services.length > 0);
    assert.equal(view.services.length, services.length);
    assert.deepEqual(view.invoices.map(({ system, number, amount }) => [system, number, amount]).sort(), [
      ["accounting", "INV-1043", 9256],
      ["billing", "INV-1043", 9256],
    ]);
    assert.deepEqual(view.payments.map(({ system, amount }) => [system, amount]).sort(), [
      ["accounting", 5000],
      ["billing", 5000],
    ]);
    assert.deepEqual(
      view.balances.map(({ system, owed }) => [system, owed]),
      [
        ["billing", 4256],
        ["accounting", 4256],
      ],
    );
    assert.deepEqual(view.holds.map(({ pipeline, reason }) => [pipeline, reason]).sort(), [
      ["customers", "code_unmapped"],
      ["customers-accounting", "code_unmapped"],
    ]);
  });
}

test("R72: what cannot be read is said, and no balance is made up from the rest", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.settle();
  await assert.rejects(customerView(demo.place, "CUST-9999"), UsageError);
  const { accounting } = demo.sandboxes;
  const [bad] = accounting.ledger.all("Invoice").filter((row) => row["DocNumber"] === "INV-1042");
  assert.ok(bad);
  accounting.ledger.put("Invoice", String(bad["Id"]), { ...bad, TxnDate: "soon" });
  const partial = await customerView(demo.place, "CUST-1002");
  assert.equal(partial.invoices.length, 2, "its own invoices are shown on both sides");
  assert.deepEqual(
    partial.balances.map(({ system }) => system),
    ["billing"],
    "whose the unreadable one is, nobody knows",
  );
  assert.match(partial.notes.join("\n"), /1 of invoice in accounting cannot be read/);
  await accounting.close();
  const view = await customerView(demo.place, "CUST-1002");
  assert.deepEqual(
    view.balances.map(({ system, owed }) => [system, owed]),
    [["billing", 4256]],
  );
  assert.match(view.notes.join("\n"), /the balance in accounting, since not all documents could be read/);
  assert.equal(view.invoices.length, 1, "billing's own invoice is shown all the same");
});

test("R72: why follows an invoice to the first step that broke and names what mends it", async (t) => {
  const demo = await openTinyDemo(t);
  demo.edit("gl-codes.yaml", (text) => text.replace(/.*"LD".*\n/, ""));
  await demo.settle();
  const unmapped = await whyInvoice(demo.place, "INV-1043");
  assert.deepEqual(statesOf(unmapped), ["invoice ok", "link ok", "push broken"]);
  assert.match(unmapped.broken?.text ?? "", /code_unmapped.*"LD"/);
  assert.deepEqual(
    [unmapped.broken?.who, unmapped.broken?.command],
    ["the integrator (YAML)", "tripoint validate --client demo"],
  );
  const held = await customerView(demo.place, "CUST-1002");
  assert.deepEqual(
    held.holds.map(({ reason, who }) => [reason, who]),
    [["code_unmapped", "the integrator (YAML)"]],
  );

  const whole = await whyInvoice(demo.place, "1042");
  assert.deepEqual(statesOf(whole), ["invoice ok", "link ok", "push ok", "payment ok", "allocation ok"]);
  assert.equal(whole.broken, null);
  assert.match(renderWhy(whole), /Nothing is broken/);

  await unlinkId(demo.place, "customer", { system: "accounting", id: "71" });
  const unlinked = await whyInvoice(demo.place, "1042");
  assert.deepEqual(statesOf(unlinked).slice(0, 2), ["invoice ok", "link broken"]);
  assert.equal(
    unlinked.broken?.command,
    "tripoint idmap link customer billing:5001 accounting:<id> --client demo",
  );
  const ids = [
    { system: "billing", id: "5001" },
    { system: "accounting", id: "71" },
  ] as const;
  await linkIds(demo.place, { entity: "customer", ids, force: false });
  assert.equal((await whyInvoice(demo.place, "1042")).broken, null, "the command mends it");

  const payment = demo.books("billing").payments.find(({ reference }) => reference === "CHK-501");
  assert.ok(payment);
  await unlinkId(demo.place, "payment", { system: "billing", id: payment.id });
  const lost = await whyInvoice(demo.place, "1042");
  assert.deepEqual(statesOf(lost).at(-1), "allocation broken");
  assert.match(lost.broken?.text ?? "", /payment \d+ of accounting is not in billing, and nothing holds it/);
  assert.match(lost.broken?.command ?? "", /tripoint run --client demo --pipeline payments/);
  await assert.rejects(whyInvoice(demo.place, "4711"), UsageError);
});

test("R72: why names the plan in which an invoice's payment waits, and the command that lets it go on", async (t) => {
  const demo = await openTinyDemo(t);
  const names = demo.client.pipelines.map(({ pipeline }) => pipeline);
  await demo.run({ pipelines: names.filter((name) => name !== "payments") });
  demo.edit("client.yaml", (text) =>
    text.replace(/limits:[\s\S]*$/, "limits: { first_run: { create: 0 } }\n"),
  );
  await run(demo.place);
  const waiting = await whyInvoice(demo.place, "1042");
  assert.equal(statesOf(waiting).at(-1), "allocation broken");
  assert.match(waiting.broken?.text ?? "", /its plan waits: it would create more than 0 records/);
  const plan = /^tripoint apply (payments-\w+) --client demo$/.exec(waiting.broken?.command ?? "")?.[1] ?? "";
  await apply(demo.place, plan);
  assert.equal((await whyInvoice(demo.place, "1042")).broken, null, "the command lets it go on");
});

test("R68: blame names system, run, rule and configuration of the last write of a value", async (t) => {
  const demo = await openTinyDemo(t);
  const first = await demo.run();
  await demo.settle();
  const before = await blame(demo.place, { entity: "customer", word: "CB-5001", field: "billing_emails" });
  assert.equal(before.records[0]?.fields[0]?.write, null, "the value was there before the first run");
  await patch(demo, "/company/companies/1001", { invoiceToEmailAddress: "new@harbor.example" });
  const report = await demo.run();
  const after = await blame(demo.place, { entity: "customer", word: "CB-5001", field: "billing_email" });
  const [field] = after.records[0]?.fields ?? [];
  assert.equal(field?.field, "billing_emails", "the near miss is taken for what it is");
  assert.deepEqual([field?.value, field?.source_value], [["new@harbor.example"], ["new@harbor.example"]]);
  const pipeline = demo.client.pipelines.find((one) => one.pipeline === "customers");
  assert.deepEqual(field?.write, {
    action: "update",
    pipeline: "customers",
    run: report.run,
    reason: "source_changed",
    rule: "source_wins",
    source: "psa:1001",
    config: pipeline?.hash,
    config_is_current: true,
  });
  // Another rule of the pipeline: the value was written by a configuration that is no more.
  demo.edit("customers.yaml", (text) => `${text}conflicts: { phone: manual }\n`);
  const changed = await blame(demo.place, { entity: "customer", word: "CB-5001", field: "billing_emails" });
  assert.equal(changed.records[0]?.fields[0]?.write?.config_is_current, false);
  assert.match(renderBlame(changed), /psa:1001.*customers \(update\).*source_wins.*changed since/);
  const held = await blame(demo.place, { entity: "customer", word: "psa:1001", field: undefined });
  const [id] = held.records[0]?.fields ?? [];
  assert.deepEqual(
    [id?.field, id?.value, id?.write?.rule, id?.write?.source, id?.write?.run],
    ["raw.customFields.AccountingId", "71", "external id", "accounting:71", first.run],
  );
  const created = await blame(demo.place, { entity: "customer", word: "CUST-1002", field: "name" });
  const rules = created.records.map(({ system, fields }) => [system, fields[0]?.write?.rule]);
  assert.ok(
    rules.some(([system, rule]) => system === "billing" && rule === "new record"),
    JSON.stringify(rules),
  );
  const state = await demo.state(async (open) => JSON.stringify([...open.rows("history")]));
  assert.doesNotMatch(state, /harbor|orchard/i, "the history holds no values");
  await assert.rejects(
    blame(demo.place, { entity: "customer", word: "CB-5001", field: "shoe_size" }),
    UsageError,
  );
});

test("R68: blame of a total is about the lines that it is made of, and amounts are money", async (t) => {
  const demo = await openTinyDemo(t);
  const { run: first } = await demo.run();
  const invoice = { entity: "invoice", word: "INV-1043" };
  const text = renderBlame(await blame(demo.place, { ...invoice, field: "total" }));
  assert.match(text, new RegExp(`total +92\\.56 USD +billing:9002 +invoices \\(create\\) +${first}`));
  const lines = renderBlame(await blame(demo.place, { ...invoice, field: "lines" }));
  assert.match(lines, /lines +\d over \d+\.\d\d USD +billing:9002/);
  const [row] = demo.sandboxes.accounting.ledger
    .all("Invoice")
    .filter((one) => one["DocNumber"] === "INV-1043");
  demo.sandboxes.accounting.ledger.put("Invoice", String(row?.["Id"]), { ...row, TotalAmt: 99 });
  assert.match(
    renderBlame(await blame(demo.place, { ...invoice, field: "total" })),
    /total +99\.00 USD +billing:9002, where it is 92\.56 USD now/,
  );
});

function statesOf({ steps }: WhyView): readonly string[] {
  return steps.map(({ step, state }) => `${step} ${state}`);
}
