import assert from "node:assert/strict";
import { test } from "node:test";
import type { Company, World } from "../../engine/connector/sandbox/world.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** What a signed contract brings to billing: addresses that taxes follow from, and its own id on the account. */

test("R12: sites become addresses in billing, in one spelling, and one with a bad ZIP code is held by that name", async (t) => {
  const [harbor, ...others] = tinyWorld.companies;
  const [site] = harbor?.sites ?? [];
  assert.ok(harbor && site);
  const at = (id: string, line: string, postal_code: string, region = "FL"): Company["sites"][number] => {
    return {
      ...site,
      id,
      name: line,
      primary: false,
      address: { ...site.address, lines: [line], postal_code, region },
    };
  };
  const sites = [
    site,
    at("3012", "4 Pier Rd", "33605-1234"),
    at("3013", "9 Dock St", "33607"),
    at("3014", "1 Bad Rd", "3360"),
    at("3015", "2 Quay St", "336051234", "Florida"),
  ];
  const world: World = { ...tinyWorld, companies: [{ ...harbor, sites }, ...others] };
  const demo = await openTinyDemo(t, world);
  await demo.run({ pipelines: ["customers", "locations"] });
  const addresses = demo.sandboxes.billing.ledger
    .all("addresses")
    .filter((row) => String(row["customer_id"]) === "5001")
    .map((row) => [
      row["line_1"],
      row["postal_code"],
      row["postal_code_extension"],
      row["state_or_province"],
    ]);
  assert.deepEqual(addresses.sort(), [
    ["12 Main St", "33602", "", "FL"],
    ["2 Quay St", "33605", "1234", "FL"],
    ["4 Pier Rd", "33605", "1234", "FL"],
    ["9 Dock St", "33607", "", "FL"],
  ]);
  const held = await demo.issues();
  assert.deepEqual(
    held.map(({ source_id, reason }) => [source_id, reason]),
    [["3014", "guard_failed"]],
  );
  assert.match(held[0]?.message ?? "", /a ZIP code has five or nine digits/);
});

test("R14: the contract's id stands on the account in billing, and is read back from there", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run({ pipelines: ["customers", "accounts"] });
  const row = demo.sandboxes.billing.ledger.get("customers", "5001");
  const fields = row?.["fields"] as readonly { readonly label: string; readonly value: string }[];
  assert.equal(fields.find(({ label }) => label === "Contract IDs")?.value, "4001");
  const [account] = await demo.connect("billing").get("billing_account", ["5001"]);
  assert.deepEqual(account?.record["contract_ids"], ["4001"]);
  assert.deepEqual(
    (await demo.connect("psa").get("contract", ["4001"])).map(({ id }) => id),
    ["4001"],
  );
});
