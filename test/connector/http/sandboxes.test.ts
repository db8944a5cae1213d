import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sandbox as connectwise } from "../../../connectors/connectwise/sandbox.ts";
import { sandbox as quickbooks } from "../../../connectors/quickbooks/sandbox.ts";
import { sandbox as revio } from "../../../connectors/revio-billing/sandbox.ts";
import { loadClient } from "../../../engine/config/load-client.ts";
import { packageRoot } from "../../../engine/config/root.ts";
import { resolveSecret } from "../../../engine/config/secrets.ts";
import type { SystemName } from "../../../engine/config/types.ts";
import { openConnection } from "../../../engine/connector/open-connection.ts";
import { startSandbox } from "../../../engine/connector/sandbox/kit.ts";
import type { RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import type {
  Connection,
  Operation,
  PreparedWrite,
  SystemRecord,
  Write,
} from "../../../engine/connector/types.ts";
import { systemClock } from "../../../engine/core/clock.ts";
import type { CanonicalRecord, Json } from "../../../engine/core/json.ts";
import { tinyWorld } from "../../support/tiny-world.ts";

/** The three real descriptors against the three sandboxes, as the demo's client.yaml connects them. */

const SANDBOXES = { psa: connectwise, billing: revio, accounting: quickbooks };

interface Open {
  readonly sandbox: RunningSandbox;
  readonly connection: Connection;
}

async function open(t: TestContext, system: SystemName, off: readonly string[] = []): Promise<Open> {
  const env: { [name: string]: string } = {};
  const started = new Map<string, RunningSandbox>();
  for (const [name, definition] of Object.entries(SANDBOXES)) {
    if (name !== system)
      Object.assign(env, definition.environment(`http://127.0.0.1:1${definition.basePath}`));
    else {
      const running = await startSandbox(definition, { world: tinyWorld, off });
      t.after(() => running.close());
      started.set(name, running);
      Object.assign(env, running.environment);
    }
  }
  const { config } = loadClient(packageRoot(), "demo", env, packageRoot());
  const found = config?.systems.get(system);
  const sandbox = started.get(system);
  assert.ok(config !== undefined && found !== undefined && sandbox !== undefined);
  const tokens = new Map<string, Json>();
  const connection = openConnection({
    system: found,
    currency: config.currency,
    codes: new Map([
      [
        "gl",
        {
          name: "gl",
          file: "gl.yaml",
          lines: [],
          rows: tinyWorld.gl.map(({ gl_code, item }) => ({ code: gl_code, gl_code, item })),
        },
      ],
    ]),
    secret: (reference) => resolveSecret(reference, env),
    tokens: { get: (name) => tokens.get(name), put: (name, value) => void tokens.set(name, value) },
    clock: systemClock,
  });
  t.after(() => connection.close());
  return { sandbox, connection };
}

async function all(connection: Connection, entity: string, since?: string): Promise<readonly SystemRecord[]> {
  const records: SystemRecord[] = [];
  for await (const page of connection.list(entity, { since, parents: undefined }))
    records.push(...page.records);
  return records;
}

for (const { system, entities } of [
  { system: "psa", entities: { customer: 3, contact: 3, location: 3, payment_terms: 2, contract: 4 } },
  { system: "billing", entities: { customer: 1, billing_account: 1, invoice: 1, payment: 0 } },
  { system: "accounting", entities: { customer: 2, invoice: 0, payment: 1 } },
] as const) {
  test(`${system}: every entity is listed, readable, and read again by its ids`, async (t) => {
    const { connection } = await open(t, system);
    for (const [entity, count] of Object.entries(entities)) {
      const records = await all(connection, entity);
      assert.equal(records.length, count, entity);
      assert.deepEqual(
        records.map(({ unreadable }) => unreadable).filter((one) => one !== undefined),
        [],
        entity,
      );
      if (!connection.can(entity, "get") || count === 0) continue;
      const ids = records.map(({ id }) => id);
      const again = await connection.get(entity, [...ids, "987654"]);
      assert.deepEqual(again.map(({ id }) => id).sort(), [...ids].sort(), entity);
      assert.deepEqual(again.find(({ id }) => id === ids[0])?.record, records[0]?.record, entity);
    }
  });
}

test("accounting: what was just read is carried without a difference", async (t) => {
  const { connection } = await open(t, "accounting");
  for (const { record } of await all(connection, "customer")) {
    assert.deepEqual(await connection.carried("customer", [record]), [record]);
  }
});

let made = 0;

function write(
  entity: string,
  operation: Operation,
  record: CanonicalRecord,
  more: Partial<Write> = {},
): Write {
  const key = `k${++made}`.padEnd(26, "abcdefghijklmnopqrstuvwxyz");
  const fields = Object.keys(record).filter((field) => field !== "id");
  return { operation, entity, key, record, fields, id: null, token: null, vendor: null, ...more };
}

async function prepared(connection: Connection, writes: readonly Write[]): Promise<readonly PreparedWrite[]> {
  const results = await connection.prepare(writes);
  return results.map((one) => (one.ok ? one : assert.fail(one.message)));
}

/** An invoice as billing issued it, for accounting's customer 71. */
function invoice(number: string): CanonicalRecord {
  const line = {
    line_number: 1,
    description: "SIP trunks",
    quantity: "2",
    unit_amount_decimal: "45",
    amount: 9000,
  };
  return {
    number,
    customer_id: "71",
    invoice_date: "2026-08-01",
    due_date: "2026-08-16",
    currency: "USD",
    lines: [{ ...line, gl_code: "4000" }],
    taxes: [{ tax_type: "usf", name: "Federal USF", jurisdiction: "federal", amount: 210, gl_code: "2210" }],
  };
}

test("accounting: a batch of invoices and a customer, one of them refused, is read back as it was written", async (t) => {
  const { connection, sandbox } = await open(t, "accounting");
  const [known] = await all(connection, "customer");
  const records = [invoice("INV-1"), invoice("INV-2"), { ...invoice("INV-3"), customer_id: "424242" }];
  const writes = [
    ...records.map((record) => write("invoice", "create", { ...record })),
    write("customer", "create", { name: String(known?.record["name"]), status: "active" }),
  ];
  const [call, ...more] = connection.group(await prepared(connection, writes));
  assert.equal(more.length, 0);
  const outcomes = await connection.send(call ?? assert.fail());
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ["done", "done", "refused", "refused"],
  );
  const classes = outcomes.map((one) => (one.kind === "refused" ? one.class : ""));
  assert.deepEqual(classes, ["", "", "invalid", "duplicate"]);
  assert.equal(sandbox.ledger.all("Invoice").length, 2);
  const read = await all(connection, "invoice");
  const lines = read.map(({ record }) =>
    [record["number"], record["total"], record["lines"], record["taxes"]].flat(),
  );
  for (const [number, total, one, tax] of lines) {
    assert.match(String(number), /^INV-[12]$/);
    assert.equal(total, 9210);
    assert.deepEqual(
      [one, tax].map((item) =>
        typeof item === "object" && item !== null && "gl_code" in item ? item.gl_code : "",
      ),
      ["4000", "2210"],
    );
  }
  // The same call again: the vendor knows its key, so nothing is written twice.
  const again = await connection.send(call ?? assert.fail());
  assert.deepEqual(again[0], outcomes[0]);
  assert.equal(sandbox.ledger.all("Invoice").length, 2);
});

