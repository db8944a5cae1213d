import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readiness } from "../../engine/commands/readiness.ts";
import { packageRoot } from "../../engine/config/root.ts";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import type { Company, World, WorldService } from "../../engine/connector/sandbox/world.ts";
import type { AccountReadiness, ReadinessView } from "../../engine/report/readiness.ts";
import { LEDGERS, type Ledger, openWith } from "../acceptance/ledgers.ts";
import type { JsonObject } from "../support/client-copy.ts";
import type { Demo } from "../support/demo.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** Shells and readiness, by the sandboxes' own books. Harbor Dental (CB-5001) has one invoice of two services. */

const HARBOR = "5001";
const common = { site: "3001", activation_date: "2026-01-01" };
const circuit: WorldService = {
  ...common,
  kind: "circuit",
  number: null,
  circuit_id: "FL/SIPT/1",
  carrier: "Gulf Carrier",
  rate_plan: "SIP-ACCESS",
};
const btn: WorldService = {
  ...common,
  kind: "btn",
  number: "+18135550140",
  circuit_id: null,
  carrier: null,
  rate_plan: "VOICE",
};

interface Options {
  readonly ledger?: Ledger;
  readonly services?: readonly WorldService[];
  readonly readiness?: JsonObject;
  readonly company?: Partial<Company>;
  readonly start?: number;
}

function open(
  t: TestContext,
  {
    ledger = "quickbooks",
    services = [circuit, btn],
    readiness = {},
    company = {},
    start = Date.now(),
  }: Options = {},
): Promise<Demo> {
  const [harbor, ...others] = tinyWorld.companies;
  assert.ok(harbor);
  const world: World = { ...tinyWorld, companies: [{ ...harbor, services, ...company }, ...others] };
  return openWith(t, ledger, { world, changes: { readiness }, start });
}

async function harborOf(demo: Demo): Promise<AccountReadiness> {
  const { accounts } = await readiness(demo.place, { account: "CB-5001" });
  const [account] = accounts;
  assert.ok(account);
  return account;
}

/** Tasks that invoices wait for. */
function blocking({ open_tasks }: AccountReadiness): readonly string[] {
  return open_tasks.filter(({ blocks }) => blocks).map(({ code }) => code);
}

async function rowsOf(demo: Demo, collection: string): Promise<readonly Row[]> {
  return demo.sandboxes.billing.ledger.all(collection).filter((row) => String(row["customer_id"]) === HARBOR);
}

function change(demo: Demo, collection: string, id: string, row: Row): void {
  const { ledger } = demo.sandboxes.billing;
  ledger.put(collection, id, { ...ledger.get(collection, id), ...row });
}

test("R32, R33, R34, R35, R36: an account with all of it is ready to bill, and live with its first invoice", async (t) => {
  const demo = await open(t);
  assert.deepEqual(blocking(await harborOf(demo)), []);
  assert.equal((await harborOf(demo)).status, "live");
  for (const bill of await rowsOf(demo, "bills"))
    demo.sandboxes.billing.ledger.remove("bills", String(bill["bill_id"]));
  await demo.state((state) => state.commit([{ del: "account", row: { account: HARBOR } }]));
  assert.equal((await harborOf(demo)).status, "bill_ready");
});

for (const { id, name, services, gap, table } of [
  { id: "R33", name: "a circuit", services: [btn], gap: "circuit_missing" },
  { id: "R33", name: "the BTN of a circuit", services: [circuit], gap: "btn_missing" },
  {
    id: "R34",
    name: "a number that calls could be matched by",
    services: [circuit, { ...btn, number: null }],
    gap: "number_unmatchable",
  },
  {
    id: "R35",
    name: "a rate plan",
    services: [circuit, { ...btn, rate_plan: null }],
    gap: "rate_plan_missing",
  },
  {
    id: "R36",
    name: "a tax jurisdiction",
    services: [circuit, btn],
    gap: "tax_jurisdiction_missing",
    table: null,
  },
] satisfies readonly {
  id: string;
  name: string;
  services: readonly WorldService[];
  gap: string;
  table?: null;
}[]) {
  test(`${id}, R46: an account that lacks ${name} has exactly that gap, and its invoice waits for it`, async (t) => {
    const said = table === undefined ? {} : { tax_jurisdictions: table };
    const demo = await open(t, { services, readiness: said });
    const account = await harborOf(demo);
    assert.deepEqual(blocking(account), [gap]);
    assert.equal(account.status, "provisioning");
    await demo.run();
    assert.equal(
      demo.books("accounting").invoices.some(({ number }) => number === "INV-1042"),
      false,
    );
    const held = (await demo.issues()).filter(({ reason }) => reason === "account_not_ready");
    assert.ok(held.some(({ message }) => message.includes("CB-5001") && message.includes(gap)));
  });
}

