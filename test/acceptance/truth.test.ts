import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { loadClient } from "../../engine/config/load-client.ts";
import { instant } from "../../engine/core/clock.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { rowsOf } from "../support/books.ts";
import { copyClient } from "../support/client-copy.ts";
import type { Demo } from "../support/demo.ts";
import { asides, only, patch } from "../support/edits.ts";
import { cardOf, customerIn, editCard, LEDGERS, openWith } from "./ledgers.ts";

/** A: which system is the authoritative source. */

const HARBOR = "Harbor Dental LLC";
const DAY_MS = 86_400_000;

for (const ledger of LEDGERS) {
  test(`R1: of a phone that was changed in all three systems only the PSA's survives, with ${ledger}`, async (t) => {
    // Rev.io keeps no phone of a customer.
    const systems = { billing: SYSTEMS.billing["sqlite-billing"] };
    const demo = await openWith(t, ledger, { systems });
    await demo.settle();
    const { billing } = demo.sandboxes;
    const theirs = only(billing, "customers", (row) => row["name"] === HARBOR);
    const edited = { phone: "+18135558888", updated_at: instant(demo.clock.now()) };
    billing.ledger.put("customers", String(theirs["id"]), { ...theirs, ...edited });
    billing.show();
    editCard(demo, ledger, HARBOR, { phone: "+18135559999", email: "ap@harbor.example" });
    await patch(demo, "/company/companies/1001", { phoneNumber: "8135550177" });
    const updates = (await demo.plan()).pipelines.flatMap(({ pipeline, decisions }) =>
      decisions.filter(({ action }) => action === "update").map(({ changes }) => [pipeline, changes]),
    );
    assert.deepEqual(
      updates.sort(),
      [
        ["customers", [{ field: "phone", from: "+18135558888", to: "+18135550177" }]],
        ["customers-accounting", [{ field: "phone", from: "+18135559999", to: "+18135550177" }]],
      ],
      "the plan shows what it overwrites",
    );
    demo.writes("psa");
    await demo.settle();
    billing.tend();
    assert.equal(cardOf(demo, ledger, HARBOR).phone, "+18135550177");
    assert.equal(billing.ledger.get("customers", String(theirs["id"]))?.["phone"], "+18135550177");
    assert.equal(demo.writes("psa"), 0);
  });

  test(`R1, R25: what was changed in ${ledger} alone is the PSA's again after a full compare, and nothing else is touched`, async (t) => {
    const demo = await openWith(t, ledger);
    await demo.settle();
    demo.clock.advance(DAY_MS);
    editCard(demo, ledger, HARBOR, { phone: "+18135559999", email: "books@harbor.example" });
    demo.clock.advance(DAY_MS);
    await demo.run();
    assert.equal(cardOf(demo, ledger, HARBOR).phone, "+18135559999", "the PSA has not said anything new");
    demo.clock.advance(7 * DAY_MS);
    const planned = (await demo.plan()).pipelines.flatMap(({ decisions }) =>
      decisions.map(({ action, reason, changes }) => [action, reason, changes.map(({ field }) => field)]),
    );
    const update = ["update", "target_changed", ["phone", "billing_emails"]];
    assert.deepEqual(
      planned.filter(([action]) => action === "update"),
      [update],
    );
    demo.writes("accounting");
    demo.writes("billing");
    await demo.run();
    const { phone, email } = cardOf(demo, ledger, HARBOR);
    assert.deepEqual([phone, email], ["+18135550100", "ap@harbor.example"]);
    demo.clock.advance(8 * DAY_MS);
    await demo.run();
    assert.deepEqual([demo.writes("accounting"), demo.writes("billing")], [1, 0]);
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

/** Somebody at billing's screen changes which contracts an account has. */
function editContracts({ sandboxes: { billing }, clock }: Demo, value: string): void {
  const row = billing.ledger.get("customers", "5001") ?? {};
  const fields = rowsOf(row["fields"]).map((field) =>
    field["label"] === "Contract IDs" ? { ...field, value } : field,
  );
  billing.ledger.put("customers", "5001", {
    ...row,
    fields,
    updated_date: instant(clock.now()).slice(0, -1),
  });
}

const contractsOf = (demo: Demo): string | undefined =>
  customerIn(demo, "billing", HARBOR).fields["Contract IDs"];

for (const { name, sign } of [
  { name: "and a contract that is signed then is added to it", sign: true },
  { name: "at the full compare, where the PSA says nothing new", sign: false },
]) {
  test(`R2: a contract list that was edited in billing is the PSA's again, ${name}; nothing of it flows back`, async (t) => {
    const demo = await openWith(t, "quickbooks");
    await demo.run();
    demo.clock.advance(DAY_MS);
    editContracts(demo, "4001 9999");
    assert.equal(contractsOf(demo), "4001 9999");
    if (sign) await signVoice(demo);
    else demo.clock.advance(7 * DAY_MS);
    demo.writes("psa");
    await demo.run();
    assert.equal(contractsOf(demo), sign ? "4001 4004" : "4001");
    assert.equal(demo.writes("psa"), 0);
  });
}

test("R2: by the rule manual a contract list that both sides changed is held with both, and no side is written", async (t) => {
  const demo = await openWith(t, "quickbooks");
  demo.edit("accounts.yaml", (text) => `${text}conflicts: { contract_ids: manual }\n`);
  await demo.run();
  editContracts(demo, "4001 9999");
  await signVoice(demo);
  demo.writes("psa");
  demo.writes("billing");
  for (let run = 0; run < 2; run++) {
    await demo.run({ pipelines: ["accounts"] });
    assert.deepEqual(await asides(demo, "accounts"), { 1001: "conflict both_changed" });
  }
  const [held] = (await demo.issues()).filter(({ pipeline }) => pipeline === "accounts");
  assert.match(held?.message ?? "", /contract_ids is .*4004.* at the source and .*9999.* in billing/);
  assert.equal(contractsOf(demo), "4001 9999");
  assert.deepEqual([demo.writes("psa"), demo.writes("billing")], [0, 0]);
});

/** The prospect's draft becomes a signed contract of Harbor Dental. */
async function signVoice(demo: Demo): Promise<void> {
  await patch(demo, "/finance/agreements/4004", {
    company: { id: 1001 },
    agreementStatus: "Active",
    customFields: [{ id: 43, value: true }],
  });
}

for (const { id, what, from, to, entity, code } of [
  { id: "R3", what: "services from the PSA", from: "psa", to: "billing", entity: "service", code: "TP2302" },
  { id: "R7", what: "GL accounts", from: "billing", to: "accounting", entity: "gl_account", code: "TP2303" },
]) {
  test(`${id}: no pipeline may create or change ${what}`, (t) => {
    for (const mode of ["create_only", "update_only", "upsert"]) {
      const codes = problemsWith(t, {
        "more.yaml": [
          "pipeline: more",
          "description: What nobody may write.",
          `source: { system: ${from}, entity: ${entity === "service" ? "contract" : "invoice"} }`,
          `target: { system: ${to}, entity: ${entity}, write_mode: ${mode} }`,
          "",
        ].join("\n"),
      });
      assert.ok(codes.includes(code), `${mode}: ${codes.join(" ")}`);
    }
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
