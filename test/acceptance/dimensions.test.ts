import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import { atPath, type Json } from "../../engine/core/json.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { rowsOf, textOf } from "../support/books.ts";
import { openCreditDemo } from "../support/credit-demo.ts";
import type { Demo } from "../support/demo.ts";
import { changeBill } from "../support/edits.ts";
import { closeBooks } from "../support/ledger-demo.ts";
import { GL_CODES } from "../support/tiny-demo.ts";
import { openWith } from "./ledgers.ts";

/** Class, department and branch: columns of the GL code map, on the lines of every ledger that has a place for them. */

type Vendor = keyof typeof SYSTEMS.accounting;

interface Split {
  /** What client.yaml says of them. */
  readonly dimensions: Json;
  /** People set up classes Voice and Usage, and Old, which is out of use. */
  readonly setUp: (demo: Demo) => void;
  /** Where its invoices are kept. */
  readonly place: {
    readonly collection: string;
    readonly id: string;
    readonly number: string;
    readonly lines: string;
  };
  /** The class of a line; "" for none. */
  readonly classOf: (line: Row) => string;
  /** The line as a clerk leaves it that gives it the class Usage. */
  readonly classed: (line: Row) => Row;
}

const quickbooks: Split = {
  dimensions: ["class", "department"],
  setUp: ({ sandboxes: { accounting } }) => {
    for (const [list, Id, Name, Active] of [
      ["Class", "501", "Voice", true],
      ["Class", "502", "Usage", true],
      ["Class", "503", "Old", false],
      ["Department", "601", "Tampa", true],
      ["Department", "602", "Macon", true],
    ] as const) {
      accounting.ledger.put(list, Id, { Id, Name, FullyQualifiedName: Name, Active, SyncToken: "0" });
    }
  },
  place: { collection: "Invoice", id: "Id", number: "DocNumber", lines: "Line" },
  classOf: (line) => textOf(atPath(line, "SalesItemLineDetail.ClassRef.name")),
  classed: (line) => ({
    ...line,
    SalesItemLineDetail: {
      ...(line["SalesItemLineDetail"] as Row),
      ClassRef: { value: "502", name: "Usage" },
    },
  }),
};

const xero: Split = {
  dimensions: { class: "Line of business", department: "Region" },
  setUp: ({ sandboxes: { accounting } }) => {
    const option = (Name: string, Status = "ACTIVE") => ({ TrackingOptionID: Name, Name, Status });
    for (const [Name, Options] of [
      ["Line of business", [option("Voice"), option("Usage"), option("Old", "ARCHIVED")]],
      ["Region", [option("Tampa"), option("Macon")]],
    ] as const) {
      const category = { TrackingCategoryID: Name, Name, Status: "ACTIVE", Options };
      accounting.ledger.put("TrackingCategories", Name, category);
    }
  },
  place: { collection: "Invoices", id: "InvoiceID", number: "InvoiceNumber", lines: "LineItems" },
  classOf: ({ Tracking }) =>
    textOf(rowsOf(Tracking).find(({ Name }) => Name === "Line of business")?.["Option"]),
  classed: (line) => ({ ...line, Tracking: [{ Name: "Line of business", Option: "Usage" }] }),
};

const analysis = (name: string, type = "Line of business"): Row => ({
  id: `${type} ${name}`,
  displayed_as: name,
  name,
  analysis_type: { id: type, displayed_as: type },
});

// Its categories are removed, not put away: one that is no more cannot be told from one that never was.
const sageAccounting: Split = {
  dimensions: { class: "Line of business", department: "Region" },
  setUp: ({ sandboxes: { accounting } }) => {
    for (const row of [analysis("Voice"), analysis("Usage"), analysis("Voise", "Region")]) {
      accounting.ledger.put("analysis_type_categories", String(row["id"]), row);
    }
  },
  place: { collection: "sales_invoices", id: "id", number: "reference", lines: "invoice_lines" },
  classOf: ({ analysis_type_categories: categories }) =>
    textOf(
      rowsOf(categories).find((row) => atPath(row, "analysis_type.id") === "Line of business")?.[
        "displayed_as"
      ],
    ),
  classed: (line) => ({ ...line, analysis_type_categories: [analysis("Usage")] }),
};

const sageIntacct: Split = {
  dimensions: ["class", "branch"],
  setUp: ({ sandboxes: { accounting } }) => {
    for (const [id, status] of [
      ["Voice", "active"],
      ["Usage", "active"],
      ["Old", "inactive"],
    ] as const) {
      accounting.ledger.put("company-config/class", id, { key: id, id, name: id, status });
    }
  },
  place: { collection: "accounts-receivable/invoice", id: "key", number: "invoiceNumber", lines: "lines" },
  classOf: (line) => textOf(atPath(line, "dimensions.class.id")),
  classed: (line) => ({ ...line, dimensions: { ...(line["dimensions"] as Row), class: { id: "Usage" } } }),
};

