import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, START } from "./client.ts";

const COMPANY = { companyName: "New Co", companyType: 1, ownerResourceID: 4, phone: "8135550199" };

test("create: a company gets an id above all others, and the reply is the id alone", async (t) => {
  const { call, item } = await connect(t);
  const { status, body } = await call("POST", "Companies", COMPANY);
  assert.deepEqual([status, body], [200, { itemId: 1004 }]);
  const made = await item("Companies", 1004);
  assert.deepEqual([made["companyName"], made["isActive"]], ["New Co", true]);
  assert.equal(made["lastTrackedModifiedDateTime"], "2026-09-01T09:30:15.25");
});

test("create: every missing field is named, with status 500", async (t) => {
  const { refused, write, server } = await connect(t);
  assert.equal(
    await refused("POST", "Companies", { companyType: 1, ownerResourceID: 4 }),
    "Missing Required Field: companyName | Missing Required Field: phone",
  );
  server.setRule("required", false);
  assert.equal(await write("POST", "Companies", { companyType: 1 }), 1004);
});

for (const { rule, field, text } of [
  { rule: "picklists", field: { companyType: 99 }, text: /companyType has no value 99/ },
  { rule: "references", field: { parentCompanyID: 424242 }, text: /parentCompanyID does not exist/ },
  { rule: "flags", field: { isActive: null }, text: /isActive is not a boolean/ },
]) {
  test(`create: the rule ${rule} refuses what it is about, and only while it is on`, async (t) => {
    const { refused, write, server } = await connect(t);
    assert.match(await refused("POST", "Companies", { ...COMPANY, ...field }), text);
    server.setRule(rule, false);
    assert.equal(await write("POST", "Companies", { ...COMPANY, ...field }), 1004);
  });
}

test("create: nothing keeps a company from being there twice", async (t) => {
  const { write } = await connect(t);
  assert.notEqual(await write("POST", "Companies", COMPANY), await write("POST", "Companies", COMPANY));
});

test("patch: only what is sent changes, on the collection's address, and the edit is stamped", async (t) => {
  const { write, item, advance, call } = await connect(t);
  const before = await item("Companies", 1001);
  advance(60_000);
  assert.equal(await write("PATCH", "Companies", { id: 1001, companyName: "Harbor Dental, LLC" }), 1001);
  const { companyName, lastTrackedModifiedDateTime, ...rest } = await item("Companies", 1001);
  assert.deepEqual(
    { ...before, companyName, lastTrackedModifiedDateTime },
    {
      ...rest,
      companyName: "Harbor Dental, LLC",
      lastTrackedModifiedDateTime: "2026-09-01T09:31:15.25",
    },
  );
  assert.equal((await call("PATCH", "Companies/1001", { companyName: "x" })).status, 404);
});

test("patch: an edit is found by its stamp, and not by the last activity", async (t) => {
  const { write, query, advance } = await connect(t);
  advance(60_000);
  await write("PATCH", "Companies", { id: 1002, city: "Athens" });
  const since = (field: string) => ({ op: "gte", field, value: new Date(START + 1000).toISOString() });
  assert.deepEqual(
    (await query("Companies", since("lastTrackedModifiedDateTime"))).map(({ id }) => id),
    [1002],
  );
  assert.deepEqual(await query("Companies", since("lastActivityDate")), []);
});

for (const { off, city } of [
  { off: [], city: null },
  { off: ["put_nulls"], city: "Tampa" },
]) {
  test(`put: what is left out is ${city ?? "emptied"} with [${off}] off`, async (t) => {
    const { write, item } = await connect(t, { off });
    await write("PUT", "Companies", { id: 1001, ...COMPANY });
    assert.equal((await item("Companies", 1001))["city"], city);
  });
}

