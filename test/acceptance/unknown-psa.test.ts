import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadConnector } from "../../engine/config/load-connector.ts";
import { packageRoot } from "../../engine/config/root.ts";
import { CAPABILITIES, type Capability } from "../../engine/connector/sandbox/capabilities.ts";
import { openBench, type Subject } from "../conformance/bench.ts";
import { check } from "../conformance/checks.ts";
import { PRODUCT_TYPES } from "../matrix/systems.ts";
import { type Demo, writesIn } from "../support/demo.ts";
import { customerDifferences, differences } from "../support/differences.ts";
import { capabilities, facts } from "./dockside/facts.ts";
import { sandbox } from "./dockside/sandbox.ts";
import { LEDGERS, openWith } from "./ledgers.ts";

/** I: a PSA that tripoint has never seen, with a connector in the client's own folder. */

const FILE = join(packageRoot(), "test/acceptance/dockside/connector.yaml");

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of client.yaml
const DOCKSIDE = {
  connector: "dockside",
  base_url: "${DOCKSIDE_URL}",
  settings: {
    workspace: "${DOCKSIDE_WORKSPACE}",
    contract_types: { Voice: "telecom", "Managed Services": "managed_services" },
    product_types: PRODUCT_TYPES,
  },
  auth: { key: "env:DOCKSIDE_KEY" },
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of client.yaml

for (const ledger of LEDGERS) {
  test(`R58: with a PSA that is known from its documentation alone the books end as with ConnectWise, with ${ledger}`, async (t) => {
    const known = await openWith(t, ledger);
    const unknown = await openWith(t, ledger, {
      systems: { psa: DOCKSIDE },
      files: { "connectors/dockside/connector.yaml": readFileSync(FILE, "utf8") },
      sandboxes: { psa: sandbox },
    });
    await known.settle();
    assert.equal(writesIn(await unknown.settle()), 0);
    const books = {
      psa: unknown.books("psa"),
      billing: unknown.books("billing"),
      accounting: unknown.books("accounting"),
    };
    assert.deepEqual(
      [...differences(unknown.world, books), ...customerDifferences(unknown.world, books)],
      [],
    );
    for (const system of ["billing", "accounting"] as const)
      assert.deepEqual(withoutIds(unknown, system), withoutIds(known, system));
    assert.deepEqual(await waiting(unknown), await waiting(known));
  });
}

/** A system's books with names in place of the ids that it gave. */
function withoutIds(demo: Demo, system: "billing" | "accounting") {
  const { customers, invoices, payments, gl_totals } = demo.books(system);
  const names = new Map(customers.map(({ id, name }) => [id, name]));
  const named = <T extends { readonly customer: string }>(one: T) => ({
    ...one,
    id: "",
    customer: names.get(one.customer),
  });
  return {
    customers: customers.map((one) => ({ ...one, id: "" })),
    invoices: invoices.map(named),
    payments: payments.map(named),
    gl_totals,
  };
}

async function waiting(demo: Demo) {
  return (await demo.issues()).map(({ pipeline, kind, reason }) => [pipeline, kind, reason]);
}

const { config: connector, problems } = loadConnector(FILE, packageRoot());
assert.ok(connector, JSON.stringify(problems));
const subject: Subject = { name: "dockside", sandbox, capabilities, facts, connector };

for (const name of Object.keys(CAPABILITIES) as Capability[]) {
  const title = `R58: a PSA from outside passes the suite of all connectors: ${CAPABILITIES[name]}`;
  test(title, { skip: capabilities.lacks[name] ?? false }, async (t) =>
    check(name, await openBench(t, subject)),
  );
}

test("R58: each rule of that PSA is noticed when it is off", async (t) => {
  assert.deepEqual(Object.keys(facts.rules).sort(), Object.keys(sandbox.rules).sort());
  for (const [rule, notices] of Object.entries(facts.rules)) {
    const on = await openBench(t, subject);
    const off = await openBench(t, subject, { off: [rule] });
    if (typeof notices === "string") {
      await check(notices, on);
      await assert.rejects(check(notices, off), rule);
      continue;
    }
    assert.deepEqual(await notices.look(on.sandbox, on.clock), notices.on, rule);
    assert.notDeepEqual(await notices.look(off.sandbox, off.clock), notices.on, rule);
  }
});
