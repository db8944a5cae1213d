import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { proposeAdoption } from "../../engine/commands/adopt.ts";
import { acceptAdoption } from "../../engine/commands/adopt-accept.ts";
import { adoptionText } from "../../engine/commands/adopt-csv.ts";
import { findIdMap } from "../../engine/commands/idmap.ts";
import { UsageError } from "../../engine/commands/refusal.ts";
import { run } from "../../engine/commands/run.ts";
import { entities } from "../../engine/config/entities.ts";
import type { LedgerName } from "../../engine/config/types.ts";
import type { Company, World, WorldInvoice } from "../../engine/connector/sandbox/world.ts";
import type { CanonicalRecord } from "../../engine/core/json.ts";
import type { Adoption, AdoptionRow } from "../../engine/report/adopt.ts";
import { initState } from "../../engine/state/store.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import type { SystemEntry } from "../support/client-copy.ts";
import type { Demo } from "../support/demo.ts";
import { createOf, sendAll } from "../support/demo-system.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** A client with years in the books before the first day: nothing of that is to be made a second time, or guessed. */

interface Vendor {
  readonly name: string;
  readonly system: SystemEntry;
  /** What a bookkeeper did to a customer or invoice that no connector does. */
  edit(demo: Demo, entity: "customer" | "invoice", id: string, how: Edit): void;
  /** Whether customers can be parts of others there. */
  readonly parts: boolean;
}

type Edit = "inactive" | "paid" | "part";

const VENDORS: readonly Vendor[] = [
  {
    name: "QuickBooks",
    system: SYSTEMS.accounting.quickbooks,
    edit: ({ sandboxes: { accounting } }, entity, id, how) => {
      const collection = entity === "customer" ? "Customer" : "Invoice";
      const row = accounting.ledger.get(collection, id);
      assert.ok(row);
      accounting.ledger.put(collection, id, {
        ...row,
        ...{ inactive: { Active: false }, paid: { Balance: 0 }, part: { ParentRef: { value: "71" } } }[how],
      });
    },
    parts: true,
  },
  {
    name: "Xero",
    system: SYSTEMS.accounting.xero,
    edit: ({ sandboxes: { accounting } }, entity, id, how) => {
      const collection = entity === "customer" ? "Contacts" : "Invoices";
      const row = accounting.ledger.get(collection, id);
      assert.ok(row);
      const change = how === "inactive" ? { ContactStatus: "ARCHIVED" } : { Status: "PAID", AmountDue: 0 };
      accounting.ledger.put(collection, id, { ...row, ...change });
    },
    parts: false,
  },
];

