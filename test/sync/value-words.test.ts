import assert from "node:assert/strict";
import { test } from "node:test";
import { postedDiffers } from "../../engine/sync/posted-differs.ts";
import { entityOf } from "../../engine/sync/shape.ts";
import { amountText } from "../../engine/sync/value-words.ts";

/** Values as people read them. */

const line = (amount: number) => ({ gl_code: "4000", amount });

for (const { path, value, text } of [
  { path: "total", value: 9256, text: "92.56 USD" },
  { path: "lines", value: [line(4500), line(2)], text: "2 over 45.02 USD" },
  { path: "taxes", value: [], text: "none" },
  { path: "number", value: "INV-1", text: undefined },
  { path: "total", value: null, text: undefined },
]) {
  test(`amountText: ${path} ${JSON.stringify(value)}`, () => {
    assert.equal(amountText(entityOf("invoice"), path, value, "USD"), text);
  });
}

test("R4: a document whose lines are fewer in the ledger is told by their amounts", () => {
  const found = [
    { field: "lines", sent: [line(4500), line(2)], posted: [line(9900)] },
    { field: "taxes", sent: [line(7)], posted: [] },
    { field: "total", sent: 4509, posted: 9900 },
  ];
  const place = { client: "demo", pipeline: "invoices", system: "accounting", source_id: "9002" };
  const { message } = postedDiffers(
    place,
    { number: "INV-1", currency: "USD", total: 4509 },
    { id: "145", unreadable: undefined, record: { status: "issued" } },
    found,
  );
  assert.match(
    message,
    /lines are 1 over 99\.00 USD there, 2 over 45\.02 USD were sent; taxes are none there, 1 over 0\.07 USD were sent; total is 99\.00 USD there/,
  );
});

test("R4: a document that somebody voided in the ledger is told as voided, not by what is left of its lines", () => {
  const found = [{ field: "total", sent: 4509, posted: 0 }];
  const place = { client: "demo", pipeline: "invoices", system: "accounting", source_id: "9002" };
  const target = { id: "145", unreadable: undefined, record: { status: "voided" } };
  const { message } = postedDiffers(place, { number: "INV-1", currency: "USD", total: 4509 }, target, found);
  assert.match(message, /posted as 145 of accounting, but was voided there by hand\. Say what is right/);
});