test("R32: an account without a location has exactly that gap, and one service less at a location is named", async (t) => {
  const demo = await open(t);
  const { ledger } = demo.sandboxes.billing;
  const [address] = await rowsOf(demo, "addresses");
  for (const service of await rowsOf(demo, "services"))
    change(demo, "services", String(service["service_id"]), { address_id: 0 });
  assert.deepEqual(blocking(await harborOf(demo)), ["location_missing", "location_missing"]);
  ledger.remove("addresses", String(address?.["address_id"]));
  for (const service of await rowsOf(demo, "services"))
    ledger.remove("services", String(service["service_id"]));
  assert.deepEqual(blocking(await harborOf(demo)), ["location_missing"]);
});

test("R34: a number that two accounts have is a gap of both", async (t) => {
  const demo = await open(t);
  await demo.run({ pipelines: ["customers"] });
  const { ledger } = demo.sandboxes.billing;
  const other = ledger
    .all("services")
    .find((row) => String(row["customer_id"]) !== HARBOR && row["number"] !== "");
  assert.ok(other);
  change(demo, "services", String(other["service_id"]), { number: "8135550140" });
  const { accounts } = await readiness(demo.place);
  assert.equal(accounts.length, 2);
  for (const account of accounts) {
    assert.deepEqual(blocking(account), ["number_duplicate"]);
    const [task] = account.open_tasks.filter(({ code }) => code === "number_duplicate");
    assert.notEqual(task?.location, null);
    assert.match(
      account.open_tasks.map(({ message }) => message).join(" "),
      /\+18135550140 is in use a second time/,
    );
  }
});

for (const ledger of LEDGERS) {
  test(`R46: held invoices are posted once the account is ready, and readiness.invoices: ignore holds none, with ${ledger}`, async (t) => {
    const demo = await open(t, { ledger, services: [] });
    await demo.run();
    const posted = (): boolean =>
      demo.books("accounting").invoices.some(({ number }) => number === "INV-1042");
    assert.equal(posted(), false);
    assert.equal((await harborOf(demo)).status, "shell");
    const [bill] = await rowsOf(demo, "bills");
    assert.ok(bill);
    // What a person in provisioning enters.
    const address = demo.sandboxes.billing.ledger
      .all("addresses")
      .find((row) => String(row["customer_id"]) === HARBOR);
    assert.ok(address);
    const model = demo.sandboxes.billing.ledger
      .all("services")
      .filter((row) => String(row["customer_id"]) !== HARBOR);
    for (const [index, row] of model.entries()) {
      const id = 9900 + index;
      const number = row["number"] === "" ? "" : "8135550199";
      const own = {
        service_id: id,
        customer_id: Number(HARBOR),
        address_id: address["address_id"] ?? 0,
        number,
      };
      demo.sandboxes.billing.ledger.put("services", String(id), { ...row, ...own });
    }
    await demo.run();
    assert.equal(posted(), true);
    const lax = await open(t, { ledger, services: [], readiness: { invoices: "ignore" } });
    await lax.run();
    assert.equal(
      lax.books("accounting").invoices.some(({ number }) => number === "INV-1042"),
      true,
    );
  });
}

test("R46: an account that was live stays live, with what it lacks as a task", async (t) => {
  const demo = await open(t);
  await demo.run();
  const service = (await rowsOf(demo, "services")).find((row) => row["number"] !== "");
  change(demo, "services", String(service?.["service_id"]), { usage_plan_group_id: 0 });
  const account = await harborOf(demo);
  assert.equal(account.status, "live");
  assert.deepEqual(blocking(account), ["rate_plan_missing"]);
});

/** The rate plan of a service is taken off: an account that was never live is in provisioning then. */
async function breakService(demo: Demo): Promise<void> {
  const service = (await rowsOf(demo, "services")).find((row) => row["number"] !== "");
  change(demo, "services", String(service?.["service_id"]), { usage_plan_group_id: 0 });
}

test("R46: an account whose first invoice does not get into the books is not live", async (t) => {
  const demo = await open(t);
  demo.edit("gl-codes.yaml", (text) => text.replace("4000 Voice", "4999 No such item"));
  await demo.run();
  assert.ok((await demo.issues()).some(({ reason }) => reason === "cannot_be_written"));
  await breakService(demo);
  assert.equal((await harborOf(demo)).status, "provisioning");
});

