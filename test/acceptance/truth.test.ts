import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { loadClient } from "../../engine/config/load-client.ts";
import { copyClient } from "../support/client-copy.ts";
import { asides, only, patch } from "../support/edits.ts";
import { cardOf, customerIn, editCard, LEDGERS, openWith } from "./ledgers.ts";

/** A: which system is the authoritative source. */

const HARBOR = "Harbor Dental LLC";

for (const ledger of LEDGERS) {
  test(`R1: of what was changed in all three systems only the PSA's survives, with ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger);
    await demo.run();
    const { billing } = demo.sandboxes;
    editCard(demo, ledger, HARBOR, { phone: "+18135559999", email: "books@harbor.example" });
    const customer = only(billing, "customers", (row) => row["account_number"] === "CB-5001");
    billing.ledger.put("customers", String(customer["customer_id"]), {
      ...customer,
      email: "bill@harbor.example",
    });
    await patch(demo, "/company/companies/1001", {
      phoneNumber: "8135550177",
      invoiceToEmailAddress: "psa@harbor.example",
    });
    const updates = (await demo.plan()).pipelines
      .flatMap(({ decisions }) => decisions)
      .filter(({ action }) => action === "update");
    assert.equal(updates.length, 2, "the plan shows what it overwrites");
    await demo.run();
    const { phone, email } = cardOf(demo, ledger, HARBOR);
    assert.deepEqual([phone, email], ["+18135550177", "psa@harbor.example"]);
    assert.equal(billing.ledger.get("customers", "5001")?.["email"], "psa@harbor.example");
  });

  test(`R7: a charge without a GL code holds its document, and no account is made for it, with ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger);
    const accounts = (): unknown =>
      demo.sandboxes.accounting.ledger.all(ledger === "xero" ? "Accounts" : "Account");
    const before = JSON.stringify(accounts());
    let row = "";
    demo.edit("gl-codes.yaml", (text) => {
      row = text.split("\n").find((line) => line.includes('"LD"')) ?? "";
      return text.replace(`${row}\n`, "");
    });
    await demo.run();
    assert.deepEqual(await asides(demo, "invoices"), { 9002: "held code_unmapped" });
    assert.deepEqual(
      demo.books("accounting").invoices.map(({ number }) => number),
      ["INV-1042"],
    );
    demo.edit("gl-codes.yaml", (text) => `${text}${row}\n`);
    await demo.run();
    assert.equal(demo.books("accounting").invoices.length, 2);
    assert.equal(JSON.stringify(accounts()), before);
  });

  for (const wins of ["source_wins", "target_wins"] as const) {
    test(`R68: ${wins} of one field says nothing of the others, with ${ledger}`, async (t) => {
      const demo = await openWith(t, ledger);
      demo.edit("customers-accounting.yaml", (text) => `${text}conflicts: { phone: ${wins} }\n`);
      await demo.run();
      editCard(demo, ledger, HARBOR, { phone: "+18135559999", email: "books@harbor.example" });
      const changes = { phoneNumber: "8135550177", invoiceToEmailAddress: "psa@harbor.example" };
      await patch(demo, "/company/companies/1001", changes);
      await demo.run();
      const { phone, email } = cardOf(demo, ledger, HARBOR);
      assert.equal(phone, wins === "target_wins" ? "+18135559999" : "+18135550177");
      assert.equal(email, "psa@harbor.example");
    });
  }
}

test("R2: a contract list that was edited in billing is the PSA's again, and nothing of it flows back", async (t) => {
  const demo = await openWith(t, "quickbooks");
  await demo.run();
  const { billing } = demo.sandboxes;
  const row = billing.ledger.get("customers", "5001") ?? {};
  const fields = (row["fields"] as { readonly label: string; readonly value: string }[]).map((field) =>
    field.label === "Contract IDs" ? { ...field, value: "4001 9999" } : field,
  );
  billing.ledger.put("customers", "5001", { ...row, fields });
  assert.equal(customerIn(demo, "billing", HARBOR).fields["Contract IDs"], "4001 9999");
  demo.writes("psa");
  // What billing holds is looked at when the PSA's contracts change.
  await patch(demo, "/finance/agreements/4004", {
    company: { id: 1001 },
    agreementStatus: "Active",
    customFields: [{ id: 43, value: true }],
  });
  demo.writes("psa");
  await demo.run();
  assert.equal(customerIn(demo, "billing", HARBOR).fields["Contract IDs"], "4001 4004");
  assert.equal(demo.writes("psa"), 0);
});

for (const { id, what, from, to, entity, code } of [
  { id: "R3", what: "services from the PSA", from: "psa", to: "billing", entity: "service", code: "TP2302" },
  { id: "R7", what: "GL accounts", from: "billing", to: "accounting", entity: "gl_account", code: "TP2303" },
]) {
  test(`${id}: no pipeline may write ${what}`, (t) => {
    const source = entity === "service" ? "contract" : "charge";
    const codes = problemsWith(t, {
      "more.yaml": [
        "pipeline: more",
        "description: What nobody may write.",
        `source: { system: ${from}, entity: ${source === "charge" ? "invoice" : source} }`,
        `target: { system: ${to}, entity: ${entity}, write_mode: create_only }`,
        "",
      ].join("\n"),
    });
    assert.ok(codes.includes(code), codes.join(" "));
  });
}

test("R3, R7: the same client without that pipeline has no problem", (t) => {
  assert.deepEqual(problemsWith(t, {}), []);
});

/** Codes of the errors of the demo's client with these files more. */
function problemsWith(t: TestContext, files: { readonly [name: string]: string }): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), "tripoint-lint-"));
  t.after(() => rmSync(root, { recursive: true }));
  copyClient(root, { files });
  const { problems } = loadClient(root, "demo", {}, root);
  return problems.filter(({ severity }) => severity === "error").map(({ code }) => code);
}
