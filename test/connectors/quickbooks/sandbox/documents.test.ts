import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../../../engine/connector/sandbox/types.ts";
import { connect, faultOf, objectAt, rowsAt } from "../client.ts";
import { invoice, line } from "./samples.ts";

test("invoice: totals, balance, due date, line ids and the subtotal line are computed", async (t) => {
  const { post, call } = await connect(t);
  const made = await post("Invoice", {
    ...invoice("INV-1", [line(124.75, 5, 24.95), line(276.44, 12845.5, 0.02152, "22")]),
    TxnDate: "2026-06-01",
    SalesTermRef: { value: "4" },
    TxnTaxDetail: { TotalTax: 29.85 },
    TotalAmt: 1,
    Balance: 1,
  });
  assert.deepEqual(
    [made["TotalAmt"], made["Balance"], made["DueDate"], made["DocNumber"]],
    [431.04, 431.04, "2026-07-01", "INV-1"],
  );
  assert.deepEqual(made["CustomerRef"], { value: "789", name: "Acme Tampa Bay" });
  const lines = rowsAt(made, "Line");
  assert.deepEqual(
    lines.map((row) => [row["Id"], row["LineNum"], row["Amount"], row["DetailType"]]),
    [
      ["1", 1, 124.75, "SalesItemLineDetail"],
      ["2", 2, 276.44, "SalesItemLineDetail"],
      [undefined, undefined, 401.19, "SubTotalLineDetail"],
    ],
  );
  const customer = objectAt((await call("GET", "/customer/789")).body, "Customer");
  assert.equal(customer["Balance"], 431.04);
});

test("invoice: TxnDate defaults to the Pacific day", async (t) => {
  const { post } = await connect(t, { at: Date.parse("2026-06-16T05:00:00Z") });
  const made = await post("Invoice", invoice("INV-1", [line(1)]));
  assert.deepEqual([made["TxnDate"], made["DueDate"]], ["2026-06-15", "2026-06-15"]);
});

test("invoice: a discount lowers the total, by amount or percent", async (t) => {
  const { post } = await connect(t);
  const percent = {
    DetailType: "DiscountLineDetail",
    DiscountLineDetail: { PercentBased: true, DiscountPercent: 10 },
  };
  const made = await post("Invoice", invoice("INV-1", [line(100.05), percent]));
  assert.equal(made["TotalAmt"], 90.04);
});

for (const { name, change, code, rule } of [
  { name: "no customer", change: { CustomerRef: null }, code: "2020" },
  { name: "an unknown customer", change: { CustomerRef: { value: "1" } }, code: "2500", rule: "references" },
  {
    name: "an inactive customer",
    change: { CustomerRef: { value: "790" } },
    code: "610",
    rule: "references",
  },
  { name: "no line", change: { Line: [] }, code: "2020" },
  {
    name: "a description as only line",
    change: { Line: [{ DetailType: "DescriptionOnly", Description: "x" }] },
    code: "2020",
  },
  { name: "an unknown item", change: { Line: [line(1, 1, 1, "999")] }, code: "2500", rule: "references" },
  {
    name: "an unknown tax code",
    change: { Line: [line(1, 1, 1, "21", "GST")] },
    code: "2500",
    rule: "references",
  },
  {
    name: "an amount a cent off",
    change: { Line: [line(124.76, 5, 24.95)] },
    code: "6070",
    rule: "qty_price",
  },
  {
    name: "half a cent rounded down",
    change: { Line: [line(1861.07, 128.35, 14.5)] },
    code: "6070",
    rule: "qty_price",
  },
  { name: "an amount finer than a cent", change: { Line: [line(1.005)] }, code: "2090" },
  { name: "an amount as text", change: { Line: [{ ...line(1), Amount: "1.00" }] }, code: "2090" },
  { name: "a negative total", change: { Line: [line(-1)] }, code: "6000" },
  { name: "a DocNumber over 21", change: { DocNumber: "x".repeat(22) }, code: "2050", rule: "lengths" },
  {
    name: "a PrivateNote over 4000",
    change: { PrivateNote: "x".repeat(4001) },
    code: "2050",
    rule: "lengths",
  },
  {
    name: "a description over 4000",
    change: { Line: [{ ...line(1), Description: "x".repeat(4001) }] },
    code: "2050",
    rule: "lengths",
  },
  { name: "a misspelt field", change: { Lines: [] }, code: "2010", rule: "unknown_fields" },
  { name: "a number that is taken", change: { DocNumber: "TAKEN" }, code: "6140", rule: "doc_number" },
] satisfies { name: string; change: Row; code: string; rule?: string }[]) {
  test(`invoice: ${name} is refused with ${code}${rule === undefined ? "" : `, and taken with ${rule} off`}`, async (t) => {
    const { post, refused, server } = await connect(t);
    await post("Invoice", invoice("TAKEN", [line(1)]));
    const body = { ...invoice("INV-1", [line(1)]), ...change };
    assert.equal(await refused("Invoice", body), code);
    if (rule === undefined) return;
    server.setRule(rule, false);
    assert.equal((await post("Invoice", body))["SyncToken"], "0");
  });
}

test("doc number: the refusal names the owner; other types and an override may use the number", async (t) => {
  const { post, call } = await connect(t);
  const first = await post("Invoice", invoice("INV-1042", [line(1)]));
  const reply = await call("POST", "/invoice", invoice("INV-1042", [line(2)]));
  assert.equal(
    faultOf(reply.body).detail,
    "Duplicate Document Number Error : You must specify a different number. This number has already been used. " +
      `DocNumber=INV-1042 is assigned to TxnType=Invoice with TxnId=${String(first["Id"])}`,
  );
  await post("CreditMemo", invoice("INV-1042", [line(1)]));
  await post("Invoice", invoice("INV-1042", [line(2)]), "&include=allowduplicatedocnum");
});