for (const vendor of VENDORS) {
  test(`R17, R26: adopt finds who is who in full ${vendor.name} books, guesses nobody and writes nothing (P1)`, async (t) => {
    const demo = await openBooks(t, vendor);
    const proposal = await quietly(demo, () => proposeAdoption(demo.place, "customers"));
    assert.deepEqual(verdicts(proposal, "psa", "accounting"), [
      ["Acme Widgets LLC", "Acme Widgets", "ambiguous"],
      ["Acme Widgets", "Acme Widgets", "ambiguous"],
      ["Bay Clinic", "Bay Clinic Inc", "ambiguous"],
      ["Bay Clinic", "Bay Clinic", "ambiguous"],
      ["Harbor Dental LLC", "Harbor Dental LLC", "likely"],
      ["Orchard & Sons, Inc.", "Orchard and Sons", "likely"],
      ["Pine Hardware", "Pine Hardware", "possible"],
      ["Quarry Works", "Quarry Wirks", "possible"],
      // The same name, but a part of another customer there.
      ["Reef Bar", "Reef Bar", vendor.parts ? "possible" : "likely"],
    ]);
    const rows: CsvRow[] = parse(adoptionText(proposal), { columns: true });
    assert.deepEqual(
      new Set(rows.map((row) => row["accept"])),
      new Set([""]),
      "nothing is accepted before a person has said so",
    );
    const pine = rowsOf(proposal).find((row) => row.right_name === "Pine Hardware");
    assert.ok(pine?.reasons.includes("inactive in accounting"), JSON.stringify(pine?.reasons));

    // Both of the two that look alike: a file that contradicts itself is refused whole.
    const all = withYes(proposal, (row) => row.verdict !== "unmatched" && row.right_system === "accounting");
    await assert.rejects(acceptAdoption(demo.place, "customers", all), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /nothing was linked/);
      assert.match(error.message, /line \d+: one customer would have several ids in accounting/);
      assert.match(error.message, /line \d+: one customer would have several ids in psa/);
      return true;
    });
    assert.equal(await demo.state(async (state) => state.count("link")), 0);

    const likely = withYes(proposal, (row) => row.verdict === "likely");
    const accepted = await quietly(demo, () => acceptAdoption(demo.place, "customers", likely));
    assert.deepEqual(accepted, { linked: vendor.parts ? 3 : 4, unchanged: 0 });
    const orchard = await demo.state(async (state) => findIdMap(state, "1002"));
    assert.equal(orchard.filter(({ entity }) => entity === "customer").length, 1);
    assert.equal(orchard[0]?.ids["accounting"]?.length, 1);
    // As a spreadsheet saves it where decimals have commas.
    const semicolons = stringify(parse(likely), { bom: true, delimiter: ";", record_delimiter: "windows" });
    assert.deepEqual(await acceptAdoption(demo.place, "customers", semicolons), {
      linked: 0,
      unchanged: accepted.linked,
    });
  });

  test(`R16, R17: adopt links old ${vendor.name} invoices by number, amount and date, and go_live fences them`, async (t) => {
    const demo = await openBooks(t, vendor);
    const customers = await proposeAdoption(demo.place, "customers");
    await acceptAdoption(
      demo.place,
      "customers",
      withYes(customers, (row) => row.verdict === "likely"),
    );
    const proposal = await quietly(demo, () => proposeAdoption(demo.place, "invoices"));
    assert.deepEqual(verdicts(proposal, "billing", "accounting"), [
      ["INV-900 2026-06-01 552.86 USD", "INV-900 2026-06-01 552.86 USD", "likely"],
      ["INV-901 2026-06-02 552.86 USD", "INV-901 2026-06-02 500.00 USD", "possible"],
      ["INV-902 2026-06-03 552.86 USD", "Q-1 2026-06-03 552.86 USD", "ambiguous"],
      ["INV-902 2026-06-03 552.86 USD", "Q-2 2026-06-03 552.86 USD", "ambiguous"],
    ]);
    const likely = withYes(proposal, (row) => row.verdict === "likely");
    assert.deepEqual(await quietly(demo, () => acceptAdoption(demo.place, "invoices", likely)), {
      linked: 1,
      unchanged: 0,
    });
    const before = demo.books("accounting").invoices;
    await demo.settle();
    assert.deepEqual(
      demo.books("accounting").invoices,
      before,
      "what is older than go_live is never written",
    );
    const names = demo.books("accounting").customers.map(({ name }) => name);
    assert.equal(
      names.filter((name) => /orchard/i.test(name)).length,
      1,
      "the adopted customer is not made again",
    );
  });
}

test("R17, R20, R26: books that agree already are adopted whole, payments too, and nothing is made a second time", async (t) => {
  const demo = await openTinyDemo(t);
  await demo.settle();
  const before = { billing: demo.books("billing"), accounting: demo.books("accounting") };
  const place = { ...demo.place, state: join(demo.place.root, "first-day") };
  await initState({ folder: place.state });
  const linked: number[] = [];
  for (const what of ["customers", "invoices", "payments"] as const) {
    const proposal = await quietly(demo, () => proposeAdoption(place, what));
    const found = rowsOf(proposal).filter(({ verdict }) => verdict !== "unmatched");
    assert.deepEqual(new Set(found.map(({ verdict }) => verdict)), new Set(["likely"]), what);
    const yes = withYes(proposal, ({ verdict }) => verdict === "likely");
    linked.push((await quietly(demo, () => acceptAdoption(place, what, yes))).linked);
  }
  // Two customers in three systems, two invoices and two payments in two.
  assert.deepEqual(linked, [4, 2, 2]);
  const report = await run(place);
  const made = report.pipelines.filter(({ created }) => created > 0).map(({ pipeline }) => pipeline);
  assert.deepEqual(made, []);
  assert.deepEqual({ billing: demo.books("billing"), accounting: demo.books("accounting") }, before);
});

