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

test("kill -9 of a first run before each line of its journal: nothing twice, nothing missing", async (t) => {
  const step = Number(process.env["STEP"] ?? 1);
  let line = Number(process.env["FROM"] ?? 1);
  for (; ; line += step) {
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
  t.diagnostic(`${line} lines`);
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