const SPLITS: { readonly [vendor in Vendor]: Split } = {
  quickbooks,
  xero,
  "sage-accounting": sageAccounting,
  "sage-intacct": sageIntacct,
};

/** Document number → class of each of its lines, taxes last; "" for none. */
function classes(
  { sandboxes: { accounting } }: Demo,
  { place, classOf }: Split,
): { readonly [number: string]: readonly string[] } {
  return Object.fromEntries(
    accounting.ledger.all(place.collection).map((row) => [
      textOf(row[place.number]),
      rowsOf(row[place.lines])
        .filter(({ DetailType }) => DetailType === undefined || DetailType === "SalesItemLineDetail")
        .map(classOf),
    ]),
  );
}

/** A clerk gives every line of an invoice another class. */
function reclass({ sandboxes: { accounting } }: Demo, { place, classed }: Split, number: string): void {
  const { ledger } = accounting;
  const row = ledger.all(place.collection).find((one) => one[place.number] === number) ?? {};
  const lines = rowsOf(row[place.lines]).map(classed);
  ledger.put(place.collection, textOf(row[place.id]), { ...row, [place.lines]: lines });
}

/** The tiny world's code map with columns for two of its codes. */
function codes(mrc: string, ld: string): string {
  return GL_CODES.replace('"MRC",', `"MRC", ${mrc},`).replace('"LD",', `"LD", ${ld},`);
}

async function openSplit(
  t: TestContext,
  vendor: Vendor,
  split: Split,
  map: string,
  own: { readonly [file: string]: string } = {},
): Promise<Demo> {
  const { settings, ...system } = SYSTEMS.accounting[vendor];
  const accounting = { ...system, settings: { ...settings, dimensions: split.dimensions } };
  const demo = await openWith(t, vendor, {
    files: { "gl-codes.yaml": map, ...own },
    systems: { accounting },
  });
  split.setUp(demo);
  return demo;
}

/** Messages of what is held of the invoices, once each. */
async function held(demo: Demo): Promise<readonly string[]> {
  const issues = await demo.issues();
  return issues.filter(({ pipeline }) => pipeline === "invoices").map(({ message }) => message);
}

for (const [vendor, split] of Object.entries(SPLITS) as [Vendor, Split][]) {
  test(`R57, R63: the class of a GL code stands on the lines of ${vendor}, and nothing is written twice`, async (t) => {
    const demo = await openSplit(t, vendor, split, codes("class: Voice", "class: Usage"));
    await demo.run();
    assert.deepEqual(await held(demo), []);
    assert.deepEqual(classes(demo, split), {
      "INV-1042": ["Voice", "Voice", "", ""],
      "INV-1043": ["Voice", "Usage", ""],
    });
    demo.writes("accounting");
    await demo.run();
    assert.equal(demo.writes("accounting"), 0);
  });

  test(`R7, R63: a class that ${vendor} lacks, or has put away, holds the invoice until it is there`, async (t) => {
    const demo = await openSplit(t, vendor, split, codes("class: Voise", "class: Old"));
    await demo.run();
    const messages = await held(demo);
    assert.equal(messages.length, 2);
    assert.match(messages[0] ?? "", /Voise/);
    assert.match(messages[1] ?? "", /Voise|Old/);
    assert.deepEqual(classes(demo, split), {});
    demo.edit("gl-codes.yaml", (text) => text.replace("class: Voise", "class: Voice"));
    await demo.run();
    assert.match((await held(demo)).join(), /^[^,]*INV-1043[^,]*cannot be written[^,]*\bOld\b[^,]*$/);
    demo.edit("gl-codes.yaml", (text) => text.replace("class: Old", "class: Usage"));
    await demo.run();
    assert.deepEqual(await held(demo), []);
    assert.deepEqual(classes(demo, split)["INV-1043"], ["Voice", "Usage", ""]);
  });

  test(`R4: a class that a clerk changes in ${vendor} is reported, with what was sent`, async (t) => {
    const demo = await openSplit(t, vendor, split, codes("class: Voice", "class: Voice"));
    await demo.run();
    demo.clock.advance(86_400_000);
    reclass(demo, split, "INV-1042");
    // The day of the weekly full compare.
    demo.clock.advance(7 * 86_400_000);
    await demo.run();
    const [message = "", ...more] = await held(demo);
    assert.deepEqual(more, []);
    assert.match(message, /INV-1042 .* differs: lines 1: class is Usage there, Voice was sent/);
  });
}