test("R26: adopt --accept takes a whole file or none of it, and names every line that does not fit (P1)", async (t) => {
  const demo = await openTinyDemo(t);
  const proposal = await proposeAdoption(demo.place, "customers");
  const rows: CsvRow[] = parse(adoptionText(proposal), { columns: true });
  const [good, ...others] = rows;
  assert.ok(good !== undefined && others.length > 1);
  const bad = [
    { ...good, accept: "yes" },
    { ...good, left_id: "4711", accept: "yes" },
    { ...good, right_id: "", accept: "Yes" },
    { ...good, accept: "perhaps" },
  ];
  const shape = /line 4: a system or id is missing.*\n.*line 5: accept is "perhaps"/;
  await refused(demo, bad, shape);
  await refused(demo, bad.slice(0, 2), /line 3: psa has no customer 4711/);
  const foreign = { ...good, left_system: "crm", accept: "yes" };
  await refused(
    demo,
    [foreign, { ...good, left_id: "4711", accept: "yes" }],
    /line 2: unknown system "crm"; there are psa, billing, accounting\n +line 3: psa has no customer 4711/,
  );
  await refused(demo, [{ ...good, entity: "invoice", accept: "yes" }], /line 2: it is about "invoice"/);
  await refused(demo, [good], /no line says yes/);
  await assert.rejects(acceptAdoption(demo.place, "customers", "a,b\n1,2\n"), /the first line must be/);
  await assert.rejects(acceptAdoption(demo.place, "customers", "e\u0000n\u0000"), /UTF-16/);
  assert.equal(await demo.state(async (state) => state.count("link")), 0);
});

type CsvRow = { readonly [column: string]: string };

async function refused(demo: Demo, rows: readonly CsvRow[], message: RegExp): Promise<void> {
  await assert.rejects(
    acceptAdoption(demo.place, "customers", stringify([...rows], { header: true })),
    (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    },
  );
}

/** Carries it out, and proves that no system was asked to write anything. */
async function quietly<T>(demo: Demo, work: () => Promise<T>): Promise<T> {
  const roles: readonly LedgerName[] = ["psa", "billing", "accounting"];
  for (const role of roles) demo.writes(role);
  const result = await work();
  assert.deepEqual(
    roles.map((role) => demo.writes(role)),
    [0, 0, 0],
  );
  return result;
}

function rowsOf({ pairs }: Adoption): readonly AdoptionRow[] {
  return pairs.flatMap(({ rows }) => rows);
}

function verdicts(proposal: Adoption, left: string, right: string): readonly (readonly string[])[] {
  return rowsOf(proposal)
    .filter((row) => row.left_system === left && row.right_system === right && row.verdict !== "unmatched")
    .map(({ left_name, right_name, verdict }) => [left_name, right_name, verdict])
    .sort((a, b) => (a.join() < b.join() ? -1 : 1));
}

/** The file as a person gives it back, yes where `says` it. */
function withYes(proposal: Adoption, says: (row: AdoptionRow) => boolean): string {
  const chosen = rowsOf(proposal).filter(says);
  const rows: CsvRow[] = parse(adoptionText(proposal), { columns: true });
  const isChosen = (row: CsvRow): boolean =>
    chosen.some(
      ({ left_system, left_id, right_system, right_id }) =>
        row["left_system"] === left_system &&
        row["left_id"] === left_id &&
        row["right_system"] === right_system &&
        row["right_id"] === right_id,
    );
  return stringify(
    rows.map((row) => ({ ...row, accept: isChosen(row) ? "yes" : "" })),
    { header: true },
  );
}

