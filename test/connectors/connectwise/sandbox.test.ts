import assert from "node:assert/strict";
import { after, test } from "node:test";
import { connectwise, sandbox } from "../../../connectors/connectwise/sandbox.ts";
import { startSandbox } from "../../../engine/connector/sandbox/kit.ts";
import type { RunningSandbox, SandboxOptions } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { tinyWorld } from "../../support/tiny-world.ts";

const NOW = Date.UTC(2026, 8, 1, 9, 30, 15, 250);
const open: RunningSandbox[] = [];
after(async () => {
  for (const running of open) await running.close();
});

async function start(options: Partial<SandboxOptions> = {}, vendor = sandbox): Promise<RunningSandbox> {
  const running = await startSandbox(vendor, { world: tinyWorld, now: () => NOW, ...options });
  open.push(running);
  return running;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

async function call(
  running: RunningSandbox,
  method: string,
  path: string,
  body?: Json,
  headers: { readonly [name: string]: string } = {},
): Promise<Answer> {
  const url = path.startsWith("http") ? path : running.baseUrl + path;
  const response = await fetch(url, {
    method,
    headers: { ...login(running), "content-type": "application/json", ...headers },
    signal: AbortSignal.timeout(5000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

function login({ environment }: RunningSandbox): { readonly [name: string]: string } {
  const { CW_COMPANY, CW_PUBLIC, CW_PRIVATE, CW_CLIENT = "" } = environment;
  const keys = Buffer.from(`${CW_COMPANY}+${CW_PUBLIC}:${CW_PRIVATE}`).toString("base64");
  return { authorization: `Basic ${keys}`, clientId: CW_CLIENT };
}

function query(path: string, parameters: { readonly [name: string]: string }): string {
  return `${path}?${new URLSearchParams(parameters)}`;
}

function ids(body: Json): Json[] {
  assert.ok(Array.isArray(body), JSON.stringify(body));
  return body.map((row) => (isObject(row) ? (row["id"] ?? null) : null));
}

function record(body: Json): { readonly [field: string]: Json } {
  assert.ok(isObject(body), JSON.stringify(body));
  return body;
}

function code(answer: Answer): string {
  return `${answer.status} ${String(record(answer.body)["code"])}`;
}

// ── credentials ──────────────────────────────────────────────────────────────────────────────────────────────────

for (const { name, headers } of [
  { name: "a wrong private key", headers: { authorization: `Basic ${btoa("lakeside+a:b")}` } },
  { name: "no clientId", headers: { clientId: "" } },
]) {
  test(`auth: ${name} is a 401 with the vendor's body`, async () => {
    const running = await start();
    const refused = await call(running, "GET", "/company/companies", undefined, headers);
    assert.equal(refused.status, 401);
    assert.deepEqual(refused.body, {
      code: "Unauthorized",
      message: "The supplied authentication is incorrect.",
      errors: null,
    });
    running.setRule("auth", false);
    assert.equal((await call(running, "GET", "/company/companies", undefined, headers)).status, 200);
  });
}

test("auth: discovery asks for no credentials, and any codebase leads to the same API", async () => {
  const running = await start();
  const discovery = await fetch(`${running.origin}/login/companyinfo/lakeside`);
  assert.equal(record((await discovery.json()) as Json)["Codebase"], "v4_6_release/");
  const other = await call(running, "GET", `${running.origin}/v2026_1/apis/3.0/system/info`);
  assert.equal(record(other.body)["serverTimeZone"], "Eastern Standard Time");
});

test("rate limit: past the cap of a minute the answer is 429 with the seconds to wait", async () => {
  let now = NOW;
  const running = await start({ now: () => now }, connectwise({ requestsPerMinute: 2 }));
  const get = () => call(running, "GET", "/system/info");
  assert.deepEqual([(await get()).status, (await get()).status], [200, 200]);
  const refused = await get();
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "45");
  now += 45_000;
  assert.equal((await get()).status, 200);
});

// ── seed ─────────────────────────────────────────────────────────────────────────────────────────────────────────

test("seed: a company has the vendor's shapes, and empty fields are left out", async () => {
  const running = await start();
  const company = record((await call(running, "GET", "/company/companies/1001")).body);
  const href = (path: string): string => `${running.baseUrl}${path}`;
  assert.equal(company["identifier"], "CUST-1001");
  assert.equal(company["phoneNumber"], "8135550100");
  assert.equal(company["invoiceToEmailAddress"], "ap@harbor.example");
  assert.deepEqual(company["billingTerms"], {
    id: 2,
    name: "Net 30",
    _info: { billingTerms_href: href("/finance/billingTerms/2") },
  });
  assert.equal(record(company["billingContact"] ?? null)["name"], "Dana Fox");
  assert.deepEqual(company["billingSite"], { id: 3001, name: "HQ" });
  assert.deepEqual(company["customFields"], [
    { id: 41, caption: "AccountingId", type: "Text", entryMethod: "EntryField", numberOfDecimals: 0 },
    { id: 42, caption: "BillingId", type: "Text", entryMethod: "EntryField", numberOfDecimals: 0 },
  ]);
  assert.deepEqual(ids(company["types"] ?? null), [1, 2]);
  assert.equal("accountNumber" in company, false);
  assert.equal(record(company["_info"] ?? null)["lastUpdated"], "2026-07-21T12:00:00Z");
});

test("seed: an e-mail lives only in communicationItems, a site names its state by reference", async () => {
  const running = await start();
  const contact = record((await call(running, "GET", "/company/contacts/2001")).body);
  assert.equal("email" in contact, false);
  const [email] = Array.isArray(contact["communicationItems"]) ? contact["communicationItems"] : [];
  assert.equal(record(email ?? null)["value"], "ap@harbor.example");
  assert.equal(record(email ?? null)["domain"], "@harbor.example");
  assert.equal(contact["defaultBillingFlag"], true);
  const sites = await call(running, "GET", "/company/companies/1001/sites");
  assert.deepEqual(ids(sites.body), [3001, 3002]);
  const site = record((await call(running, "GET", "/company/companies/1001/sites/3002")).body);
  assert.equal(record(site["stateReference"] ?? null)["identifier"], "FL");
  assert.equal(site["addressLine2"], "Suite 2");
});

test("seed: contracts are agreements with a Signed mark, their lines additions with the vendor's numbers", async () => {
  const running = await start();
  const list = await call(
    running,
    "GET",
    "/finance/agreements?fields=id,type/name,agreementStatus,customFields",
  );
  assert.ok(Array.isArray(list.body));
  const seen = list.body.map((row) => {
    const { type, agreementStatus, customFields } = record(row);
    const [signed] = Array.isArray(customFields) ? customFields : [];
    return [record(type ?? null)["name"], agreementStatus, record(signed ?? null)["value"]];
  });
  assert.deepEqual(seen, [
    ["Voice", "Active", true],
    ["Voice", "Active", true],
    ["Managed Services", "Active", true],
    ["Voice", "Inactive", false],
  ]);
  const additions = await call(running, "GET", "/finance/agreements/4001/additions");
  assert.ok(Array.isArray(additions.body));
  const [seat, did] = additions.body.map(record);
  assert.deepEqual(
    [seat?.["quantity"], seat?.["unitPrice"], seat?.["extPrice"], seat?.["agreementId"]],
    [25, 19.95, 498.75, 4001],
  );
  assert.equal(record(did?.["product"] ?? null)["identifier"], "DID");
  assert.equal(did?.["unitPrice"], 0.375);
});

for (const path of [
  "/finance/invoices",
  "/time/entries",
  "/expense/entries",
  "/procurement/products",
  "/finance/accounting/unpostedinvoices",
]) {
  test(`seed: ${path} is an empty list`, async () => {
    assert.deepEqual((await call(await start(), "GET", path)).body, []);
  });
}

// ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────

for (const { conditions, want } of [
  { conditions: 'identifier="CUST-1001"', want: [1001] },
  { conditions: 'identifier = "cust-1001"', want: [1001] },
  { conditions: 'name like "Har%"', want: [1001] },
  { conditions: 'name like "*&*"', want: [1002] },
  { conditions: 'name like "arbor"', want: [] },
  { conditions: 'name contains "wor"', want: [1003] },
  { conditions: 'name not contains "wor"', want: [1001, 1002] },
  { conditions: "id in (1003, 1001)", want: [1001, 1003] },
  { conditions: "id not in (1003, 1001)", want: [1002] },
  { conditions: "id > 1001 and id <= 1003", want: [1002, 1003] },
  { conditions: "not (id > 1001) or id != 1001 AND id>=1003", want: [1001, 1003] },
  { conditions: "(id=1001 or id=1002) and deletedFlag=false", want: [1001, 1002] },
  { conditions: 'billingTerms/name="Net 15"', want: [1002] },
  { conditions: "billingContact/id=2003", want: [1002] },
  { conditions: "billingContact=null", want: [1003] },
  { conditions: "billingContact != null", want: [1001, 1002] },
  { conditions: "accountNumber = null", want: [1001, 1002, 1003] },
  { conditions: "lastUpdated > [2026-07-20T12:00:00Z]", want: [1001] },
  { conditions: "lastUpdated >= [2026-07-20T12:00:00Z]", want: [1001, 1002] },
]) {
  test(`conditions: ${conditions}`, async () => {
    const running = await start();
    const found = await call(running, "GET", query("/company/companies", { conditions }));
    assert.deepEqual(ids(found.body), want);
    const count = await call(running, "GET", query("/company/companies/count", { conditions }));
    assert.deepEqual(count.body, { count: want.length });
  });
}

test("conditions: contacts and agreements are asked for by their company, by id and by its identifier of now", async () => {
  const running = await start();
  const found = async (path: string, conditions: string): Promise<Json[]> =>
    ids((await call(running, "GET", query(path, { conditions }))).body);
  assert.deepEqual(await found("/company/contacts", "company/id=1002"), [2003]);
  await call(running, "PATCH", "/company/companies/1002", [
    { op: "replace", path: "identifier", value: "ORCHARD" },
  ]);
  assert.deepEqual(await found("/finance/agreements", 'company/identifier="orchard"'), [4002, 4003]);
  assert.deepEqual(
    await found("/finance/agreements", 'type/name="Voice" and agreementStatus!="Active"'),
    [4004],
  );
  assert.deepEqual(
    await found("/company/companies/1001/sites", 'stateReference/identifier="FL"'),
    [3001, 3002],
  );
});

for (const { conditions, reason } of [
  { conditions: 'member/identifier="x"', reason: "an unknown name" },
  {
    conditions: "_info/lastUpdated > [2026-07-20T12:00:00Z]",
    reason: "_info is no part of a condition's name",
  },
  { conditions: 'types/name="Client"', reason: "a child list belongs into childConditions" },
  { conditions: "identifier='CUST-1001'", reason: "single quotes" },
  { conditions: 'lastUpdated > "2026-08-19"', reason: "a date in quotes" },
  { conditions: 'id = "1001"', reason: "a number in quotes" },
  { conditions: "identifier = CUST", reason: "a string without quotes" },
  { conditions: "(id = 1", reason: "an open parenthesis" },
  { conditions: "id = 1 id = 2", reason: "two comparisons without and" },
  { conditions: "id =", reason: "no value" },
  { conditions: "id in 1", reason: "in without a list" },
]) {
  test(`conditions: ${reason} is a 400 ApiFindCondition`, async () => {
    assert.equal(
      code(await call(await start(), "GET", query("/company/companies", { conditions }))),
      "400 ApiFindCondition",
    );
  });
}

test("conditions: the message of an unknown name is the vendor's, and the rule can be switched off", async () => {
  const running = await start();
  const path = query("/company/companies", { conditions: 'member/identifier="x" and id=1001' });
  const refused = await call(running, "GET", path);
  assert.equal(record(refused.body)["message"], "member/identifier is not a recognized name.");
  running.setRule("conditions", false);
  assert.deepEqual(ids((await call(running, "GET", path)).body), [1001]);
});

test("conditions: setup lists refuse lastUpdated", async () => {
  const path = query("/company/companies/types", { conditions: "lastUpdated > [2026-01-01T00:00:00Z]" });
  assert.equal(code(await call(await start(), "GET", path)), "400 ApiFindCondition");
});

test("childConditions look at one child at a time, customFieldConditions at one custom field", async () => {
  const running = await start();
  const contacts = (childConditions: string): Promise<Answer> =>
    call(running, "GET", query("/company/contacts", { childConditions }));
  assert.deepEqual(ids((await contacts('communicationItems/value="ap@harbor.example"')).body), [2001]);
  const phoneWithAt = 'communicationItems/value like "%@%" and communicationItems/communicationType="Phone"';
  assert.deepEqual(ids((await contacts(phoneWithAt)).body), []);
  assert.equal(code(await contacts('items/value="x"')), "400 ApiFindCondition");
  const typed = query("/company/companies", { childConditions: 'types/name="Prospect"' });
  assert.deepEqual(ids((await call(running, "GET", typed)).body), [1003]);

  await call(running, "PATCH", "/company/companies/1002", [
    { op: "replace", path: "customFields", value: [{ id: 42, value: "CB-9" }] },
  ]);
  const custom = async (text: string): Promise<Json[]> =>
    ids((await call(running, "GET", query("/company/companies", { customFieldConditions: text }))).body);
  assert.deepEqual(await custom('caption="BillingId" AND value="CB-9"'), [1002]);
  assert.deepEqual(await custom('caption="AccountingId" AND value="CB-9"'), []);
  assert.deepEqual(await custom('caption="BillingId" AND value=null'), [1001, 1003]);
});

test("orderBy sorts by nested names and falls back on the id; an unknown name is refused", async () => {
  const running = await start();
  const ordered = (orderBy: string): Promise<Answer> =>
    call(running, "GET", query("/company/companies", { orderBy }));
  assert.deepEqual(ids((await ordered("billingTerms/name, name desc")).body), [1002, 1003, 1001]);
  assert.deepEqual(ids((await ordered("lastUpdated asc")).body), [1003, 1002, 1001]);
  assert.equal(code(await ordered("rating")), "400 ApiFindCondition");
});

test("fields picks fields and nested fields, of a list and of one record", async () => {
  const running = await start();
  const one = await call(running, "GET", "/company/companies/1001?fields=id,status/name,_info/lastUpdated");
  const want = { id: 1001, status: { name: "Active" }, _info: { lastUpdated: "2026-07-21T12:00:00Z" } };
  assert.deepEqual(one.body, want);
});

// ── paging ───────────────────────────────────────────────────────────────────────────────────────────────────────

async function withCompanies(count: number): Promise<RunningSandbox> {
  const running = await start();
  for (let id = 2001; id <= 2000 + count - 3; id++) {
    running.ledger.put("companies", String(id), { id, identifier: `C${id}`, name: `Company ${id}` });
  }
  return running;
}

function links(answer: Answer): { readonly [rel: string]: string } {
  const header = answer.headers.get("link") ?? "";
  return Object.fromEntries(
    [...header.matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, url = "", rel = ""]) => [rel, url]),
  );
}

test("paging: 25 a page by default, absolute links for every direction that there is", async () => {
  const running = await withCompanies(60);
  const first = await call(running, "GET", query("/company/companies", { conditions: "id > 0" }));
  assert.equal(ids(first.body).length, 25);
  assert.deepEqual(Object.keys(links(first)), ["next", "last"]);
  const second = await call(running, "GET", links(first)["next"] ?? "");
  assert.deepEqual(Object.keys(links(second)), ["next", "last", "prev", "first"]);
  assert.ok(links(second)["next"]?.startsWith(`${running.baseUrl}/company/companies?`));
  const third = await call(running, "GET", links(second)["next"] ?? "");
  assert.deepEqual(Object.keys(links(third)), ["prev", "first"]);
  const all = [first, second, third].flatMap((page) => ids(page.body));
  assert.equal(new Set(all).size, 60);
  assert.equal(links(first)["last"], links(second)["next"]);
});

test("paging: an exact multiple of the page size has no link to an empty page", async () => {
  const running = await withCompanies(50);
  const second = await call(running, "GET", "/company/companies?page=2");
  assert.equal(ids(second.body).length, 25);
  assert.equal(links(second)["next"], undefined);
});

test("paging: forward-only goes by pageId and takes no ordering", async () => {
  const running = await withCompanies(10);
  const headers = { "pagination-type": "forward-only" };
  let page = await call(running, "GET", "/company/companies?pageSize=4&pageId=0", undefined, headers);
  const seen = ids(page.body);
  // With numbered pages the record that vanishes here would shift another one out of sight.
  running.ledger.remove("companies", "1001");
  while (links(page)["next"] !== undefined) {
    assert.deepEqual(Object.keys(links(page)), ["next"]);
    page = await call(running, "GET", links(page)["next"] ?? "", undefined, headers);
    seen.push(...ids(page.body));
  }
  assert.deepEqual(seen, [1001, 1002, 1003, 2001, 2002, 2003, 2004, 2005, 2006, 2007]);
  const ordered = await call(running, "GET", "/company/companies?orderBy=name", undefined, headers);
  assert.equal(code(ordered), "400 ApiFindCondition");
});

test("paging: forward-only has no link after a last page that is full", async () => {
  const running = await withCompanies(8);
  const path = query("/company/companies", { pageSize: "4", pageId: "2001" });
  const page = await call(running, "GET", path, undefined, { "pagination-type": "forward-only" });
  assert.deepEqual(ids(page.body), [2002, 2003, 2004, 2005]);
  assert.deepEqual(links(page), {});
});

test("paging: a page has at most 1000 records, and page 0 is refused", async () => {
  const running = await withCompanies(1001);
  const page = await call(running, "GET", "/company/companies?pageSize=5000");
  assert.equal(ids(page.body).length, 1000);
  assert.ok(links(page)["next"] !== undefined);
  running.setRule("page_size_cap", false);
  assert.equal(ids((await call(running, "GET", "/company/companies?pageSize=5000")).body).length, 1001);
  assert.equal(code(await call(running, "GET", "/company/companies?page=0")), "400 ApiFindCondition");
});

// ── writes ───────────────────────────────────────────────────────────────────────────────────────────────────────

const NEW = { identifier: "NIXE", name: "Nixe Ltd", city: "Tampa", types: [1], country: { id: 1 } };

test("POST: 201 with the record, its location, defaults, and the clock as lastUpdated", async () => {
  const running = await start();
  const created = await call(running, "POST", "/company/companies", {
    ...NEW,
    madeUp: 1,
    status: { name: "inactive" },
  });
  assert.equal(created.status, 201);
  const company = record(created.body);
  assert.equal(created.headers.get("location"), `${running.baseUrl}/company/companies/${company["id"]}`);
  assert.ok(Number(company["id"]) > 1003);
  assert.equal(record(company["status"] ?? null)["id"], 2);
  assert.equal(company["deletedFlag"], false);
  assert.equal("madeUp" in company, false);
  assert.equal(record(company["_info"] ?? null)["lastUpdated"], "2026-09-01T09:30:15Z");
  assert.deepEqual((await call(running, "GET", `/company/companies/${company["id"]}`)).body, company);
});

for (const { name, path, body, errors } of [
  {
    name: "required fields",
    path: "/company/companies",
    body: { city: "Tampa" },
    errors: ["MissingRequiredField identifier", "MissingRequiredField name"],
  },
  {
    name: "a company without any address field",
    path: "/company/companies",
    body: { identifier: "X", name: "X" },
    errors: ["MissingRequiredField addressLine1"],
  },
  {
    name: "an identifier that another company has, in other letters",
    path: "/company/companies",
    body: { ...NEW, identifier: "cust-1001" },
    errors: ["DuplicateValue identifier"],
  },
  {
    name: "texts that are too long, of the wrong type, references that lead nowhere",
    path: "/company/companies",
    body: { ...NEW, zip: "1234567890123", city: 5, billingTerms: { id: 99 }, dateAcquired: "soon" },
    errors: [
      "MaxLength zip",
      "InvalidValue city",
      "InvalidReference billingTerms",
      "InvalidValue dateAcquired",
    ],
  },
  {
    name: "a custom field that is not there",
    path: "/company/companies",
    body: { ...NEW, customFields: [{ id: 43, value: "x" }] },
    errors: ["InvalidValue customFields"],
  },
  {
    name: "an agreement without contact",
    path: "/finance/agreements",
    body: { name: "A", type: { id: 4 }, company: { id: 1001 } },
    errors: ["MissingRequiredField contact"],
  },
  {
    name: "an addition without product, with a word that is not allowed",
    path: "/finance/agreements/4001/additions",
    body: { billCustomer: "Maybe" },
    errors: ["InvalidValue billCustomer", "MissingRequiredField product"],
  },
]) {
  test(`POST refuses ${name} with InvalidObject`, async () => {
    const running = await start();
    const before = running.ledger.all("companies").length;
    const refused = await call(running, "POST", path, body);
    assert.equal(code(refused), "400 InvalidObject");
    const list = record(refused.body)["errors"];
    assert.ok(Array.isArray(list));
    const found = list.map(record).map((error) => `${error["code"]} ${error["field"]}`);
    assert.deepEqual(found.sort(), [...errors].sort());
    assert.equal(running.ledger.all("companies").length, before);
  });
}

test("POST: with the rule off an identifier can be given twice", async () => {
  const running = await start({ off: ["unique_identifier"] });
  assert.equal(
    (await call(running, "POST", "/company/companies", { ...NEW, identifier: "CUST-1001" })).status,
    201,
  );
});

test("PATCH: paths with and without slash, nested, removed; other fields stay, lastUpdated moves", async () => {
  const running = await start();
  const patched = await call(running, "PATCH", "/company/companies/1001", [
    { op: "replace", path: "accountNumber", value: "R-1001" },
    { op: "add", path: "/website", value: "harbor.example" },
    { op: "replace", path: "billingTerms/id", value: 1 },
    { op: "replace", path: "status/name", value: "Inactive" },
    { op: "remove", path: "/addressLine1" },
    { op: "replace", path: "customFields", value: [{ id: 42, value: "CB-5001" }] },
  ]);
  assert.equal(patched.status, 200);
  const company = record(patched.body);
  assert.equal(company["accountNumber"], "R-1001");
  assert.equal(company["website"], "harbor.example");
  assert.equal(record(company["billingTerms"] ?? null)["name"], "Net 15");
  assert.equal(record(company["status"] ?? null)["id"], 2);
  assert.equal("addressLine1" in company, false);
  assert.equal(company["city"], "Tampa");
  assert.equal(record(company["_info"] ?? null)["lastUpdated"], "2026-09-01T09:30:15Z");

  const again = await call(running, "PATCH", "/company/companies/1001", [
    { op: "replace", path: "customFields", value: [{ id: 41, value: "71" }] },
  ]);
  const fields = record(again.body)["customFields"];
  assert.ok(Array.isArray(fields));
  assert.deepEqual(
    fields.map((field) => record(field)["value"]),
    ["71", "CB-5001"],
  );
});

for (const { name, body, want } of [
  { name: "no list", body: { name: "X" }, want: "400 InvalidObject" },
  { name: "an unknown op", body: [{ op: "move", path: "name", value: "X" }], want: "400 InvalidObject" },
  {
    name: "an unknown field",
    body: [{ op: "replace", path: "rating", value: "X" }],
    want: "400 InvalidObject",
  },
  { name: "the loss of a required field", body: [{ op: "remove", path: "name" }], want: "400 InvalidObject" },
  {
    name: "another company's identifier",
    body: [{ op: "replace", path: "identifier", value: "CUST-1002" }],
    want: "400 InvalidObject",
  },
]) {
  test(`PATCH refuses ${name}`, async () => {
    const running = await start();
    const before = running.ledger.get("companies", "1001");
    assert.equal(code(await call(running, "PATCH", "/company/companies/1001", body)), want);
    assert.deepEqual(running.ledger.get("companies", "1001"), before);
  });
}

test("PATCH: a required field that was empty before does not stand in the way of another one", async () => {
  const running = await start();
  const path = "/finance/agreements/4004";
  assert.equal("contact" in record((await call(running, "GET", path)).body), false);
  const patched = await call(running, "PATCH", path, [
    { op: "replace", path: "name", value: "Voice offer 2" },
  ]);
  assert.equal(record(patched.body)["name"], "Voice offer 2");
});

test("PATCH: types do not change; they are changed through typeAssociations", async () => {
  const running = await start();
  const types = async (): Promise<Json[]> =>
    ids(record((await call(running, "GET", "/company/companies/1001")).body)["types"] ?? null);
  await call(running, "PATCH", "/company/companies/1001", [{ op: "replace", path: "types", value: [] }]);
  assert.deepEqual(await types(), [1, 2]);
  const links = "/company/companies/1001/typeAssociations";
  const added = await call(running, "POST", links, { type: { id: 3 } });
  assert.equal(added.status, 201);
  assert.deepEqual(await types(), [1, 2, 3]);
  const listed = await call(running, "GET", links);
  assert.equal(ids(listed.body).length, 3);
  assert.equal((await call(running, "DELETE", `${links}/${ids(listed.body)[0]}`)).status, 204);
  assert.deepEqual(await types(), [2, 3]);
});

test("PUT empties what is not sent, keeps what only the vendor sets, and asks for more than POST", async () => {
  const running = await start();
  const replaced = await call(running, "PUT", "/company/companies/1001", {
    identifier: "CUST-1001",
    name: "Harbor",
  });
  assert.equal(replaced.status, 200);
  const company = record(replaced.body);
  assert.deepEqual(["city" in company, company["deletedFlag"]], [false, false]);
  assert.deepEqual(ids(company["types"] ?? null), [1, 2]);
  assert.equal(record(company["_info"] ?? null)["dateEntered"], "2026-04-13T12:00:00Z");
  const agreement = { name: "A", type: { id: 4 }, company: { id: 1001 }, contact: { id: 2001 } };
  const refused = await call(running, "PUT", "/finance/agreements/4001", agreement);
  assert.equal(code(refused), "400 InvalidObject");
});

test("communications are the contact's own list, with ids and the type's kind", async () => {
  const running = await start();
  const created = await call(running, "POST", "/company/contacts", {
    firstName: "Eve",
    company: { id: 1001 },
    communicationItems: [{ type: { name: "Email" }, value: "eve@harbor.example", defaultFlag: true }],
  });
  const id = record(created.body)["id"];
  const path = `/company/contacts/${id}/communications`;
  const [email] = ids((await call(running, "GET", path)).body);
  const phone = await call(running, "POST", path, { type: { id: 2 }, value: "8135550109" });
  assert.equal(record(phone.body)["communicationType"], "Phone");
  await call(running, "PATCH", `${path}/${email}`, [
    { op: "replace", path: "value", value: "ap@nixe.example" },
  ]);
  const contact = record((await call(running, "GET", `/company/contacts/${id}`)).body);
  const items = contact["communicationItems"];
  assert.ok(Array.isArray(items));
  const seen = items.map(record).map((item) => [item["communicationType"], item["value"], item["domain"]]);
  assert.deepEqual(seen.sort(), [
    ["Email", "ap@nixe.example", "@nixe.example"],
    ["Phone", "8135550109", undefined],
  ]);
});

test("additions: amounts are computed, and a change does not touch the agreement", async () => {
  const running = await start();
  const before = running.ledger.get("agreements", "4001");
  const created = await call(running, "POST", "/finance/agreements/4001/additions", {
    product: { identifier: "did" },
    billCustomer: "Billable",
    quantity: 3.5,
    lessIncluded: 0.5,
    unitPrice: 0.335,
  });
  const addition = record(created.body);
  assert.deepEqual([addition["billedQuantity"], addition["extPrice"]], [3, 1.01]);
  assert.deepEqual(running.ledger.get("agreements", "4001"), before);
  assert.deepEqual(ids((await call(running, "GET", "/finance/agreements/4002/additions")).body), [4103]);
});

test("agreements: cancelling one changes its status", async () => {
  const running = await start();
  const cancelled = await call(running, "PATCH", "/finance/agreements/4001", [
    { op: "replace", path: "cancelledFlag", value: true },
    { op: "replace", path: "endDate", value: "2026-09-30T00:00:00.000Z" },
  ]);
  const agreement = record(cancelled.body);
  assert.deepEqual(
    [agreement["agreementStatus"], agreement["noEndingDateFlag"], agreement["endDate"]],
    ["Cancelled", false, "2026-09-30T00:00:00Z"],
  );
});

test("DELETE: a company is only marked, a record in use is a 409, others are gone", async () => {
  const running = await start();
  assert.equal((await call(running, "DELETE", "/company/companies/1003")).status, 204);
  const company = record((await call(running, "GET", "/company/companies/1003")).body);
  assert.deepEqual([company["deletedFlag"], company["dateDeleted"]], [true, "2026-09-01T09:30:15Z"]);
  assert.deepEqual((await call(running, "DELETE", "/company/companies/1001/sites/3001")).body, {
    code: "ConflictingRecord",
    message: "Record is in use.",
    errors: null,
  });
  assert.equal((await call(running, "DELETE", "/company/companies/1001/sites/3002")).status, 204);
  assert.equal(code(await call(running, "GET", "/company/companies/1001/sites/3002")), "404 NotFound");
});

for (const path of [
  "/company/companies/99999",
  "/company/companies/99999/sites",
  "/company/companies/1002/sites/3001",
  "/company/submarines",
]) {
  test(`404: ${path}`, async () => {
    assert.equal(code(await call(await start(), "GET", path)), "404 NotFound");
  });
}

test("404: the message names the record as the vendor does", async () => {
  const refused = await call(await start(), "GET", "/company/companies/99999");
  assert.equal(record(refused.body)["message"], "Company 99999 not found");
});
