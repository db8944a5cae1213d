import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { loadClient } from "../../engine/config/load-client.ts";
import { ENV, freshRoot } from "./client-folder.ts";

/** What a contract says is a quantity or a kind; which number, circuit or plan is never taken from it. */

function problemsOf(t: TestContext, pipeline: string): readonly string[] {
  const root = freshRoot(t);
  writeFileSync(join(root, "mappings", "acme", "services.yaml"), pipeline);
  return loadClient(root, "acme", ENV, root).problems.map(({ code, message }) => `${code} ${message}`);
}

const HEAD = `pipeline: services
source: { system: psa, entity: contract }
target: { system: billing, entity: service, write_mode: create_only }
`;

test("R3: no pipeline writes a service from the PSA", (t) => {
  assert.ok(problemsOf(t, HEAD).includes("TP2302 a service is never written from psa"));
});

for (const [id, field] of [
  ["R41", "number"],
  ["R42", "circuit_id"],
  ["R42", "carrier"],
  ["R42", "trunk_group"],
  ["R43", "rate_plan_code"],
]) {
  test(`${id}: a mapping of a contract into ${field} is refused, as transform and as code map`, (t) => {
    for (const text of [
      `${HEAD}transform: { ${field}: name }\n`,
      `${HEAD}maps: { ${field}: { codes: gl, key: contract_type, value: gl_code } }\n`,
    ]) {
      assert.ok(
        problemsOf(t, text).some((one) =>
          one.startsWith(`TP2304 service.${field} cannot come from a contract`),
        ),
        text,
      );
    }
  });
}

test("R41, R42, R43: no mapping writes past the model into a vendor's own field", (t) => {
  for (const section of [
    "transform: { raw.fields.BTN: name }",
    "maps: { raw.circuit: { codes: gl, key: contract_type } }",
  ]) {
    assert.ok(
      problemsOf(t, `${HEAD}${section}\n`).some((one) =>
        /^TP2206 raw\.\S+ is read, and never written/.test(one),
      ),
      section,
    );
  }
});
