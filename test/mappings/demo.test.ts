import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { validate } from "../../engine/commands/validate.ts";
import { loadClient } from "../../engine/config/load-client.ts";
import { packageRoot } from "../../engine/config/root.ts";
import type { ClientConfig, CodeMapRow } from "../../engine/config/types.ts";
import { runPipelineTests } from "../../engine/sync/pipeline-test.ts";
import { GL } from "../../mappings/demo/world/chart.ts";
import { makeWorld } from "../../mappings/demo/world.ts";
import { demoEnvironment } from "../support/demo-system.ts";

const ENV = demoEnvironment();

function demo(): ClientConfig {
  const { config } = loadClient(packageRoot(), "demo", ENV, packageRoot());
  assert.ok(config);
  return config;
}

function rows(map: string): readonly CodeMapRow[] {
  return demo().codes.get(map)?.rows ?? [];
}

test("demo: validate finds nothing with the variables that the sandboxes give, and reads every file", () => {
  const { problems, files } = validate({
    root: packageRoot(),
    clients: ["demo"],
    env: ENV,
    cwd: packageRoot(),
  });
  assert.deepEqual(problems, []);
  const base = files.filter((file) => file.startsWith(join("mappings", "base")));
  assert.equal(base.length, 9);
});

test("demo: pipelines run in the order in which one gives the other its links", () => {
  assert.deepEqual(
    demo().pipelines.map(({ pipeline }) => pipeline),
    [
      "customers",
      "accounts",
      "customers-accounting",
      "customers-billing-accounting",
      "invoices",
      "locations",
      "contacts",
      "payments",
      "refunds",
    ],
  );
});

test("demo: every charge and tax of the world's invoices has the GL code and item of the chart", () => {
  const charged = makeWorld().invoices.flatMap(({ lines, taxes }) => [...lines, ...taxes]);
  const codes = new Set(charged.map(({ charge_type }) => charge_type));
  for (const code of codes)
    assert.ok(
      GL.some(({ charge_types }) => charge_types.includes(code)),
      code,
    );
  const wanted = GL.flatMap(({ charge_types, gl_code, item, kind }) =>
    charge_types.map((code) => ({ code, gl_code, item, kind })),
  );
  assert.deepEqual(rows("gl"), wanted);
});

test("demo: every term of the world has its counterpart in billing and accounting", () => {
  const names = makeWorld().terms.map(({ name }) => name);
  // Once by the ids of a PSA that keeps terms, once by the days of one that does not.
  assert.deepEqual(
    rows("terms").map((row) => row["name"]),
    [...names, ...names],
  );
});

test("demo: without any variable only the secrets are missing, so that validate and test need no sandbox", () => {
  const { problems } = validate({ root: packageRoot(), clients: ["demo"], env: {}, cwd: packageRoot() });
  assert.deepEqual(
    [...new Set(problems.map(({ code, severity }) => `${code} ${severity}`))],
    ["TP2604 warning"],
  );
});

test("demo: each pipeline has tests, all of them pass, and their names tell them apart", async () => {
  const config = demo();
  for (const { pipeline, tests } of config.pipelines) {
    const names = tests.map(({ name }) => name);
    assert.ok(names.length >= 2, pipeline);
    assert.equal(new Set(names).size, names.length, pipeline);
  }
  const results = await runPipelineTests(config);
  for (const { pipeline, name, message } of results) assert.equal(message, "", `${pipeline}: ${name}`);
});
