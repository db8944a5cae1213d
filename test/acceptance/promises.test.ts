import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadClient } from "../../engine/config/load-client.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { billingDesk } from "../months/desks/billing.ts";
import { clerkOf } from "../months/desks/clerks.ts";
import { psaDesk } from "../months/desks/psa.ts";
import { openDemo } from "../support/demo.ts";
import { smallWorld } from "../support/small-world.ts";
import { GL_CODES } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";
import { openTriangle } from "../support/triangle.ts";
import { cardOf, customerIn, LEDGERS, openWith } from "./ledgers.ts";

/** I and K: what a client provides, and what it need not do twice. */

for (const [psa, entry] of Object.entries(SYSTEMS.psa)) {
  for (const ledger of LEDGERS) {
    test(`R58: a signed customer of ${psa} is in billing and in ${ledger} after a run`, async (t) => {
      const demo = await openWith(t, ledger, { systems: { psa: entry } });
      await demo.settle();
      for (const system of ["billing", "accounting"] as const)
        customerIn(demo, system, "Orchard & Sons, Inc.");
    });
  }
}

for (const ledger of LEDGERS) {
  test(`R59: credentials are in nothing that a run, a plan or a check says or stores, with ${ledger}`, async (t) => {
    const triangle = await openTriangle({
      world: tinyWorld,
      systems: { accounting: SYSTEMS.accounting[ledger] },
      files: { "gl-codes.yaml": GL_CODES },
    });
    t.after(() => triangle.close());
    // A request that fails is told with all that may be told of it, and its answer repeats what it was sent.
    const { auth } = SYSTEMS.accounting[ledger];
    const sent = Object.values(auth).map((name) => triangle.environment[name.slice("env:".length)] ?? "");
    const body = { seen: sent };
    await triangle.fault("accounting", { kind: "reply", method: "GET", reply: { status: 403, body } });
    const file = join(triangle.root, "plan.json");
    const said: string[] = [];
    for (const args of [["run", "--format", "json"], ["plan", "-o", file], ["doctor"]]) {
      const { stdout, stderr } = await triangle.tripoint(args);
      said.push(stdout, stderr);
    }
    const stored = readdirSync(triangle.state, { recursive: true, encoding: "utf8" })
      // Tokens live in a file of their own, for their owner's eyes only.
      .filter((name) => name !== "tokens.json" && statSync(join(triangle.state, name)).isFile())
      .map((name) => readFileSync(join(triangle.state, name), "latin1"));
    assert.ok(stored.length >= 2);
    const text = [...said, ...stored, readFileSync(file, "utf8")].join("\n");
    const secrets = Object.entries(triangle.environment).filter(([name]) =>
      /SECRET|PRIVATE|PASSWORD|_KEY|REFRESH/.test(name),
    );
    assert.ok(secrets.length >= 4);
    // What a login brought is as secret as what it was asked with.
    const tokens =
      readFileSync(join(triangle.state, "tokens.json"), "utf8").match(/"\w*token"\s*:\s*"[^"]{12,}"/g) ?? [];
    const brought = tokens.map((one) => ["a token", one.split('"').at(-2) ?? ""] as const);
    assert.ok(brought.length > 0);
    const shown = [...secrets, ...brought].filter(([, value]) => text.includes(value)).map(([name]) => name);
    assert.deepEqual(shown, []);
  });

  test(`R70: a customer, an invoice and a payment are entered once each and stand wherever they belong, with ${ledger}`, async (t) => {
    // Provisioning is no double entry: it is left out here.
    const demo = await openWith(t, ledger, { changes: { readiness: { invoices: "ignore" } } });
    const [psa, billing, clerk] = [psaDesk(demo), billingDesk(demo), clerkOf(demo, ledger)];
    const [, model] = tinyWorld.companies;
    const [, invoice] = tinyWorld.invoices;
    assert.ok(model && invoice);
    const wharf = await psa.enter({ ...model, number: "CUST-1009", name: "Wharf Foods" });
    await demo.run();
    const { street, email, due_days } = cardOf(demo, ledger, "Wharf Foods");
    assert.deepEqual([street, email, due_days], [model.address.lines[0], model.billing_email, 15]);
    assert.equal(customerIn(demo, "billing", "Wharf Foods").due_days, 15);
    billing.issue({ ...invoice, id: "9009", number: "INV-1099", company: wharf.number }, wharf, []);
    await demo.run();
    const allocations = [{ invoice: "INV-1099", amount: invoice.total }];
    const receipt = {
      date: "2026-08-28",
      amount: invoice.total,
      method: "check",
      reference: "CHK-9",
    } as const;
    clerk.receive({ ...receipt, company: wharf.number, allocations }, psa.accountingId(wharf) ?? "");
    await demo.run();
    const booked = demo.books("accounting").invoices.find(({ number }) => number === "INV-1099");
    assert.deepEqual(
      [booked?.total, booked?.customer],
      [invoice.total, customerIn(demo, "accounting", "Wharf Foods").id],
    );
    const paid = demo.books("billing").payments.find(({ reference }) => reference === "CHK-9");
    assert.deepEqual(
      [paid?.amount, paid?.customer, paid?.allocations],
      [invoice.total, customerIn(demo, "billing", "Wharf Foods").id, allocations],
    );
    assert.equal(billing.items().find(({ number }) => number === "INV-1099")?.open, 0);
  });
}

test("R59: a credential that stands in the file itself is refused", async (t) => {
  const demo = await openWith(t, "quickbooks");
  const { root, client, env } = demo.place;
  const errors = (): readonly string[] =>
    loadClient(root, client, env, root).problems.map(({ code }) => code);
  assert.deepEqual(errors(), []);
  demo.edit("client.yaml", (text) => text.replace("env:CW_PRIVATE", "s3cr3t-in-clear"));
  assert.equal(errors().length, 1);
});

test("R60: one more field of customers is a line of YAML to read it and one to write it", async (t) => {
  const FILE = "connectors/ringbill/connector.yaml";
  const demo = await openDemo(t, { client: "demo-rest", world: smallWorld({ invoices: 2, receipts: 1 }) });
  const types = (): readonly (string | undefined)[] =>
    demo.books("billing").customers.map(({ fields }) => fields["Company type"]);
  let whole = "";
  demo.edit(FILE, (text) => {
    whole = text;
    return text.replace(/^ *"categories":.*\n/m, "").replace(/^ *categories:.*\n(?: +\{.*\n)?/m, "");
  });
  await demo.run();
  assert.ok(types().length > 0);
  assert.deepEqual(new Set(types()), new Set([undefined]));
  demo.edit(FILE, () => whole);
  await demo.run();
  assert.deepEqual(new Set(types()), new Set(["Client"]));
});
