import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { parse, stringify } from "yaml";
import { doctor } from "../../engine/commands/doctor.ts";
import { showIdMap } from "../../engine/commands/idmap.ts";
import { exportIdMap, importIdMap } from "../../engine/commands/idmap-csv.ts";
import { linkIds, unlinkId } from "../../engine/commands/idmap-edit.ts";
import { loadClient } from "../../engine/config/load-client.ts";
import { initState } from "../../engine/state/store.ts";
import { type Demo, part, writesIn } from "../support/demo.ts";
import { asides } from "../support/edits.ts";
import { addTwin, customerIn, LEDGERS, openWith } from "./ledgers.ts";

/** F: one customer with three ids, and how the client decides which are one. */

const HARBOR = "Harbor Dental LLC";
const ORCHARD = "Orchard & Sons, Inc.";
const BY_NAME = ["tax_id", ["name_normalized", "postal_code"]];

const identity = (customer: { readonly [key: string]: unknown }) => ({
  changes: { identity: { customer } } as never,
});

/** The state folder is gone, and a new one stands in its place. */
async function loseState({ place: { state } }: Demo): Promise<void> {
  rmSync(state, { recursive: true });
  await initState({ folder: state });
}

function names(demo: Demo): readonly string[] {
  return demo
    .books("accounting")
    .customers.map(({ name }) => name)
    .sort();
}

