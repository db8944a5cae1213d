import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { readiness } from "../../engine/commands/readiness.ts";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import type { WorldService } from "../../engine/connector/sandbox/world.ts";
import type { AccountReadiness } from "../../engine/report/readiness.ts";
import type { JsonObject } from "../support/client-copy.ts";
import type { Demo } from "../support/demo.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** Records that cannot be read: what rests on them is not known, and nothing goes out on the strength of it. */

const HARBOR = "5001";
const site = { site: "3001", activation_date: "2026-01-01" };
const circuit: WorldService = {
  ...site,
  ...{
    kind: "circuit",
    number: null,
    circuit_id: "FL/SIPT/1",
    carrier: "Gulf Carrier",
    rate_plan: "SIP-ACCESS",
  },
};
const btn: WorldService = {
  ...site,
  ...{ kind: "btn", number: "+18135550140", circuit_id: null, carrier: null, rate_plan: "VOICE" },
};

async function open(t: TestContext, readiness: JsonObject = {}, services = [circuit, btn]): Promise<Demo> {
  const [harbor, ...others] = tinyWorld.companies;
  assert.ok(harbor);
  const world = { ...tinyWorld, companies: [{ ...harbor, services }, ...others] };
  return openTinyDemo(t, world, { changes: { readiness } });
}

async function accounts(demo: Demo): Promise<ReadonlyMap<string, AccountReadiness>> {
  const view = await readiness(demo.place);
  return new Map(view.accounts.map((one) => [one.account_id, one]));
}

/** Changes a record of Harbor Dental, or of the other customer; answers with how it was. */
function change(demo: Demo, collection: "services" | "addresses", own: boolean, row: Row): Row {
  const { ledger } = demo.sandboxes.billing;
  const found = ledger.all(collection).find((one) => (String(one["customer_id"]) === HARBOR) === own);
  assert.ok(found);
  const id = found[collection === "services" ? "service_id" : "address_id"];
  ledger.put(collection, String(id), { ...found, ...row });
  return structuredClone(found);
}

function isPosted(demo: Demo): boolean {
  return demo.books("accounting").invoices.some(({ number }) => number === "INV-1042");
}

const CASES = [
  {
    ...({ id: "R35, R46", name: "a service of its own", collection: "services", own: true } as const),
    ...{ broken: { activated_date: "soon" }, says: /service \d+ of billing cannot be read/ },
  },
  {
    ...({
      id: "R34, R46",
      name: "another account's service, of any number",
      collection: "services",
    } as const),
    ...{ own: false, broken: { activated_date: "soon" }, says: /service \d+ of billing cannot be read/ },
  },
  {
    ...({ id: "R32, R46", name: "a location", collection: "addresses", own: true } as const),
    ...{ broken: { updated_date: "soon" }, says: /location \d+ of billing cannot be read/ },
  },
];

for (const { id, name, collection, own, broken, says } of CASES) {
  test(`${id}: with ${name} that cannot be read an account is not known to be ready, and its invoice waits`, async (t) => {
    const demo = await open(t);
    await demo.run({ pipelines: ["customers"] });
    const before = change(demo, collection, own, broken);
    const harbor = (await accounts(demo)).get(HARBOR);
    assert.equal(harbor?.status, "unknown");
    const [task] = harbor.open_tasks.filter(({ blocks }) => blocks);
    assert.deepEqual([task?.code, task?.assignee], ["record_unreadable", "billing"]);
    assert.match(task?.message ?? "", says);
    await demo.run();
    assert.equal(isPosted(demo), false);
    const held = (await demo.issues()).find(({ reason }) => reason === "account_not_ready");
    assert.match(held?.message ?? "", /CB-5001 is not known to be ready to bill: .*cannot be read/);
    change(demo, collection, own, before);
    await demo.run();
    assert.equal(isPosted(demo), true);
  });
}

test("R46: an account that was live stays live while a record of it cannot be read", async (t) => {
  const demo = await open(t);
  await demo.run();
  assert.equal(isPosted(demo), true);
  change(demo, "services", true, { activated_date: "soon" });
  const harbor = (await accounts(demo)).get(HARBOR);
  assert.equal(harbor?.status, "live");
  assert.ok(harbor.open_tasks.some(({ code }) => code === "record_unreadable"));
});

test("R33: a circuit that except_when leaves out needs no BTN, and its account's invoice is posted", async (t) => {
  const held = await open(t, {}, [circuit]);
  await held.run();
  assert.equal(isPosted(held), false);
  const when = 'kind = "circuit" and $contains($text(circuit_id), "SIPT")';
  const demo = await open(t, { rules: { btn_missing: { except_when: when } } }, [circuit]);
  await demo.run();
  assert.equal(isPosted(demo), true);
});
