import assert from "node:assert/strict";
import { test } from "node:test";
import type { Links } from "../../engine/sync/links.ts";
import { resolvePage } from "../../engine/sync/resolve.ts";
import { entity, linkRows, lookups, mappedOf, pipelineOf } from "../support/stages.ts";

/** References into the target's ids: found, missing, ambiguous, nested, or left out. */

const CARRIED = ["customer_id", "lines", "allocations", "location_id", "name", "amount"];

function resolve(
  target: string,
  record: Parameters<typeof mappedOf>[1],
  links: Pick<Links, "translate">,
  has = true,
) {
  const pipeline = pipelineOf({ source: { entity: target }, target: { entity: target } });
  const [one] = resolvePage([mappedOf("1", record)], pipeline, entity(target), CARRIED, links, () => has);
  assert.ok(one);
  return one;
}

const links = lookups([
  ...linkRows("customer", ["psa:1", "billing:5"], ["psa:2", "billing:6", "billing:7"]),
  ...linkRows("invoice", ["psa:i1", "billing:b1"], ["psa:i2", "billing:b2"]),
  ...linkRows("location", ["psa:l1", "billing:a1"]),
]);

test("resolve: a reference becomes the target's id, and the mapped record keeps the source's", () => {
  const one = resolve("contact", { customer_id: "1", name: "Dana" }, links);
  assert.ok("resolved" in one);
  assert.equal(one.resolved["customer_id"], "5");
  assert.equal(one.record["customer_id"], "1");
});

test("resolve: references in lists are resolved, each", () => {
  const allocations = [
    { invoice_id: "i2", amount: 1 },
    { invoice_id: "i1", amount: 2 },
  ];
  const one = resolve("payment", { customer_id: "1", allocations }, links);
  assert.ok("resolved" in one);
  assert.deepEqual(one.resolved["allocations"], [
    { invoice_id: "b2", amount: 1 },
    { invoice_id: "b1", amount: 2 },
  ]);
});

test("resolve: a reference that is null stays null", () => {
  const one = resolve("contact", { customer_id: "1", location_id: null }, links);
  assert.ok("resolved" in one);
  assert.equal(one.resolved["location_id"], null);
});

for (const { name, target, record, want } of [
  {
    name: "a money record without its customer is held",
    target: "payment",
    record: { customer_id: "9", allocations: [] },
    want: ["hold", "reference_missing", { entity: "customer", id: "9" }],
  },
  {
    name: "a payment of which one invoice is missing is held",
    target: "payment",
    record: { customer_id: "1", allocations: [{ invoice_id: "i1" }, { invoice_id: "i9" }] },
    want: ["hold", "reference_missing", { entity: "invoice", id: "i9" }],
  },
  {
    name: "master data below a parent that the target does not know waits silently",
    target: "contact",
    record: { customer_id: "9" },
    want: ["skip", "parent_not_linked", { entity: "customer", id: "9" }],
  },
  {
    name: "a reference that may be null is missed all the same",
    target: "contact",
    record: { customer_id: "1", location_id: "l9" },
    want: ["hold", "reference_missing", { entity: "location", id: "l9" }],
  },
  {
    name: "two ids for one reference are nobody's to choose from",
    target: "payment",
    record: { customer_id: "2", allocations: [] },
    want: ["hold", "reference_ambiguous", { entity: "customer", id: "2" }],
  },
] as const) {
  test(`resolve: ${name}`, () => {
    const one = resolve(target, record, links);
    assert.ok("action" in one);
    assert.deepEqual([one.action, one.reason, one.detail], want);
  });
}

test("resolve: a reference to an entity that the target does not have at all is left out", () => {
  const one = resolve("contact", { customer_id: "1", location_id: "l9" }, links, true);
  assert.ok("action" in one);
  const pipeline = pipelineOf({ source: { entity: "contact" }, target: { entity: "contact" } });
  const [left] = resolvePage(
    [mappedOf("1", { customer_id: "1", location_id: "l9" })],
    pipeline,
    entity("contact"),
    CARRIED,
    links,
    (name) => name !== "location",
  );
  assert.ok(left !== undefined && "resolved" in left);
  assert.equal(left.resolved["location_id"], null);
});

test("resolve: the message says what to type", () => {
  const one = resolve("payment", { customer_id: "9", allocations: [] }, links);
  assert.ok("action" in one);
  assert.match(one.message, /tripoint idmap link customer psa:9 billing:<id> --client demo/);
});

test("resolve: a page asks once for each entity", () => {
  const asked: string[] = [];
  const counting: Pick<Links, "translate"> = {
    translate: (name, from, to, ids) => {
      asked.push(`${name} ${[...ids].join()}`);
      return links.translate(name, from, to, ids);
    },
  };
  const pipeline = pipelineOf({ source: { entity: "contact" }, target: { entity: "contact" } });
  const page = ["1", "1", "2"].map((customer_id, index) => mappedOf(String(index), { customer_id }));
  resolvePage(page, pipeline, entity("contact"), ["customer_id"], counting, () => true);
  assert.deepEqual(asked, ["customer 1,2"]);
});
