import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { validate } from "../../engine/commands/validate.ts";
import { loadClient } from "../../engine/config/load-client.ts";
import { packageRoot } from "../../engine/config/root.ts";
import { runPipelineTests } from "../../engine/sync/pipeline-test.ts";
import { sandbox } from "../../mappings/demo-rest/connectors/ringbill/sandbox.ts";
import { openDemoBilling } from "../support/demo-billing.ts";
import { assertBooks } from "../support/reference-books.ts";

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

test("demo-rest: a connector written from documentation alone ends with the books that the world expects", async (t) => {
  const demo = await openDemoBilling(t, sandbox, undefined, "demo-rest");
  assertBooks(demo, await demo.settle());
  // A field of this client's own: written by two lines of its connector.yaml.
  const [acme] = demo.world.companies;
  const row = demo.billing.ledger.get("customers", acme?.ids.billing ?? "");
  assert.ok(
    JSON.stringify(row?.["fields"]).includes(
      JSON.stringify({ label: "Company type", value: acme?.types.join(", ") }),
    ),
  );
  const writes = demo.billing.log.filter(({ write }) => write);
  assert.ok(writes.length > 0);
});