test("custom fields: they are absent until one has a value, then there with every record of the reply", async (t) => {
  const { query, write, server } = await connect(t);
  const all = { op: "exist", field: "id" };
  assert.ok((await query("Companies", all)).every((row) => row["userDefinedFields"] === undefined));
  server.setRule("udf_absent", false);
  assert.ok((await query("Companies", all)).every((row) => row["userDefinedFields"] !== undefined));
  server.setRule("udf_absent", true);
  await write("PATCH", "Companies", { id: 1002, userDefinedFields: [{ name: "AccountingId", value: 71 }] });
  const custom = (await query("Companies", all)).map((row) => row["userDefinedFields"]);
  const fields = (value: string | null) => [
    { name: "AccountingId", value },
    { name: "BillingId", value: null },
  ];
  assert.deepEqual(custom, [fields(null), fields("71"), fields(null)]);
  assert.deepEqual(
    (await query("Companies", { op: "eq", field: "AccountingId", udf: true, value: "71" })).map(
      ({ id }) => id,
    ),
    [1002],
  );
});

test("custom fields: writing one leaves the others", async (t) => {
  const { write, item } = await connect(t);
  for (const name of ["AccountingId", "BillingId"]) {
    await write("PATCH", "Companies", { id: 1001, userDefinedFields: [{ name, value: name }] });
  }
  assert.deepEqual((await item("Companies", 1001))["userDefinedFields"], [
    { name: "AccountingId", value: "AccountingId" },
    { name: "BillingId", value: "BillingId" },
  ]);
});

test("custom fields: one that the tenant lacks is refused", async (t) => {
  const { refused } = await connect(t);
  const body = { id: 1001, userDefinedFields: [{ name: "Nope", value: "1" }] };
  assert.match(await refused("PATCH", "Companies", body), /Unable to find Nope/);
});

test("children: contacts and sites are written below their company, and read in their own collection", async (t) => {
  const { write, item, call } = await connect(t);
  const person = { firstName: "Kim", lastName: "Ode", isActive: 1 };
  const contact = await write("POST", "Companies/1003/Contacts", person);
  assert.equal((await item("Contacts", contact))["companyID"], 1003);
  await write("PATCH", "Companies/1003/Contacts", { id: contact, title: "CFO" });
  assert.equal((await item("Contacts", contact))["title"], "CFO");
  const site = await write("POST", "Companies/1003/Locations", { name: "Pit" });
  assert.equal((await item("CompanyLocations", site))["companyID"], 1003);
  assert.equal((await call("POST", "Contacts", { ...person, companyID: 1003 })).status, 405);
  assert.equal((await call("POST", "Companies/424242/Locations", { name: "Pit" })).status, 404);
  assert.equal((await call("PATCH", "Companies/1001/Contacts", { id: contact, title: "x" })).status, 404);
});

test("children: an inactive contact is the number 0, not false", async (t) => {
  const { write, refused, item } = await connect(t);
  assert.match(await refused("PATCH", "Companies/1001/Contacts", { id: 2001, isActive: false }), /isActive/);
  await write("PATCH", "Companies/1001/Contacts", { id: 2001, isActive: 0 });
  assert.equal((await item("Contacts", 2001))["isActive"], 0);
});

test("quantities: an adjustment changes the units of a service, which itself has none", async (t) => {
  const { write, query, item, call } = await connect(t);
  assert.equal((await item("ContractServices", 4101))["units"], undefined);
  const adjustment = { contractServiceID: 4101, effectiveDate: "2026-09-01T00:00:00", unitChange: -5 };
  await write("POST", "Contracts/4001/ServiceAdjustments", adjustment);
  const [unit] = await query("ContractServiceUnits", { op: "eq", field: "contractServiceID", value: 4101 });
  assert.deepEqual([unit?.["units"], unit?.["price"]], [20, 399]);
  assert.equal(
    (await call("PATCH", "ContractServiceUnits", { id: unit?.["id"] ?? 0, units: 1 })).status,
    405,
  );
});

test("writes: what is not there is a 404, and what cannot be created is a 405", async (t) => {
  const { call } = await connect(t);
  assert.equal((await call("PATCH", "Companies", { id: 424242, city: "x" })).status, 404);
  assert.equal((await call("POST", "Invoices", {})).status, 405);
  assert.equal((await call("POST", "BillingItems", {})).status, 405);
});