test("R46: an account is live with the invoice that was posted, though the run stopped right after it", async (t) => {
  // Without limits invoices go out page by page.
  const demo = await open(t);
  demo.edit("client.yaml", (text) => text.replace(/^limits:\n(?: .*\n)+/m, ""));
  const stop = new AbortController();
  await demo.run({
    signal: stop.signal,
    onProgress: ({ pipeline, counts }) => {
      if (pipeline === "invoices" && counts.created > 0) stop.abort();
    },
  });
  assert.ok(demo.books("accounting").invoices.some(({ number }) => number === "INV-1042"));
  await breakService(demo);
  assert.equal((await harborOf(demo)).status, "live");
});

test("R41, R42, R43: a new shell has three open tasks, priced, each with who does it and since when", async (t) => {
  const line = (
    id: string,
    product_code: string,
    description: string,
    quantity: string,
    unit_amount_decimal: string,
  ) => {
    return { id, product_code, description, quantity, unit_amount_decimal };
  };
  const contract = {
    ...({ id: "4001", name: "Voice", type: "telecom", status: "signed" } as const),
    ...{ start_date: "2026-01-01", end_date: null },
    lines: [
      line("4101", "DID-LINE", "10 DID lines", "10", "24.95"),
      line("4102", "SIP-TRUNK", "SIP trunking", "2", "0"),
      line("4109", "VOICE-PKG", "Voice package", "1", "59.00"),
    ],
  };
  const demo = await open(t, { services: [], company: { contracts: [contract] } });
  await demo.run({ pipelines: ["customers", "accounts"] });
  const account = await harborOf(demo);
  assert.equal(account.status, "shell");
  const tasks = account.open_tasks.filter(({ code }) => code !== "location_missing");
  assert.deepEqual(
    tasks.map(({ code, contract_id, assignee }) => ({ code, contract_id, assignee })),
    [
      { code: "numbers_missing", contract_id: "4001", assignee: "porting desk" },
      { code: "circuit_details_missing", contract_id: "4001", assignee: "provisioning" },
      { code: "rate_plan_choice", contract_id: "4001", assignee: "rating" },
    ],
  );
  assert.deepEqual(
    account.expected.map(({ quantity, provisioned_quantity, gap_amount }) => [
      quantity,
      provisioned_quantity,
      gap_amount,
    ]),
    [
      ["10", "0", -24_950],
      ["2", "0", 0],
      ["1", "0", -5_900],
    ],
  );
  assert.match(tasks[0]?.message ?? "", /10 to be assigned \(249\.50 USD per period\)\.$/);
  const since = tasks.map((task) => task.since);
  demo.clock.advance(3 * 86_400_000);
  const later = (await harborOf(demo)).open_tasks.filter(({ code }) => code !== "location_missing");
  assert.deepEqual(
    later.map((task) => task.since),
    since,
  );
  // Nothing of it was made up in billing.
  assert.deepEqual(await rowsOf(demo, "services"), []);
});

test("R44: a draft opens no account, signing opens one shell, and signing again no second one", async (t) => {
  const demo = await open(t);
  const accounts = (): number => demo.books("billing").customers.length;
  await demo.run({ pipelines: ["customers", "accounts"] });
  const before = accounts();
  const { ledger } = demo.sandboxes.psa;
  const sign = (signed: boolean): void => {
    const agreement = ledger.get("agreements", "4004");
    const stamp = new Date(demo.clock.now()).toISOString();
    ledger.put("agreements", "4004", {
      ...agreement,
      agreementStatus: signed ? "Active" : "Inactive",
      customFields: ((agreement?.["customFields"] ?? []) as Row[]).map((field) =>
        field["id"] === 43 ? { ...field, value: signed } : field,
      ),
      _info: { ...(agreement?.["_info"] as Row), lastUpdated: stamp },
    });
    const company = ledger.get("companies", "1003");
    ledger.put("companies", "1003", {
      ...company,
      types: [],
      _info: { ...(company?.["_info"] as Row), lastUpdated: stamp },
    });
  };
  sign(true);
  demo.clock.advance(3_600_000);
  await demo.run({ pipelines: ["customers", "accounts"] });
  assert.equal(accounts(), before + 1);
  sign(false);
  await demo.run({ pipelines: ["customers", "accounts"] });
  sign(true);
  await demo.run({ pipelines: ["customers", "accounts"] });
  assert.equal(accounts(), before + 1);
});