for (const vendor of ["quickbooks", "xero"] as const) {
  test(`R16, R63: an adjustment in ${vendor} is of the class of what changed, though another has its GL code, too`, async (t) => {
    const split = SPLITS[vendor];
    const map = codes("class: Voice", "class: Usage").replace('gl_code: "4010"', 'gl_code: "4000"');
    const demo = await openSplit(t, vendor, split, map.replace("4010 Long distance", "4000 Voice"), {
      "invoices.yaml": `pipeline: invoices
extends: ../base/invoices-to-accounting.yaml
after: [customers-accounting, customers-billing-accounting]
period_closed: adjust
`,
    });
    await demo.run();
    closeBooks(demo, "2026-08-31");
    const { ledger } = demo.sandboxes.billing;
    const [, usage = {}] = ledger.all("charges").filter((row) => row["bill_id"] === 9002);
    const bill = ledger.get("bills", "9002") ?? {};
    const more = (value: Json | undefined): number => Math.round(Number(value) * 100 + 100) / 100;
    ledger.put("charges", String(usage["charge_id"]), {
      ...usage,
      quantity: 1,
      amount: more(usage["amount"]),
    });
    changeBill(demo, "9002", { total: more(bill["total"]), amount_due: more(bill["amount_due"]) });
    await demo.run();
    assert.deepEqual(classes(demo, split)["INV-1043-A1"], ["Usage"]);
    demo.edit("gl-codes.yaml", (text) => text.replace("class: Usage", "class: Voice"));
    await demo.run();
    assert.deepEqual([classes(demo, split)["INV-1043-A2"], await held(demo)], [["Voice", "Usage"], []]);
    demo.writes("accounting");
    await demo.run();
    assert.equal(demo.writes("accounting"), 0);
  });
}

for (const [vendor, place] of [
  ["quickbooks", { collection: "CreditMemo" }],
  ["xero", { collection: "CreditNotes", number: "CreditNoteNumber" }],
] as const) {
  test(`R57, R63: credit notes of ${vendor} carry the class that their charges have`, async (t) => {
    const split = SPLITS[vendor];
    const demo = await openCreditDemo(t, vendor, { settings: { dimensions: split.dimensions } });
    demo.edit("gl-codes.yaml", () => codes("class: Voice", "class: Usage"));
    split.setUp(demo);
    await demo.settle();
    const found = classes(demo, { ...split, place: { ...split.place, ...place } });
    assert.deepEqual(found, { "CN-12": ["Voice", ""] });
  });
}

const departments = (demo: Demo): readonly string[] =>
  demo.sandboxes.accounting.ledger
    .all("Invoice")
    .map((row) => `${textOf(row["DocNumber"])} ${textOf(atPath(row, "DepartmentRef.name"))}`)
    .sort();

test("R57, R63: quickbooks keeps one department for a document: lines of two are held, and of one go", async (t) => {
  const demo = await openSplit(t, "quickbooks", quickbooks, codes("department: Tampa", "department: Macon"));
  await demo.run();
  assert.deepEqual(departments(demo), ["INV-1042 Tampa"]);
  assert.match(
    (await held(demo)).join(),
    /INV-1043.*departments Tampa, Macon.*takes one for a whole document/,
  );
  demo.edit("gl-codes.yaml", (text) => text.replace("department: Macon", "department: Tampa"));
  await demo.run();
  assert.deepEqual([departments(demo), await held(demo)], [["INV-1042 Tampa", "INV-1043 Tampa"], []]);
  demo.writes("accounting");
  await demo.run();
  assert.equal(demo.writes("accounting"), 0);
});

test("R63: a column that the ledger has no place for, or that nobody says how it is split by, holds the invoice", async (t) => {
  const demo = await openSplit(t, "quickbooks", quickbooks, codes("branch: Tampa", "branch: Tampa"));
  await demo.run();
  assert.match((await held(demo)).join(), /has the branch Tampa, and QuickBooks splits/);
  demo.edit("gl-codes.yaml", (text) => text.replaceAll("branch: Tampa", "class: Voice"));
  demo.edit("client.yaml", (text) => text.replace(/dimensions:(\s+- \w+)+/, "dimensions: []"));
  await demo.run();
  assert.match(
    (await held(demo)).join(),
    /has the class Voice, and settings\.dimensions does not name class/,
  );
  assert.deepEqual(classes(demo, quickbooks), {});
});

test("R16: a ledger that tracks no classes and drops them without a word is found out", async (t) => {
  const demo = await openSplit(t, "quickbooks", quickbooks, codes("class: Voice", "class: Voice"));
  const { ledger } = demo.sandboxes.accounting;
  ledger.put("Preferences", "1", { ...ledger.get("Preferences", "1"), AccountingInfoPrefs: {} });
  await demo.run();
  assert.match((await held(demo)).join(), /INV-1042 .*lines 1: class is null there, Voice was sent/);
});
