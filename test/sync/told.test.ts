import assert from "node:assert/strict";
import { test } from "node:test";
import { SYSTEMS } from "../matrix/systems.ts";
import { openDemo } from "../support/demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

test("R1: what a PSA never tells of a customer empties nothing that billing has, and what it tells arrives", async (t) => {
  const systems = { psa: SYSTEMS.psa.autotask, billing: SYSTEMS.billing["sqlite-billing"] };
  const demo = await openDemo(t, { world: tinyWorld, systems });
  const orchard = () => {
    const [row, ...more] = demo.sandboxes.billing.ledger
      .all("customers")
      .filter(({ name }) => String(name).startsWith("Orchard"));
    assert.ok(row !== undefined && more.length === 0);
    return row;
  };
  await demo.settle();
  // What the PSA has no field for, billing's people enter themselves.
  const own = { emails: ["ap@orchard.example"], payment_terms_id: "3" };
  const { billing, psa } = demo.sandboxes;
  billing.ledger.put("customers", String(orchard()["id"]), { ...orchard(), ...own });
  billing.show();
  const [company] = psa.ledger
    .all("Companies")
    .filter(({ companyName }) => String(companyName).startsWith("Orchard"));
  psa.ledger.put("Companies", String(company?.["id"]), {
    ...company,
    companyName: "Orchard Group",
    lastTrackedModifiedDateTime: new Date(demo.clock.now()).toISOString(),
  });
  await demo.settle();
  const { name, emails, payment_terms_id } = orchard();
  assert.deepEqual({ name, emails, payment_terms_id }, { name: "Orchard Group", ...own });
});
