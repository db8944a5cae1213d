import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

/** A few months of the generator; main.ts plays as many as one has time for. */

const MAIN = fileURLToPath(new URL("./main.js", import.meta.url));

for (const ledger of ["quickbooks", "xero"]) {
  test(`R71: in months full of faults billing and ${ledger} tie out to the cent, AR ageing too, and nothing is left unsaid`, async () => {
    // A process of its own: the test runner's watch over everything asynchronous doubles the time.
    const child = spawn(process.execPath, [MAIN, "--months", "12", "--seed", "1", "--ledger", ledger], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let told = "";
    child.stdout.on("data", (text) => {
      told += String(text);
    });
    const [code] = await once(child, "close");
    assert.equal(code, 0, told);
  });
}