test("doc number: empty stays empty with custom numbers on, and is assigned with them off", async (t) => {
  const { post } = await connect(t);
  const { DocNumber: _number, ...unnumbered } = invoice("", [line(1)]);
  assert.equal((await post("Invoice", unnumbered))["DocNumber"], undefined);
  await post("Preferences", {
    Id: "1",
    SyncToken: "0",
    sparse: true,
    SalesFormsPrefs: { CustomTxnNumbers: false },
  });
  assert.equal((await post("Invoice", unnumbered))["DocNumber"], "1001");
});

test("invoice update: sparse keeps lines, a sent line list replaces the old one, full clears", async (t) => {
  const { post } = await connect(t);
  const made = await post("Invoice", { ...invoice("INV-1", [line(10), line(20)]), PrivateNote: "ext:1" });
  const Id = made["Id"] ?? null;
  const noted = await post("Invoice", { Id, SyncToken: "0", sparse: true, PrivateNote: "ext:2" });
  assert.deepEqual([noted["TotalAmt"], rowsAt(noted, "Line").length], [30, 3]);
  const shorter = await post("Invoice", { Id, SyncToken: "1", sparse: true, Line: [line(5)] });
  assert.deepEqual(
    [shorter["TotalAmt"], rowsAt(shorter, "Line").length, shorter["PrivateNote"]],
    [5, 2, "ext:2"],
  );
  const full = await post("Invoice", { Id, SyncToken: "2", ...invoice("INV-1", [line(7)]) });
  assert.deepEqual([full["TotalAmt"], full["PrivateNote"], full["SyncToken"]], [7, undefined, "3"]);
});

test("void: an invoice keeps number and lines, its amounts are 0 and its note says so", async (t) => {
  const { post, call } = await connect(t);
  const made = await post("Invoice", { ...invoice("INV-1", [line(10)]), PrivateNote: "ext:1" });
  const voided = await post("Invoice", { Id: made["Id"] ?? null, SyncToken: "0" }, "&operation=void");
  assert.deepEqual(
    [voided["DocNumber"], voided["TotalAmt"], voided["Balance"], voided["SyncToken"]],
    ["INV-1", 0, 0, "1"],
  );
  assert.match(String(voided["PrivateNote"]), /^Voided/);
  assert.equal(rowsAt(voided, "Line")[0]?.["Amount"], 0);
  assert.equal(objectAt((await call("GET", "/customer/789")).body, "Customer")["Balance"], 0);
});

test("delete: the invoice is gone from reads and queries", async (t) => {
  const { post, call, query } = await connect(t);
  const made = await post("Invoice", invoice("INV-1", [line(10)]));
  const Id = String(made["Id"]);
  const gone = await post("Invoice", { Id, SyncToken: "0" }, "&operation=delete");
  assert.deepEqual(gone, { domain: "QBO", status: "Deleted", Id });
  assert.equal(faultOf((await call("GET", `/invoice/${Id}`)).body).code, "610");
  assert.deepEqual(await query("select * from Invoice"), {});
});

test("void: a credit memo has none, a payment has it only as an update", async (t) => {
  const { post, refused } = await connect(t);
  const memo = await post("CreditMemo", invoice("CM-1", [line(10)]));
  assert.equal(memo["RemainingCredit"], 10);
  assert.equal(
    await refused("CreditMemo", { Id: memo["Id"] ?? null, SyncToken: "0" }, "&operation=void"),
    "500",
  );
  const payment = await post("Payment", { CustomerRef: { value: "789" }, TotalAmt: 5 });
  assert.equal(
    await refused("Payment", { Id: payment["Id"] ?? null, SyncToken: "0" }, "&operation=void"),
    "500",
  );
});

test("closed books: nothing is made, changed, voided or deleted up to the closing date", async (t) => {
  const { post, refused, server } = await connect(t);
  const made = await post("Invoice", { ...invoice("INV-1", [line(10)]), TxnDate: "2026-03-31" });
  const key = { Id: made["Id"] ?? null, SyncToken: "0" };
  const prefs = { AccountingInfoPrefs: { BookCloseDate: "2026-03-31" } };
  await post("Preferences", { Id: "1", SyncToken: "0", sparse: true, ...prefs });
  assert.equal(await refused("Invoice", { ...invoice("INV-2", [line(1)]), TxnDate: "2026-03-31" }), "6210");
  assert.equal(await refused("Invoice", { ...key, sparse: true, TxnDate: "2026-04-01" }), "6210");
  assert.equal(await refused("Invoice", key, "&operation=void"), "6210");
  assert.equal(await refused("Invoice", key, "&operation=delete"), "6210");
  await post("Invoice", { ...invoice("INV-2", [line(1)]), TxnDate: "2026-04-01" });
  server.setRule("closed_books", false);
  await post("Invoice", key, "&operation=void");
});

test("refund receipt: needs the account it is paid from, and has no balance", async (t) => {
  const { post, refused } = await connect(t);
  assert.equal(await refused("RefundReceipt", invoice("R-1", [line(10)])), "2020");
  const made = await post("RefundReceipt", {
    ...invoice("R-1", [line(10)]),
    DepositToAccountRef: { value: "78" },
  });
  assert.deepEqual([made["TotalAmt"], made["Balance"]], [10, 0]);
});
