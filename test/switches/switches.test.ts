import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { packageRoot } from "../../engine/config/root.ts";
import { titledRequirements } from "../docs/requirements.ts";
import type { Switch } from "./switch.ts";
import { SWITCHES } from "./table.ts";
import type { Tried } from "./try-switch.ts";
import { occurrences } from "./workshop.ts";

/** The table of switches cannot rot; main.ts tries all of them. */

const CHILD = fileURLToPath(new URL("./child.js", import.meta.url));

test("switches: every requirement that tests are titled by has one, and the files of its tests are there", () => {
  const without = [...titledRequirements().keys()].filter((id) => !SWITCHES.some((one) => one.id === id));
  assert.deepEqual(without, []);
  const files = new Set(SWITCHES.flatMap(({ tests }) => tests));
  const missing = [...files].filter((name) => !existsSync(join(packageRoot(), "test", `${name}.test.ts`)));
  assert.deepEqual(missing, []);
});

test("switches: the text of each stands once in its file", () => {
  const moved = SWITCHES.filter((one) => occurrences(one) !== 1);
  assert.deepEqual(
    moved.map(({ id, without, file, find }) => ({ id, without, file, find })),
    [],
  );
});

const compiled: Switch = {
  id: "R30",
  without: "pipelines may link customers without a word on how",
  file: "engine/config/checks-identity.ts",
  find: "if (linking.length === 0) return [];",
  replace: "return [];",
  tests: ["acceptance/mapping"],
};

const read: Switch = {
  id: "R3",
  without: "nothing is missed",
  file: "schemas/entities/service.schema.json",
  find: '  "x-never-from": "psa",\n',
  replace: '  "x-never-from":  "psa",\n',
  tests: ["config/provisioned-fields"],
};

for (const { name, one, problem } of [
  { name: "a rule that is off is noticed", one: compiled, problem: undefined },
  {
    name: "a rule that is off in a file that is only read, too",
    one: { ...read, replace: "" },
    problem: undefined,
  },
  { name: "a change that no test notices is no proof", one: read, problem: "nothing failed" },
  {
    name: "a text that is not there any more is no proof",
    one: { ...read, find: "x-never-to" },
    problem: "its text stands 0 times in schemas/entities/service.schema.json",
  },
  {
    name: "an exception is no proof",
    one: { ...read, replace: '  "x-never-from",\n' },
    problem: "no assertion failed, but ",
  },
]) {
  test(`switches: ${name}`, async () => {
    const tried = await tryApart(one);
    assert.equal(tried.problem?.slice(0, problem?.length), problem);
    assert.equal(tried.failed.length, problem === undefined ? 1 : 0);
  });
}

async function tryApart(tried: Switch): Promise<Tried> {
  // The runner takes a process that says so for one of its own tests, and runs nothing in it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, JSON.stringify(tried)], { env });
  return JSON.parse(stdout) as Tried;
}
