import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readiness } from "../../engine/commands/readiness.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { openDemo } from "../support/demo.ts";
import { GL_CODES } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

const PIPELINE = `pipeline: services
extends: ../base/services-to-billing.yaml
after: [customers, locations]
`;

test("R45: a provisioning system's services reach billing once, and their provenance says so", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "tripoint-orders-"));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "in"));
  const [harbor, ...others] = tinyWorld.companies;
  assert.ok(harbor);
  const world: World = { ...tinyWorld, companies: [{ ...harbor, services: [] }, ...others] };
  const provisioning = { connector: "csv-billing", settings: { folder, quiet_ms: 0 }, ids_of: "billing" };
  const demo = await openDemo(t, {
    world,
    systems: { billing: SYSTEMS.billing["sqlite-billing"] },
    changes: { systems: { provisioning } },
    files: { "gl-codes.yaml": GL_CODES, "services.yaml": PIPELINE },
  });
  await demo.settle();
  const services = () =>
    demo.sandboxes.billing.ledger.all("services").filter(({ customer_id }) => customer_id === "5001");
  assert.deepEqual(services(), []);
  const location = demo.sandboxes.billing.ledger
    .all("locations")
    .find(({ customer_id }) => customer_id === "5001");
  assert.ok(location);
  const rows = [
    "id,updated_at,kind,customer_id,location_id,number,circuit_id,rate_plan_code,status",
    `ORD-1,2026-08-01T00:00:00Z,circuit,5001,${String(location["id"])},,FL/SIPT/9,SIP,active`,
    `ORD-2,2026-08-01T00:00:00Z,btn,5001,${String(location["id"])},+18135550141,,VOICE,active`,
    `ORD-3,2026-08-01T00:00:00Z,did,5001,${String(location["id"])},,,VOICE,active`,
  ];
  writeFileSync(join(folder, "in", "services-000001.csv"), `${rows.join("\n")}\n`);
  await demo.settle();
  assert.deepEqual(
    services().map(({ kind, number, circuit_id, provenance }) => [
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
  assert.equal(services().length, 2);
  const { accounts } = await readiness(demo.place);
  const account = accounts.find(({ account_id }) => account_id === "5001");
  assert.deepEqual(account?.provenance, { manual: 0, provisioning: 2, import: 0 });
  assert.equal(account?.status, "live");
});
