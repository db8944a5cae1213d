import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cdr } from "../../engine/commands/cdr.ts";
import { renderCdr } from "../../engine/report/cdr.ts";
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
    '8135550188,"2125550123,3',
    `${own},"2125550123","0.01"`,
  ];
  writeFileSync(file, `${rows.join("\r\n")}\r\n`);
  const view = await cdr(demo.place, { file, numbers: ["from", "to"], charge: "charge" });
  assert.deepEqual(view.total, { calls: 8, charge: "3.6515" });
  assert.deepEqual(view.matched, { calls: 4, charge: "0.1415" });
  assert.deepEqual(view.unmatched_total, { calls: 2, charge: "1.01" });
  assert.deepEqual(view.unmatched, [{ number: "+18135550188", calls: 2, charge: "1.01" }]);
  assert.deepEqual(
    view.double.map(({ number, calls, charge, services }) => [number, calls, charge, services.length]),
    [["+18135550177", 1, "2", 2]],
  );
  assert.deepEqual(view.without_number, { calls: 1, charge: "0.5" });
  // A quote that nothing closes costs its own line alone.
  assert.deepEqual(view.unreadable, { lines: 2, first_lines: [9, 10] });
  assert.deepEqual(view.not_read, []);
  await assert.rejects(cdr(demo.place, { file, numbers: ["caller"] }), /no column caller/);
});

test("R34: a service that cannot be read is named beside the calls that its number may have", async (t) => {
  const demo = await openTinyDemo(t);
  const { ledger } = demo.sandboxes.billing;
  const [btn] = ledger.all("services").filter((row) => row["number"] !== "");
  assert.ok(btn);
  ledger.put("services", String(btn["service_id"]), { ...btn, activated_date: "soon" });
  const file = join(demo.place.root, "calls.csv");
  writeFileSync(file, `from\n${btn["number"]}\n`);
  const view = await cdr(demo.place, { file, numbers: ["from"] });
  assert.deepEqual([view.matched.calls, view.unmatched_total.calls], [0, 1]);
  assert.equal(view.not_read.length, 1);
  assert.match(view.not_read[0] ?? "", new RegExp(`^service ${btn["service_id"]}: `));
  assert.match(renderCdr(view), /1 service of billing could not be read, and calls of its number are among/);
});

test("R34: a file that is none, or has nothing in it, is said to be so", async (t) => {
  const demo = await openTinyDemo(t);
  const match = (file: string) => cdr(demo.place, { file, numbers: ["from"] });
  const empty = join(demo.place.root, "empty.csv");
  writeFileSync(empty, "");
  await assert.rejects(match(empty), /is empty/);
  await assert.rejects(match(demo.place.root), /is no file/);
  await assert.rejects(match(join(demo.place.root, "none.csv")), /there is no file/);
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