/** Three systems of which accounting has had its own life: near misses, twins, a customer who left, old invoices. */
async function openBooks(t: TestContext, vendor: Vendor): Promise<Demo> {
  const [harbor, orchard, quarry] = tinyWorld.companies;
  assert.ok(harbor && orchard && quarry);
  const another = (number: string, name: string, psa: string, postal_code: string): Company => ({
    ...quarry,
    number,
    name,
    ids: { psa },
    phone: `+1813555${psa}`,
    billing_email: `ap@${name.split(" ")[0]?.toLowerCase() ?? ""}.example`,
    address: { ...quarry.address, postal_code },
    contracts: [],
  });
  const companies = [
    harbor,
    orchard,
    quarry,
    another("CUST-1004", "Acme Widgets", "1004", "33601"),
    // The same firm again, as a supplier.
    { ...another("CUST-1005", "Acme Widgets LLC", "1005", "33601"), types: ["Vendor"] },
    another("CUST-1006", "Bay Clinic", "1006", "33604"),
    another("CUST-1007", "Pine Hardware", "1007", "33609"),
    another("CUST-1008", "Reef Bar", "1008", "33611"),
  ];
  const [template] = tinyWorld.invoices;
  assert.ok(template);
  const invoices = ["900", "901", "902"].map((number, index): WorldInvoice => {
    const day = `2026-06-0${index + 1}`;
    return {
      ...template,
      id: `8${number}`,
      number: `INV-${number}`,
      invoice_date: day,
      due_date: "2026-07-01",
    };
  });
  const world: World = { ...tinyWorld, companies, invoices, receipts: [], strangers: [] };
  const demo = await openTinyDemo(t, world, { systems: { accounting: vendor.system } });
  demo.sandboxes.billing.tend();
  const connection = demo.connect("accounting");
  const create = async (entity: string, partial: CanonicalRecord): Promise<string> => {
    const complete = entities().get(entity)?.complete(partial);
    assert.ok(complete);
    const name = JSON.stringify(partial);
    const [outcome] = await sendAll(connection, [createOf(connection, entity, name, complete)]);
    assert.ok(outcome?.kind === "done", JSON.stringify(outcome));
    return outcome.id;
  };
  const customer = (
    name: string,
    billing_emails: readonly string[],
    postal_code: string,
  ): Promise<string> => {
    const address = { lines: ["1 Any St"], city: "Tampa", region: "FL", postal_code, country: "US" };
    return create("customer", {
      name,
      status: "active",
      currency: "USD",
      billing_emails,
      billing_address: address,
    });
  };
  await customer("Orchard and Sons", ["accounts@orchard.example"], "31201");
  await customer("Acme Widgets", [], "33601");
  await customer("Bay Clinic", [], "33604");
  await customer("Bay Clinic Inc", [], "33604");
  await customer("Quarry Wirks", [], "33610");
  vendor.edit(demo, "customer", await customer("Pine Hardware", [], "33609"), "inactive");
  const reef = await customer("Reef Bar", [], "33611");
  if (vendor.parts) vendor.edit(demo, "customer", reef, "part");
  const owner = demo.books("accounting").customers.find(({ name }) => name === "Harbor Dental LLC");
  const invoice = (number: string, invoice_date: string, total: number): Promise<string> =>
    create("invoice", {
      number,
      status: "issued",
      payment_status: "unpaid",
      customer_id: owner?.id ?? "",
      invoice_date,
      due_date: "2026-07-01",
      currency: "USD",
      lines: [
        {
          line_number: 1,
          description: "Services",
          quantity: "1",
          unit_amount_decimal: null,
          amount: total,
          gl_code: "4000",
        },
      ],
      taxes: [],
      subtotal: total,
      tax_total: 0,
      total,
      balance: total,
    });
  vendor.edit(demo, "invoice", await invoice("INV-900", "2026-06-01", 55286), "paid");
  await invoice("INV-901", "2026-06-02", 50000);
  await invoice("Q-1", "2026-06-03", 55286);
  await invoice("Q-2", "2026-06-03", 55286);
  return demo;
}