for (const ledger of LEDGERS) {
  test(`R17: a customer that accounting has is linked, one that it lacks is created once, with ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger);
    const before = names(demo);
    await demo.run();
    assert.deepEqual(names(demo), [...before, ORCHARD].sort());
    await demo.run();
    assert.equal(names(demo).length, before.length + 1);
    const { id } = customerIn(demo, "accounting", HARBOR);
    const thing = (await showIdMap(demo.place, "1001")).find(({ entity }) => entity === "customer");
    assert.deepEqual(
      thing?.ids["accounting"]?.map((one) => one.id),
      [id],
    );
  });

  test(`R17: where two customers could be it none is linked and none created, with ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger);
    addTwin(demo, ledger, HARBOR);
    const before = names(demo);
    await demo.run();
    assert.deepEqual(await asides(demo, "customers-accounting"), { 1001: "held match_ambiguous" });
    assert.deepEqual(names(demo), [...before, ORCHARD].sort());
  });

  test(`R26: one customer is found by any of its three ids, with ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger);
    await demo.run();
    const accounting = customerIn(demo, "accounting", ORCHARD).id;
    const billing = customerIn(demo, "billing", ORCHARD).id;
    const found = await Promise.all(["1002", billing, accounting].map((id) => showIdMap(demo.place, id)));
    for (const rows of found) {
      const ids = rows.find(({ entity }) => entity === "customer")?.ids;
      assert.deepEqual(
        ["psa", "billing", "accounting"].map((system) => ids?.[system]?.map(({ id }) => id)),
        [["1002"], [billing], [accounting]],
      );
    }
  });

  test(`R27, R61: ids are written to and read from the field that the client chose in each system, with ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger, {
      changes: {
        identity: {
          customer: { external_ids: { psa: { field: "raw.customFields.BillingId", holds: "accounting" } } },
        },
      },
    });
    await demo.run();
    const accounting = customerIn(demo, "accounting", ORCHARD).id;
    const company = demo.books("psa").customers.find(({ name }) => name === ORCHARD);
    const field = demo.sandboxes.psa.ledger.get("companies", company?.id ?? "")?.["customFields"];
    assert.match(JSON.stringify(field), new RegExp(`"id":42,"value":"${accounting}"`));
    assert.equal(company?.fields["AccountingId"], undefined, "the field that was not chosen is left alone");
    assert.equal(customerIn(demo, "billing", ORCHARD).fields["PSA Company ID"], "1002");
  });

  test(`R27, R61: a customer is recognised by the chosen field alone, with ${ledger}`, async (t) => {
    const external_ids = { psa: { field: "raw.customFields.BillingId", holds: "accounting" } };
    const demo = await openWith(t, ledger, identity({ match: ["external_id"], external_ids }));
    const { id } = customerIn(demo, "accounting", HARBOR);
    const { ledger: psa } = demo.sandboxes.psa;
    psa.put("companies", "1001", {
      ...psa.get("companies", "1001"),
      name: "Bayfront Dental",
      customFields: [{ id: 42, value: id }],
    });
    const before = demo.books("accounting").customers.length;
    await demo.run({ pipelines: ["customers-accounting"] });
    assert.equal(customerIn(demo, "accounting", "Bayfront Dental").id, id);
    assert.equal(demo.books("accounting").customers.length, before + 1, "Orchard alone is new");
  });

  test(`R31: doctor names the field of each system that holds another one's ids, and says which are in use, with ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger);
    await demo.settle();
    const candidates = async (): Promise<readonly string[]> => {
      const { external_ids } = await doctor(demo.place, { node: process.versions.node });
      return external_ids.map(
        ({ system, field, holds, hits, in_use }) => `${system} ${field}: ${holds} ${hits} ${in_use}`,
      );
    };
    const fields = [
      "psa raw.customFields.AccountingId: accounting 2",
      "billing raw.fields.PSA Company ID: psa 2",
    ];
    assert.deepEqual(
      await candidates(),
      fields.map((one) => `${one} true`),
    );
    demo.edit("client.yaml", (text) => {
      const before = parse(text);
      const customer = { ...before.identity.customer, strategy: "crosswalk", match: BY_NAME };
      delete customer.external_ids;
      return stringify({ ...before, identity: { customer } });
    });
    assert.deepEqual(
      await candidates(),
      fields.map((one) => `${one} false`),
    );
  });

  test(`R28: a map that tripoint keeps goes out as CSV and comes back, and no field of any system holds it, with ${ledger}`, async (t) => {
    const crosswalk = { strategy: "crosswalk", external_ids: null, match: BY_NAME };
    const demo = await openWith(t, ledger, identity(crosswalk));
    await demo.run();
    const map = await exportIdMap(demo.place);
    const company = demo.books("psa").customers.find(({ name }) => name === ORCHARD);
    assert.equal(company?.fields["AccountingId"], undefined);
    assert.equal(customerIn(demo, "billing", ORCHARD).fields["PSA Company ID"] ?? "", "");
    const before = names(demo);
    await loseState(demo);
    await importIdMap(demo.place, map);
    assert.equal(await exportIdMap(demo.place), map);
    assert.equal(writesIn(await demo.run()), 0);
    assert.deepEqual(names(demo), before);
  });

  test(`R29: a state that is lost is rebuilt from the systems' own fields, byte for byte, with ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger);
    await demo.run();
    const map = await exportIdMap(demo.place);
    const books = JSON.stringify([demo.books("billing"), demo.books("accounting")]);
    await loseState(demo);
    // Equal names are no help from here on.
    demo.edit("client.yaml", (text) => {
      const before = parse(text);
      const customer = { ...before.identity.customer, match: ["external_id"] };
      return stringify({ ...before, identity: { customer } });
    });
    assert.notEqual(await exportIdMap(demo.place), map);
    await demo.settle();
    assert.equal(await exportIdMap(demo.place), map);
    assert.equal(JSON.stringify([demo.books("billing"), demo.books("accounting")]), books);
  });

  test(`R66: whether a customer without a counterpart is created is one line of client.yaml, with ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger, identity({ on_none: "hold" }));
    const before = names(demo);
    const report = await demo.run();
    assert.deepEqual(names(demo), before);
    assert.equal(part(report, "customers").created, 0);
    assert.deepEqual(await asides(demo, "customers-accounting"), { 1002: "held no_match" });
  });

  test(`R66: by which fields customers are the same is one line of client.yaml, with ${ledger}`, async (t) => {
    const demo = await openWith(t, ledger, identity({ match: ["external_id", "tax_id"], on_none: "hold" }));
    await demo.run();
    const held = await asides(demo, "customers-accounting");
    assert.equal(held["1001"], "held no_match", "without its name and postal code nothing tells who it is");
  });
}

test("R26: a customer that was merged into another one in Xero waits for its link, and nothing brings it back", async (t) => {
  const demo = await openWith(t, "xero");
  await demo.run();
  const { ledger } = demo.sandboxes.accounting;
  const { id } = customerIn(demo, "accounting", ORCHARD);
  const twin = customerIn(demo, "accounting", "Walk-in Customer").id;
  demo.clock.advance(86_400_000);
  const merged = { ContactStatus: "ARCHIVED", MergedToContactID: twin };
  ledger.put("Contacts", id, {
    ...ledger.get("Contacts", id),
    ...merged,
    UpdatedDateUTC: `/Date(${demo.clock.now()}+0000)/`,
  });
  demo.clock.advance(8 * 86_400_000);
  demo.writes("accounting");
  await demo.run({ pipelines: ["customers-accounting"] });
  assert.deepEqual(await asides(demo, "customers-accounting"), { 1002: "held merged_there" });
  const [held] = (await demo.issues()).filter(({ source_id }) => source_id === "1002");
  assert.ok(held?.message.includes(`accounting:${id}`) && held.message.includes(`accounting:${twin}`));
  assert.equal(demo.writes("accounting"), 0);
  await unlinkId(demo.place, "customer", { system: "accounting", id });
  const ids = [
    { system: "psa", id: "1002" },
    { system: "accounting", id: twin },
  ] as const;
  await linkIds(demo.place, { entity: "customer", ids, force: true });
  await demo.run({ pipelines: ["customers-accounting"] });
  assert.deepEqual(await asides(demo, "customers-accounting"), {});
});

const DECLARED = /^identity:\n(?: .*\n)+/m;

/** Codes of the problems of a client whose client.yaml was changed. */
async function problemsWith(t: TestContext, change: (text: string) => string): Promise<readonly string[]> {
  const demo = await openWith(t, "quickbooks");
  const { root, client, env } = demo.place;
  demo.edit("client.yaml", change);
  return loadClient(root, client, env, root).problems.map(({ code }) => code);
}

test("R30: a client without a declared strategy does not validate, and the same with one does", async (t) => {
  assert.deepEqual(await problemsWith(t, (text) => text.replace(DECLARED, "")), ["TP2306"]);
  assert.deepEqual(await problemsWith(t, (text) => text), []);
});

test("R28, R30: a map that tripoint keeps alone is written to no field: crosswalk with write_back does not validate", async (t) => {
  const codes = await problemsWith(t, (text) => text.replace("strategy: both", "strategy: crosswalk"));
  assert.deepEqual(codes, ["TP2307", "TP2307"]);
});
