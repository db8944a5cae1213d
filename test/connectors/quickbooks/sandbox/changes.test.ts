import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../../../engine/connector/sandbox/types.ts";
import { type Client, connect, faultOf, rowsAt } from "../client.ts";
import { invoice, line } from "./samples.ts";

const DAY_MS = 86_400_000;

async function changes(client: Client, entities: string, since: string): Promise<Row[]> {
  const reply = await client.call(
    "GET",
    `/cdc?entities=${entities}&changedSince=${encodeURIComponent(since)}`,
  );
  assert.equal(reply.status, 200, reply.text);
  return rowsAt(rowsAt(reply.body, "CDCResponse")[0] ?? {}, "QueryResponse");
}

test("cdc: one element per entity, with inactive records whole and deleted ones after the live", async (t) => {
  const client = await connect(t);
  const one = await client.post("Invoice", invoice("A", [line(1)]));
  await client.post("Invoice", invoice("B", [line(2)]));
  client.advance(60_000);
  await client.post("Customer", { Id: "789", SyncToken: "0", sparse: true, Active: false });
  await client.post("Invoice", { Id: one["Id"] ?? null, SyncToken: "0" }, "&operation=delete");
  const [customers, invoices, terms] = await changes(client, "Customer,Invoice,Term", "2026-06-15T12:00:30Z");
  assert.deepEqual(
    rowsAt(customers ?? {}, "Customer").map((row) => [row["Id"], row["Active"], row["DisplayName"]]),
    [["789", false, "Acme Tampa Bay"]],
  );
  const deleted = rowsAt(invoices ?? {}, "Invoice");
  assert.deepEqual(
    deleted.map((row) => [row["Id"], row["status"], row["domain"]]),
    [[one["Id"], "Deleted", "QBO"]],
  );
  assert.deepEqual(terms, {});
  const [, all] = await changes(client, "Customer,Invoice", "2026-06-15T12:00:00Z");
  assert.deepEqual(
    rowsAt(all ?? {}, "Invoice").map((row) => row["status"] ?? row["DocNumber"]),
    ["B", "Deleted"],
  );
});

test("cdc: looks back 30 days and no further, unless the rule is off", async (t) => {
  const client = await connect(t);
  client.advance(40 * DAY_MS);
  const since = new Date(Date.parse("2026-06-15T12:00:00Z") + 10 * DAY_MS).toISOString();
  await changes(client, "Customer", since);
  const before = since.replace("12:00:00.000", "11:59:59.000");
  const reply = await client.call("GET", `/cdc?entities=Customer&changedSince=${before}`);
  assert.equal(reply.status, 400);
  client.server.setRule("cdc_window", false);
  await changes(client, "Customer", before);
});

test("cdc: 1000 objects in all, the rest cut off without a word, unless the rule is off", async (t) => {
  const client = await connect(t);
  for (let index = 0; index < 1100; index++) {
    const Id = String(20_000 + index);
    const MetaData = { LastUpdatedTime: "2026-06-15T05:00:00-07:00" };
    client.server.ledger.put("Customer", Id, { Id, DisplayName: `N ${index}`, Active: true, MetaData });
  }
  await client.post("Invoice", invoice("A", [line(1)]));
  const count = async (): Promise<number[]> => {
    const [customers, invoices] = await changes(client, "Customer,Invoice", "2026-06-15T00:00:00Z");
    return [rowsAt(customers ?? {}, "Customer").length, rowsAt(invoices ?? {}, "Invoice").length];
  };
  assert.deepEqual(await count(), [1000, 0]);
  client.server.setRule("cdc_limit", false);
  assert.deepEqual(await count(), [1103, 1]);
});

test("cdc: no entities, no time, an unknown entity and one that is excluded are refused", async (t) => {
  const client = await connect(t);
  for (const [query, code] of [
    ["changedSince=2026-06-15", "2020"],
    ["entities=Customer", "2020"],
    ["entities=Unicorn&changedSince=2026-06-15", "2010"],
    ["entities=TaxCode&changedSince=2026-06-15", "2010"],
  ]) {
    const reply = await client.call("GET", `/cdc?${query}`);
    assert.deepEqual([reply.status, faultOf(reply.body).code], [400, code]);
  }
});
