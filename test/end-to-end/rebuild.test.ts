import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Books } from "../support/books.ts";
import { differences } from "../support/differences.ts";
import { smallWorld } from "../support/small-world.ts";
import { openTriangle, type Triangle, type TriangleOptions } from "../support/triangle.ts";

/** The state folder is lost. What the systems themselves hold, or an exported id map, must give it back. */

const world = smallWorld({ invoices: 30, receipts: 8 });

const BY_NAME = ["tax_id", ["name_normalized", "postal_code"]];
const CROSSWALK = { strategy: "crosswalk", external_ids: null, match: BY_NAME };

for (const { name, identity, off } of [
  { name: "both", identity: {}, off: [] },
  { name: "external_id", identity: { strategy: "external_id" }, off: [] },
  { name: "both, and the vendor forgot our keys", identity: {}, off: ["requestid"] },
]) {
  test(`rebuild, ${name}: with the state lost, a run makes the same id map, byte for byte, and no record`, async (t) => {
    const triangle = await open(t, {
      client: { identity: { customer: identity } },
      off: { quickbooks: off },
    });
    await triangle.run();
    const map = await exportMap(triangle);
    assert.ok(map.split("\n").length > 100, map);
    const books = allBooks(triangle);

    await loseState(triangle);
    await triangle.run();
    assert.deepEqual(allBooks(triangle), books);
    assert.equal(await exportMap(triangle), map);
    triangle.forget();
    await triangle.run();
    assert.deepEqual(triangle.writes(), []);
  });
}

test("rebuild, crosswalk: with the state lost and the exported id map imported, a run creates nothing", async (t) => {
  const triangle = await open(t, { client: { identity: { customer: CROSSWALK } } });
  await triangle.run();
  const map = await exportMap(triangle);

  const books = allBooks(triangle);
  await loseState(triangle);
  const file = join(triangle.root, "map.csv");
  writeFileSync(file, map);
  const imported = await triangle.tripoint(["idmap", "import", file]);
  assert.equal(imported.code, 0, imported.stderr);
  await triangle.run();
  assert.deepEqual(triangle.writes(), []);
  assert.equal(await exportMap(triangle), map);
  assert.deepEqual(allBooks(triangle), books);
});

test("rebuild: without `state init`, a lost state ends the run with exit 7 and not one request", async (t) => {
  const triangle = await open(t, {});
  await triangle.runHere("customers");
  triangle.forget();
  rmSync(triangle.state, { recursive: true });
  const { code, stderr } = await triangle.tripoint(["run"]);
  assert.equal(code, 7, stderr);
  assert.match(stderr, /there is no state folder/);
  assert.equal(triangle.requests("psa").length, 0);
});

async function open(
  t: { after: (end: () => Promise<void>) => void },
  options: Omit<TriangleOptions, "world">,
): Promise<Triangle> {
  const triangle = await openTriangle({ world, ...options });
  t.after(() => triangle.close());
  return triangle;
}

async function exportMap(triangle: Triangle): Promise<string> {
  const { code, stdout, stderr } = await triangle.tripoint(["idmap", "export"]);
  assert.equal(code, 0, stderr);
  return stdout;
}

async function loseState(triangle: Triangle): Promise<void> {
  triangle.forget();
  rmSync(triangle.state, { recursive: true });
  const made = await triangle.tripoint(["state", "init"]);
  assert.equal(made.code, 0, made.stderr);
}

/** Everything in the books of both, after a check that they tie out. */
function allBooks(triangle: Triangle): readonly Books[] {
  const [accounting, billing] = [triangle.books("accounting"), triangle.books("billing")];
  assert.deepEqual(differences(world, { accounting, billing }), []);
  return [accounting, billing];
}
