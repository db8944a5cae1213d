import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readLedger } from "../../engine/connector/sandbox/read-ledger.ts";
import { differences } from "../support/differences.ts";
import { smallWorld } from "../support/small-world.ts";
import { openTriangle, type Triangle } from "../support/triangle.ts";

/**
 * A client's very first run, all pipelines, killed again and again on its way: customers, contacts, addresses and ids
 * written back are made once as well, whatever pipeline was interrupted.
 */

const world = smallWorld({ invoices: 4, receipts: 2 });
let triangle: Triangle;
let wanted: object;

before(async () => {
  triangle = await openTriangle({
    world,
    off: { quickbooks: ["rate_limit", "rate_limit_second"], "revio-billing": ["rate_limit"] },
  });
  triangle.save("new");
  await triangle.runHere();
  wanted = counts();
});
after(() => triangle.close());

// Every line of the two pipelines that move money is tried by kill.test.ts.
const EVERY = 5;

test("kill -9 of a first run before every fifth line of its journal: nothing twice, nothing missing", async (t) => {
  let line = EVERY;
  for (; ; line += EVERY) {
    await triangle.rewind("new");
    const killed = await triangle.tripoint(["run"], `before ${line}`);
    if (killed.signal !== "SIGKILL") {
      assert.equal(killed.code, 0, killed.stderr);
      break;
    }
    await triangle.runHere();
    const what = `killed before line ${line}`;
    assert.deepEqual(counts(), wanted, what);
    const [accounting, billing] = [triangle.books("accounting"), triangle.books("billing")];
    assert.deepEqual(differences(world, { accounting, billing }), [], what);
    triangle.forget();
    await triangle.runHere();
    assert.deepEqual(triangle.writes(), [], what);
  }
  t.diagnostic(`${line - EVERY} lines`);
  assert.ok(line > 8 * EVERY, `a run of less than ${line} lines proves little`);
});

/** How many rows each collection of each system has. */
function counts(): object {
  const systems = ["psa", "billing", "accounting"] as const;
  const unimportant = ["access_token", "requestid"];
  return Object.fromEntries(
    systems.map((system) => [
      system,
      Object.fromEntries(
        [...readLedger(join(triangle.root, "books", system))]
          .filter(([name]) => !unimportant.includes(name))
          .map(([name, rows]) => [name, rows.size]),
      ),
    ]),
  );
}