test("R44: a contract whose lines say no kind of service opens its account all the same, and readiness names them", async (t) => {
  const own = readFileSync(join(packageRoot(), "connectors/connectwise/connector.yaml"), "utf8");
  const silent = own.replace(/^ +"service_type": .*\n/m, "");
  assert.notEqual(silent, own);
  const demo = await openTinyDemo(t, tinyWorld, {
    files: { "connectors/connectwise/connector.yaml": silent },
  });
  await demo.run({ pipelines: ["customers", "accounts"] });
  assert.deepEqual(await demo.issues(), []);
  const { accounts, unreadable } = await readiness(demo.place, {});
  assert.ok(accounts.some(({ account }) => account === "CB-5001"));
  assert.ok(unreadable.length > 0);
  for (const text of unreadable) {
    assert.match(
      text,
      /^line .+ of contract .+ of psa: it says no kind of service, so nothing is expected of it$/,
    );
  }
});

test("R47: a cancelled contract closes an empty shell; services that are left are reported and not touched", async (t) => {
  const demo = await open(t);
  await demo.run({ pipelines: ["customers", "accounts"] });
  cancelContracts(demo, "2026-08-01");
  const before = await rowsOf(demo, "services");
  demo.clock.advance(3_600_000);
  await demo.run({ pipelines: ["customers", "accounts"] });
  const account = await harborOf(demo);
  assert.deepEqual(
    account.open_tasks.map(({ code }) => code),
    ["service_without_contract"],
  );
  assert.deepEqual(await rowsOf(demo, "services"), before);
  for (const row of before) demo.sandboxes.billing.ledger.remove("services", String(row["service_id"]));
  assert.equal((await harborOf(demo)).status, "closed");
});

test("R47: a contract ends on its day by the client's clocks, which are not those of UTC", async (t) => {
  const demo = await open(t, { start: Date.parse("2026-10-19T12:00:00Z") });
  await demo.run({ pipelines: ["customers", "accounts"] });
  cancelContracts(demo, "2026-10-21");
  const tasksAt = async (instant: string): Promise<readonly string[]> => {
    demo.clock.advance(Date.parse(instant) - demo.clock.now());
    return (await harborOf(demo)).open_tasks.map(({ code }) => code);
  };
  // The evening of 20 October in New York.
  assert.deepEqual(await tasksAt("2026-10-21T02:00:00Z"), []);
  assert.deepEqual(await tasksAt("2026-10-21T05:00:00Z"), ["service_without_contract"]);
});

/** As the sales desk cancels all that is signed. */
function cancelContracts(demo: Demo, day: string): void {
  const { ledger } = demo.sandboxes.psa;
  const lastUpdated = new Date(demo.clock.now()).toISOString();
  for (const agreement of ledger.all("agreements")) {
    ledger.put("agreements", String(agreement["id"]), {
      ...agreement,
      ...{ agreementStatus: "Cancelled", cancelledFlag: true, dateCancelled: `${day}T00:00:00Z` },
      _info: { ...(agreement["_info"] as Row), lastUpdated },
    });
  }
}

test("R47: an amended contract changes what is expected, and no service", async (t) => {
  const demo = await open(t, {
    company: {
      contracts: [
        {
          ...({ id: "4001", name: "Voice", type: "telecom", status: "signed" } as const),
          ...{ start_date: "2026-01-01", end_date: null },
          lines: [
            {
              id: "4101",
              product_code: "DID-LINE",
              description: "DID lines",
              quantity: "1",
              unit_amount_decimal: "24.95",
            },
          ],
        },
      ],
    },
  });
  await demo.run({ pipelines: ["customers", "accounts"] });
  assert.deepEqual((await harborOf(demo)).open_tasks, []);
  const before = await rowsOf(demo, "services");
  const { ledger } = demo.sandboxes.psa;
  ledger.put("additions", "4101", { ...ledger.get("additions", "4101"), quantity: 3 });
  const view: ReadinessView = await readiness(demo.place);
  const [task] = view.accounts.find(({ account }) => account === "CB-5001")?.open_tasks ?? [];
  assert.match(task?.message ?? "", /3 contracted, 1 numbers provisioned, 2 to be assigned/);
  assert.deepEqual([view.groups[0]?.under, view.groups[0]?.under_amount], ["2", 4_990]);
  assert.deepEqual(await rowsOf(demo, "services"), before);
});
