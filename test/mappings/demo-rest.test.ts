import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { validate } from "../../engine/commands/validate.ts";
import { loadClient } from "../../engine/config/load-client.ts";
import { packageRoot } from "../../engine/config/root.ts";
import { runPipelineTests } from "../../engine/sync/pipeline-test.ts";
import { matrixWorld } from "../matrix/world.ts";
import { openDemo, writesIn } from "../support/demo.ts";
import { differences } from "../support/differences.ts";

const ROOT = packageRoot();

test("demo-rest: without any variable only the secrets are missing", () => {
  const { problems } = validate({ root: ROOT, clients: ["demo-rest"], env: {}, cwd: ROOT });
  assert.deepEqual(
    [...new Set(problems.map(({ code, severity }) => `${code} ${severity}`))],
    ["TP2604 warning"],
  );
});

test("demo-rest: its pipelines are those of base/ with no more than their order and filter of its own", async () => {
  const { config } = loadClient(ROOT, "demo-rest", {}, ROOT);
  assert.ok(config);
  for (const { pipeline } of config.pipelines) {
    const own: { readonly [key: string]: unknown } = parse(
      readFileSync(join(ROOT, "mappings", "demo-rest", `${pipeline}.yaml`), "utf8"),
    );
    assert.match(String(own["extends"]), /^\.\.\/base\//);
    const rest = Object.keys(own).filter(
      (key) => !["pipeline", "description", "extends", "after", "source"].includes(key),
    );
    assert.deepEqual(rest, [], pipeline);
  }
  const results = await runPipelineTests(config);
  for (const { pipeline, name, message } of results) assert.equal(message, "", `${pipeline}: ${name}`);
  assert.ok(results.length > 10);
});

test("R59: a connector written from documentation alone ends with the books that the world expects", async (t) => {
  const demo = await openDemo(t, { client: "demo-rest", world: matrixWorld() });
  assert.equal(writesIn(await demo.settle()), 0);
  const [billing, accounting] = [demo.books("billing"), demo.books("accounting")];
  assert.deepEqual(differences(demo.world, { billing, accounting }), []);
  const numbers = billing.customers.map(({ number }) => number).sort();
  const { companies, expected } = demo.world;
  const wanted = companies.filter(({ number }) => expected.billing_customers.includes(number));
  assert.deepEqual(numbers, wanted.map((one) => one.billing_number ?? one.number).sort());
  for (const { name, ids, contracts, types } of wanted) {
    const customer = billing.customers.find((one) => one.name === name);
    const signed = contracts.filter(({ type, status }) => type === "telecom" && status === "signed");
    assert.equal(customer?.fields["PSA Company ID"], ids.psa, name);
    assert.equal(
      customer?.fields["Contract IDs"],
      signed
        .map(({ id }) => id)
        .sort()
        .join(" "),
      name,
    );
    // A field of this client's own: written by two lines of its connector.yaml.
    assert.equal(customer?.fields["Company type"], types.join(", "), name);
  }
});
