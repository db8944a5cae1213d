import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { codes } from "../../engine/commands/codes.ts";
import { doctor } from "../../engine/commands/doctor.ts";
import { renderCodes } from "../../engine/report/codes.ts";
import type { Demo } from "../support/demo.ts";
import { GL_CODES } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";
import { LEDGERS, type Ledger, openWith } from "./ledgers.ts";

/** The GL code map beside what billing charges, and beside the ledger's own chart of accounts. */

const FILE = "mappings/demo/gl-codes.yaml";

function openWithCodes(
  t: TestContext,
  ledger: Ledger | "sage-accounting" | "sage-intacct",
  map: string,
): Promise<Demo> {
  return openWith(t, ledger, { world: { ...tinyWorld, receipts: [] }, files: { "gl-codes.yaml": map } });
}

/** A person puts an account of the ledger away, or makes it one of revenue. */
function changeAccount(demo: Demo, ledger: Ledger, code: string, how: "inactive" | "revenue"): void {
  const { ledger: books } = demo.sandboxes.accounting;
  const [list, number, id] =
    ledger === "quickbooks"
      ? (["Account", "AcctNum", "Id"] as const)
      : (["Accounts", "Code", "AccountID"] as const);
  const row = books.all(list).find((one) => one[number] === code) ?? {};
  const inactive = ledger === "quickbooks" ? { Active: false } : { Status: "ARCHIVED" };
  const revenue = { Classification: "Revenue", AccountType: "Income", Class: "REVENUE", Type: "REVENUE" };
  books.put(list, String(row[id]), { ...row, ...(how === "inactive" ? inactive : revenue) });
}

const findings = async (demo: Demo): Promise<readonly string[]> =>
  (await doctor(demo.place, { node: "22.1.0" })).findings
    .filter(({ level, about }) => level === "error" && about.startsWith(FILE))
    .map(({ about, text }) => `${about} ${text}`);

for (const ledger of LEDGERS) {
  test(`R7, R63: doctor names each row by which ${ledger} would not post, with its line`, async (t) => {
    const demo = await openWithCodes(t, ledger, GL_CODES);
    assert.deepEqual(await findings(demo), []);
    changeAccount(demo, ledger, "4010", "inactive");
    changeAccount(demo, ledger, "2210", "revenue");
    demo.edit("gl-codes.yaml", (text) => text.replace('gl_code: "2200"', 'gl_code: "2299"'));
    demo.writes("accounting");
    assert.deepEqual(await findings(demo), [
      `${FILE}:4 LD posts to 4010, which is inactive in accounting`,
      `${FILE}:5 STATE-TAX posts to 2299, and accounting has no such account`,
      `${FILE}:6 FUSF is called liability, and account 2210 of accounting is one of revenue`,
    ]);
    assert.equal(demo.writes("accounting"), 0);
  });
}

for (const ledger of ["sage-accounting", "sage-intacct"] as const) {
  test(`R7, R63: doctor names a row whose account ${ledger} lacks`, async (t) => {
    const demo = await openWithCodes(t, ledger, GL_CODES);
    assert.deepEqual(await findings(demo), []);
    demo.edit("gl-codes.yaml", (text) => text.replace('gl_code: "4010"', 'gl_code: "4019"'));
    assert.deepEqual(await findings(demo), [
      `${FILE}:4 LD posts to 4019, and accounting has no such account`,
    ]);
  });
}

test("R7, R63: doctor names a row whose item is missing, or books to another account", async (t) => {
  const items = GL_CODES.replace('"4010 Long distance"', '"4010 Lang distance"').replace(
    '"2210 USF"',
    '"2200 Sales tax"',
  );
  const demo = await openWithCodes(t, "quickbooks", items);
  const found = await findings(demo);
  assert.equal(found.length, 2);
  assert.match(found[0] ?? "", /^mappings\/demo\/gl-codes.yaml:4 LD: no item named 4010 Lang distance/);
  assert.match(
    found[1] ?? "",
    /^mappings\/demo\/gl-codes.yaml:6 FUSF: item 2200 Sales tax books to account 2200, not to 2210/,
  );
});

test("R63: codes lists rows in use without the class that other rows of their kind have", async (t) => {
  const map = GL_CODES.replace('distance", kind: revenue', 'distance", kind: revenue, class: Voice').concat(
    '  - { code: "INSTALL", gl_code: "4010", item: "4010 Long distance", kind: revenue }\n',
  );
  const demo = await openWithCodes(t, "quickbooks", map);
  const view = await codes(demo.place);
  assert.deepEqual(
    view.maps[0]?.rows.map(({ code, lacks }) => [code, lacks]),
    [
      ["MRC", ["class"]],
      ["LD", []],
      ["STATE-TAX", []],
      ["FUSF", []],
      ["INSTALL", ["class"]],
    ],
  );
  assert.match(renderCodes(view), /have:\n {2}mappings\/demo\/gl-codes\.yaml:3 MRC: class\n\nIn use:/);
});

test("R63: codes lists what is billed without a row, with count and amount, and rows that nothing uses", async (t) => {
  const map = GL_CODES.replace(/.*"LD".*\n/, "").concat(
    '  - { code: "INSTALL", gl_code: "4010", item: "4010 Long distance", kind: revenue }\n',
  );
  const demo = await openWithCodes(t, "quickbooks", map);
  await demo.run();
  const view = await codes(demo.place);
  const [gl] = view.maps;
  assert.deepEqual(gl?.unmapped, [{ code: "LD", count: 1, amounts: { USD: 46 }, example: "INV-1043" }]);
  assert.deepEqual(
    gl?.rows.map(({ code, line, count, amounts }) => [code, line, count, amounts["USD"] ?? 0]),
    [
      ["MRC", 3, 3, 60375],
      ["STATE-TAX", 4, 1, 3491],
      ["FUSF", 5, 2, 630],
      ["INSTALL", 6, 0, 0],
    ],
  );
  assert.deepEqual([view.documents, view.notes, gl?.wrong], [2, [], []]);
  const text = renderCodes(view);
  assert.match(text, /Without a row.*:\n.*\n +LD +1 +0\.46 USD +INV-1043\n/);
  assert.match(text, /Never used:\n +mappings\/demo\/gl-codes\.yaml:6 INSTALL → 4010\n/);
  demo.edit("gl-codes.yaml", (before) => before.replaceAll("INSTALL", "LD"));
  const after = (await codes(demo.place)).maps[0];
  assert.deepEqual([after?.unmapped, after?.rows.filter(({ count }) => count === 0)], [[], []]);
});
