import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { type TestContext, test } from "node:test";
import { sandbox } from "../../connectors/quickbooks/sandbox.ts";
import { startSandbox } from "../../engine/connector/sandbox/kit.ts";
import type { Row, RunningSandbox } from "../../engine/connector/sandbox/types.ts";
import { pagedWorld } from "../conformance/world.ts";

/** The sandbox as other people's client of QuickBooks knows the vendor: node-quickbooks, pointed at loopback. */

type Done = (error: unknown, answer: Row) => void;

// The parts of the client that are driven here; its own types describe all of it.
interface Client {
  endpoint: string;
  refreshAccessToken(done: Done): void;
  findCustomers(criteria: Row, done: Done): void;
  createInvoice(invoice: Row, done: Done): void;
  updateInvoice(invoice: Row, done: Done): void;
  voidInvoice(id: string, done: Done): void;
  getInvoice(id: string, done: Done): void;
}

interface ClientClass {
  TOKEN_URL: string;
  new (...given: readonly (string | number | boolean)[]): Client;
}

const QuickBooks: ClientClass = createRequire(import.meta.url)("node-quickbooks");

async function connected(t: TestContext, now = Date.now) {
  const server = await startSandbox(sandbox, { world: pagedWorld, now });
  t.after(() => server.close());
  const client = clientOf(server);
  await call((done) => client.refreshAccessToken(done));
  return { server, client };
}

function clientOf({ baseUrl, environment }: RunningSandbox): Client {
  const { QBO_ID = "", QBO_SECRET = "", QBO_REALM = "", QBO_REFRESH = "" } = environment;
  QuickBooks.TOKEN_URL = `${baseUrl}/oauth2/v1/tokens/bearer`;
  const client = new QuickBooks(
    QBO_ID,
    QBO_SECRET,
    "",
    false,
    QBO_REALM,
    true,
    false,
    75,
    "2.0",
    QBO_REFRESH,
  );
  client.endpoint = `${baseUrl}/v3/company/`;
  return client;
}

/** The client's callbacks as a promise; what it calls an error is thrown as it gave it. */
function call(send: (done: Done) => void): Promise<Row> {
  return new Promise((resolve, reject) => {
    send((error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

const line = {
  Amount: 10,
  DetailType: "SalesItemLineDetail",
  SalesItemLineDetail: { ItemRef: { value: "21" }, Qty: 1, UnitPrice: 10 },
};
const invoice = { DocNumber: "NQ-1", CustomerRef: { value: "71" }, Line: [line] };

test("node-quickbooks lists page by page until all are there", async (t) => {
  const { server, client } = await connected(t);
  const answer = await call((done) => client.findCustomers({ limit: 4, fetchAll: true, asc: "Id" }, done));
  const found = (answer["QueryResponse"] as Row)["Customer"];
  assert.ok(Array.isArray(found));
  assert.equal(found.length, server.ledger.all("Customer").length);
  assert.ok(server.log.filter(({ url }) => url.includes("maxresults")).length > 3);
});

test("node-quickbooks creates, updates and voids an invoice, and is refused its number a second time", async (t) => {
  const { server, client } = await connected(t);
  const made = await call((done) => client.createInvoice({ ...invoice }, done));
  const id = String(made["Id"]);
  assert.equal(made["TotalAmt"], 10);
  const change = { Id: id, SyncToken: String(made["SyncToken"]), PrivateNote: "seen" };
  const changed = await call((done) => client.updateInvoice(change, done));
  assert.deepEqual([changed["PrivateNote"], changed["SyncToken"]], ["seen", "1"]);
  await assert.rejects(
    call((done) => client.createInvoice({ ...invoice }, done)),
    (error) => /"6140"/.test(JSON.stringify(answerOf(error))),
  );
  await call((done) => client.voidInvoice(id, done));
  const voided = await call((done) => client.getInvoice(id, done));
  assert.deepEqual([voided["TotalAmt"], voided["PrivateNote"]], [0, "Voided - seen"]);
  assert.equal(server.ledger.all("Invoice").length, 1);
});

test("node-quickbooks meets an expired token, refreshes it and goes on", async (t) => {
  let now = Date.now();
  const { client } = await connected(t, () => now);
  now += 3_601_000;
  const find = () => call((done) => client.findCustomers({ limit: 1 }, done));
  await assert.rejects(find(), (error) => /"3200"/.test(JSON.stringify(answerOf(error))));
  await call((done) => client.refreshAccessToken(done));
  assert.ok((await find())["QueryResponse"]);
});

/** The vendor's answer inside the client's error. */
function answerOf(error: unknown): unknown {
  return (error as { readonly response?: { readonly data?: unknown } }).response?.data ?? null;
}
