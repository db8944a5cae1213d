import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cdr } from "../../engine/commands/cdr.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";

const CLI = fileURLToPath(new URL("../../engine/cli.js", import.meta.url));
const ROWS = 100_000;
/** Enough for the command, far from enough for the rows of the file. */
const HEAP_MB = 80;

test("R34: calls are matched by number; unmatched and doubly matched numbers have their calls and charge", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.run({ pipelines: ["customers"] });
  const { ledger } = demo.sandboxes.billing;
  const [btn, other] = ledger.all("services").filter((row) => row["number"] !== "");
  assert.ok(btn && other);
  const own = String(btn["number"]);
  ledger.put("services", String(other["service_id"]), { ...other, number: "8135550177" });
  ledger.put("services", "9990", { ...btn, service_id: 9990, number: "(813) 555-0177" });
  const file = join(demo.place.root, "calls.csv");
  const rows = [
    "from,to,charge",
    `${own},2125550123,0.0215`,
    `+1 (${own.slice(0, 3)}) ${own.slice(3, 6)}-${own.slice(6)},2125550123,0.10`,
    `2125550123,1${own},0.01`,
    "8135550188,2125550123,1.005",
    "813-555-0188,2125550123,0.005",
    "8135550177,2125550123,2",
    ",,0.5",
    "8135550188,2125550123,free",
  ];
  writeFileSync(file, `${rows.join("\r\n")}\r\n`);
  const view = await cdr(demo.place, { file, numbers: ["from", "to"], charge: "charge" });
  assert.deepEqual(view.total, { calls: 7, charge: "3.6415" });
  assert.deepEqual(view.matched, { calls: 3, charge: "0.1315" });
  assert.deepEqual(view.unmatched, [{ number: "+18135550188", calls: 2, charge: "1.01" }]);
  assert.deepEqual(
    view.double.map(({ number, calls, charge, services }) => [number, calls, charge, services.length]),
    [["+18135550177", 1, "2", 2]],
  );
  assert.deepEqual(view.without_number, { calls: 1, charge: "0.5" });
  assert.deepEqual(view.unreadable, { rows: 1, first_lines: [9] });
  await assert.rejects(cdr(demo.place, { file, numbers: ["caller"] }), /no column caller/);
});

test("R34: a file of call records streams, in the memory of a few of its rows", async (t) => {
  const demo = await openTinyDemo(t);
  const file = join(demo.place.root, "calls.csv");
  const handle = openSync(file, "w");
  writeSync(handle, "from,charge,note\n");
  const note = "x".repeat(400);
  for (let at = 0; at < ROWS; at += 1000) {
    const lines = Array.from(
      { length: 1000 },
      (_, index) => `81355501${((at + index) % 90) + 10},0.01,${note}`,
    );
    writeSync(handle, `${lines.join("\n")}\n`);
  }
  closeSync(handle);
  const { root, client, state, env } = demo.place;
  const args = [
    `--max-old-space-size=${HEAP_MB}`,
    CLI,
    "cdr",
    file,
    "--number",
    "from",
    "--charge",
    "charge",
  ];
  const where = ["--client", client, "--root", root, "--state", state, "--format", "json"];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, ...where], {
    env: { ...env },
    maxBuffer: 1e8,
  });
  assert.deepEqual(JSON.parse(stdout).total, { calls: ROWS, charge: "1000" });
});
