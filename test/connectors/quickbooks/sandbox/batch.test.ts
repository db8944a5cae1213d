import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../../../engine/connector/sandbox/types.ts";
import { type Client, connect, faultOf, objectAt, rowsAt } from "../client.ts";
import { invoice, line } from "./samples.ts";

/** Results of a batch by bId. */
async function batch(client: Client, items: readonly Row[], query = ""): Promise<Map<string, Row>> {
  const reply = await client.call("POST", `/batch?minorversion=75${query}`, { BatchItemRequest: items });
  assert.equal(reply.status, 200, reply.text);
  return new Map(rowsAt(reply.body, "BatchItemResponse").map((row) => [String(row["bId"]), row]));
}

const customers = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({
    bId: `b${index}`,
    operation: "create",
    Customer: { DisplayName: `Batch ${index}` },
  }));

test("batch: creates, updates, deletes, voids and queries stand side by side, each with its own outcome", async (t) => {
  const client = await connect(t);
  const [one, two] = [
    await client.post("Invoice", invoice("A", [line(10)])),
    await client.post("Invoice", invoice("B", [line(10)])),
  ];
  const paid = await client.post("Payment", { CustomerRef: { value: "789" }, TotalAmt: 5 });
  const results = await batch(client, [
    { bId: "1", operation: "create", Invoice: invoice("C", [line(10)]) },
    { bId: "2", operation: "create", Invoice: invoice("A", [line(10)]) },
    { bId: "3", operation: "update", Customer: { Id: "789", SyncToken: "0", sparse: true, Notes: "n" } },
    { bId: "4", operation: "delete", Invoice: { Id: one["Id"] ?? null, SyncToken: "0" } },
    {
      bId: "5",
      operation: "update",
      optionsData: "void",
      Payment: { Id: paid["Id"] ?? null, SyncToken: "0" },
    },
    { bId: "6", Query: "select count(*) from Invoice where DocNumber = 'B'" },
    {
      bId: "7",
      operation: "create",
      optionsData: ["allowduplicatedocnum"],
      Invoice: invoice("B", [line(1)]),
    },
    { bId: "8", operation: "create", Unicorn: {} },
    { bId: "9", Query: "select nothing" },
  ]);
  const at = (id: string): Row => results.get(id) ?? {};
  assert.equal(objectAt(at("1"), "Invoice")["DocNumber"], "C");
  assert.equal(faultOf(at("2")).code, "6140");
  assert.equal(objectAt(at("3"), "Customer")["Notes"], "n");
  assert.equal(objectAt(at("4"), "Invoice")["status"], "Deleted");
  assert.equal(objectAt(at("5"), "Payment")["TotalAmt"], 0);
  assert.deepEqual(objectAt(at("6"), "QueryResponse"), { totalCount: 1 });
  assert.notEqual(objectAt(at("7"), "Invoice")["Id"], two["Id"]);
  assert.equal(faultOf(at("8")).code, "2010");
  assert.equal(faultOf(at("9")).code, "4000");
});

test("batch: results come in another order than the items, unless the rule is off", async (t) => {
  const client = await connect(t);
  const order = async (): Promise<string> => [...(await batch(client, customers(3))).keys()].join();
  assert.equal(await order(), "b2,b1,b0");
  client.server.setRule("batch_unordered", false);
  assert.equal(await order(), "b0,b1,b2");
});

test("batch: more than 30 items are refused whole, and taken with the rule off", async (t) => {
  const client = await connect(t);
  const reply = await client.call("POST", "/batch", { BatchItemRequest: customers(31) });
  assert.deepEqual([reply.status, faultOf(reply.body).code], [400, "1040"]);
  assert.deepEqual(await client.query("select count(*) from Customer"), { totalCount: 2 });
  client.server.setRule("batch_size", false);
  assert.equal((await batch(client, customers(31))).size, 31);
});

test("batch: an empty one, an item without bId and a bId used twice are refused", async (t) => {
  const { call } = await connect(t);
  for (const items of [[], [{ operation: "create", Customer: {} }], [...customers(1), ...customers(1)]]) {
    assert.equal((await call("POST", "/batch", { BatchItemRequest: items })).status, 400);
  }
});

test("batch: a repeated requestid writes nothing twice, and tries refused items again", async (t) => {
  const client = await connect(t);
  const id = `&requestid=${"r".repeat(36)}`;
  const items = [...customers(2), { bId: "bad", operation: "create", Customer: { DisplayName: "A:B" } }];
  const first = await batch(client, items, id);
  const fixed = [...customers(2), { bId: "bad", operation: "create", Customer: { DisplayName: "A B" } }];
  const again = await batch(client, fixed, id);
  assert.deepEqual(again.get("b0"), first.get("b0"));
  assert.equal(objectAt(again.get("bad") ?? {}, "Customer")["DisplayName"], "A B");
  assert.deepEqual(await client.query("select count(*) from Customer"), { totalCount: 5 });
  const tooLong = await client.call("POST", `/batch?requestid=${"r".repeat(37)}`, {
    BatchItemRequest: items,
  });
  assert.equal(faultOf(tooLong.body).code, "2050");
});

test("batch: invoices stored by it are seen by the clerk", async (t) => {
  const client = await connect(t);
  await batch(client, [
    { bId: "1", operation: "create", Invoice: invoice("INV-1041", [line(100)]) },
    { bId: "2", operation: "create", Invoice: invoice("INV-1042", [line(450)]) },
  ]);
  const { totalCount } = await client.query("select count(*) from Payment where CustomerRef = '789'");
  assert.equal(totalCount, 1);
});

test("batch: only queries are no write in the request log", async (t) => {
  const client = await connect(t);
  await batch(client, [{ bId: "1", Query: "select * from Term" }]);
  assert.deepEqual(
    client.server.log.filter((entry) => entry.write),
    [],
  );
  await batch(client, customers(1));
  assert.equal(client.server.log.filter((entry) => entry.write).length, 1);
});
