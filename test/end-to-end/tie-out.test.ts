import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeWorld } from "../../mappings/demo/world.ts";
import { openTriangle, type Triangle } from "../support/triangle.ts";

/** The demo's client against its three sandboxes, judged by the sandboxes' own ledgers. */

const world = makeWorld();
let triangle: Triangle;

before(async () => {
  triangle = await openTriangle({ world });
  await triangle.run();
});
after(() => triangle.close());

test("tie-out: sums per GL code in accounting's ledger are the generator's, to the cent", () => {
  assert.deepEqual(triangle.books("accounting").gl_totals, world.expected.gl_totals);
});
