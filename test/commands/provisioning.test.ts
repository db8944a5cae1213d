import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readiness } from "../../engine/commands/readiness.ts";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import type { SystemEntry } from "../support/client-copy.ts";
import { type Demo, openDemo } from "../support/demo.ts";
import { GL_CODES } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

const PIPELINE = `pipeline: services
extends: ../base/services-to-billing.yaml
after: [customers, locations]
`;

/** The tiny world without services at Harbor, whose account is CB-5001, and a system that fills them in. */
function openWithOrders(
  t: TestContext,
  provisioning: SystemEntry,
  files: { readonly [name: string]: string } = {},
): Promise<Demo> {
  const [harbor, ...others] = tinyWorld.companies;
  assert.ok(harbor);
  const world: World = { ...tinyWorld, companies: [{ ...harbor, services: [] }, ...others] };
  return openDemo(t, {
    world,
    systems: { billing: SYSTEMS.billing["sqlite-billing"] },
    changes: { systems: { provisioning: { ...provisioning, ids_of: "billing" } } },
    files: { "gl-codes.yaml": GL_CODES, "services.yaml": PIPELINE, ...files },
  });
}

function servicesOf({ sandboxes }: Demo): readonly Row[] {
  return sandboxes.billing.ledger.all("services").filter(({ customer_id }) => customer_id === "5001");
}

function locationOf({ sandboxes }: Demo): string {
  const location = sandboxes.billing.ledger
    .all("locations")
    .find(({ customer_id }) => customer_id === "5001");
  assert.ok(location);
  return String(location["id"]);
}

test("R45: a provisioning system's services reach billing once, and their provenance says so", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "tripoint-orders-"));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "in"));
  const demo = await openWithOrders(t, { connector: "csv-billing", settings: { folder, quiet_ms: 0 } });
  await demo.settle();
  assert.deepEqual(servicesOf(demo), []);
  const location = locationOf(demo);
  const rows = [
    "id,updated_at,kind,customer_id,location_id,number,circuit_id,rate_plan_code,status",
    `ORD-1,2026-08-01T00:00:00Z,circuit,5001,${location},,FL/SIPT/9,SIP,active`,
    `ORD-2,2026-08-01T00:00:00Z,btn,5001,${location},+18135550141,,VOICE,active`,
    `ORD-3,2026-08-01T00:00:00Z,did,5001,${location},,,VOICE,active`,
  ];
  writeFileSync(join(folder, "in", "services-000001.csv"), `${rows.join("\n")}\n`);
  await demo.settle();
  assert.deepEqual(
    servicesOf(demo).map(({ kind, number, circuit_id, provenance }) => [
      kind,
      number ?? null,
      circuit_id ?? null,
      provenance,
    ]),
    [
      ["circuit", null, "FL/SIPT/9", "provisioning"],
      ["btn", "+18135550141", null, "provisioning"],
    ],
  );
  // A number that nobody has assigned is not made up: its order waits.
  assert.deepEqual(
    (await demo.issues()).filter(({ pipeline }) => pipeline === "services").map(({ source_id }) => source_id),
    ["ORD-3"],
  );
  await demo.settle();
  assert.equal(servicesOf(demo).length, 2);
  const { accounts } = await readiness(demo.place);
  const account = accounts.find(({ account_id }) => account_id === "5001");
  assert.deepEqual(account?.provenance, { manual: 0, provisioning: 2, import: 0 });
  assert.equal(account?.status, "live");
});

/** An ordering system of this client's own: its connector stands in the client's folder, written from its documentation. */
const ORDERDESK = `connector: orderdesk
title: Order Desk
driver: http
base_url: https://orders.example
auth: { kind: headers, secrets: { key: Key of the desk. }, headers: { X-Key: "{$auth.key}" } }
page: { kind: cursor, size: 2, next: after }
errors:
  - { when: status = 401, class: auth }
  - { when: status >= 400, class: invalid }
error_message: body.text
entities:
  service:
    list: { path: /orders, incremental: false, query: { after: "{$cursor}" }, records: orders }
    read: |
      {
        "id": order,
        "updated_at": done,
        "kind": what,
        "customer_id": account,
        "billing_account_id": account,
        "location_id": place,
        "number": $blank(did),
        "circuit_id": $blank(circuit),
        "rate_plan_code": plan,
        "status": "active",
        "provenance": "provisioning"
      }
`;

test("R45: an ordering system over REST may fill them as well, beside what a person entered, and provenance says which", async (t) => {
  const orders: Row[] = [];
  const server = createServer((request, answer) => {
    const after = Number(new URL(request.url ?? "", "http://desk").searchParams.get("after") || 0);
    const known = request.headers["x-key"] === "desk-key";
    const page = orders.slice(after, after + 2);
    const next = after + 2 < orders.length ? { after: String(after + 2) } : {};
    answer.statusCode = known ? 200 : 401;
    answer.setHeader("content-type", "application/json");
    answer.end(JSON.stringify(known ? { orders: page, ...next } : { text: "who are you?" }));
  });
  t.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const folder = mkdtempSync(join(tmpdir(), "tripoint-desk-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "key"), "desk-key");
  const desk = {
    connector: "orderdesk",
    base_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    auth: { key: `file:${join(folder, "key")}` },
  };
  const demo = await openWithOrders(t, desk, { "connectors/orderdesk/connector.yaml": ORDERDESK });
  await demo.settle();
  assert.deepEqual(servicesOf(demo), []);
  const common = { account: "5001", place: locationOf(demo), done: "2026-08-01T00:00:00Z" };
  orders.push(
    { ...common, order: "ORD-1", what: "circuit", circuit: "FL/SIPT/9", did: "", plan: "SIP" },
    { ...common, order: "ORD-2", what: "btn", circuit: "", did: "+18135550141", plan: "VOICE" },
    { ...common, order: "ORD-3", what: "did", circuit: "", did: "+18135550142", plan: "VOICE" },
  );
  await demo.settle();
  const { ledger, show } = demo.sandboxes.billing;
  const [, btn] = servicesOf(demo);
  const person = { id: "S-77", number: "+18135550143", kind: "did", provenance: "manual" };
  ledger.put("services", "S-77", { ...btn, ...person });
  show();
  await demo.settle();
  const said = servicesOf(demo).map(({ kind, number, provenance }) => [kind, number ?? null, provenance]);
  assert.deepEqual(said.sort(), [
    ["btn", "+18135550141", "provisioning"],
    ["circuit", null, "provisioning"],
    ["did", "+18135550142", "provisioning"],
    ["did", "+18135550143", "manual"],
  ]);
  const { accounts } = await readiness(demo.place, { account: "CB-5001" });
  assert.deepEqual(accounts[0]?.provenance, { manual: 1, provisioning: 3, import: 0 });
});