for (const { name, kind } of [
  { name: "cut after the vendor stored it", kind: "commit_then_cut" },
  { name: "cut in its body", kind: "cut_body" },
] as const) {
  test(`accounting: an invoice whose answer is ${name} is unknown, and found by its number`, async (t) => {
    const { connection, sandbox } = await open(t, "accounting");
    const record = invoice("INV-7");
    const lost = write("invoice", "create", record);
    const [call] = connection.group(await prepared(connection, [lost]));
    sandbox.fault({ method: "POST", path: "/invoice", kind });
    const [outcome] = await connection.send(call ?? assert.fail());
    assert.equal(outcome?.kind, "unknown");
    const found = await connection.find("invoice", record, lost.key);
    assert.equal(found.length, 1);
    assert.equal(sandbox.ledger.all("Invoice").length, 1);
  });
}

test("accounting: an update with an old token is stale, with the token just read it is done", async (t) => {
  const { connection } = await open(t, "accounting");
  const [customer] = await all(connection, "customer");
  assert.ok(customer !== undefined);
  const changed = { ...customer.record, billing_emails: ["new@harbor.example"] };
  const more = { id: customer.id, vendor: customer.vendor, fields: ["billing_emails"] };
  const send = async (token: string | null) => {
    const [call] = connection.group(
      await prepared(connection, [write("customer", "update", changed, { ...more, token })]),
    );
    return (await connection.send(call ?? assert.fail()))[0];
  };
  assert.deepEqual(await send(customer.token), { kind: "done", id: customer.id });
  const old = await send(customer.token);
  assert.equal(old?.kind === "refused" && old.class, "stale");
});

test("accounting: payments since a time come from the change feed, one that was deleted as a tombstone", async (t) => {
  const { connection, sandbox } = await open(t, "accounting");
  const [payment] = await all(connection, "payment");
  assert.ok(payment !== undefined);
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const deletedAt = new Date().toISOString();
  sandbox.ledger.remove("Payment", payment.id);
  const gone = { entity: "Payment", Id: payment.id, MetaData: { LastUpdatedTime: deletedAt } };
  sandbox.ledger.put("deleted", `Payment:${payment.id}`, gone);
  const changed = await all(connection, "payment", since);
  assert.deepEqual(
    changed.map(({ id, deleted }) => [id, deleted]),
    [[payment.id, true]],
  );
  assert.match(sandbox.log.at(-1)?.url ?? "", /\/cdc\?/);
});

test("accounting: a login that ends between two calls is renewed, and the write goes out once more", async (t) => {
  const { connection, sandbox } = await open(t, "accounting", ["rotation_once_a_day"]);
  await all(connection, "customer");
  for (const row of sandbox.ledger.all("access_token")) {
    sandbox.ledger.remove("access_token", String(row["token"]));
  }
  const [call] = connection.group(await prepared(connection, [write("invoice", "create", invoice("INV-8"))]));
  const [outcome] = await connection.send(call ?? assert.fail());
  assert.equal(outcome?.kind, "done");
  assert.equal(sandbox.ledger.all("Invoice").length, 1);
});

test("billing: a customer is created and found by its number", async (t) => {
  const { connection } = await open(t, "billing");
  const [known] = await all(connection, "customer");
  const record: CanonicalRecord = {
    ...known?.record,
    customer_number: "CB-7",
    name: "Orchard & Sons, Inc.",
    parent_id: null,
  };
  const create = write("customer", "create", record, { fields: connection.writableFields("customer") });
  const [call] = connection.group(await prepared(connection, [create]));
  const [created] = await connection.send(call ?? assert.fail());
  assert.equal(created?.kind, "done");
  const [found, ...others] = await connection.find("customer", record, create.key);
  assert.equal(others.length, 0);
  assert.ok(found !== undefined && created?.kind === "done" && found.id === created.id);
  assert.equal(found.record["name"], "Orchard & Sons, Inc.");
});
