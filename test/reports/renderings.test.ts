import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "csv-parse/sync";
import { reconciliationCsv } from "../../engine/report/reconcile-csv.ts";
import { reconciliationHtml } from "../../engine/report/reconcile-html.ts";
import { renderReconciliation } from "../../engine/report/reconcile-text.ts";
import type { Reconciliation } from "../../engine/report/reconciliation.ts";

/** A name and a number that a vendor's user typed in do no harm where the report is read. */

const EVIL = `=HYPERLINK("http://evil.example")<script>alert('x')</script>\u001b[2J\u202e`;

const report: Reconciliation = {
  schemaVersion: 1,
  client: "demo",
  from: "2026-08-01",
  to: "2026-08-31",
  read_at: "2026-09-01T03:00:00Z",
  run_meanwhile: false,
  customers: [
    {
      key: "c",
      name: EVIL,
      number: "+1",
      psa_ids: [],
      billing_ids: ["5001"],
      accounting_ids: [],
      linked: false,
    },
  ],
  totals: [
    {
      currency: "JPY",
      revenue: { billing: 1234567, accounting: 0, difference: -1234567 },
      payments: { billing: 0, accounting: 0, difference: 0 },
      balances: { billing: 1234567, accounting: 0, difference: -1234567 },
      psa_invoices: null,
      psa_items: null,
      off: { documents: 1234567, payments: 0, balances: 1234567, psa: 0 },
    },
  ],
  revenue: [
    {
      customer: "c",
      period: "2026-08",
      currency: "JPY",
      gl_code: "0400",
      invoiced_by: "billing",
      psa: null,
      psa_difference: null,
      billing: 1234567,
      accounting: 0,
      difference: -1234567,
    },
  ],
  payments: [],
  balances: [],
  differences: [
    {
      entity: "invoice",
      customer: "c",
      period: "2026-08",
      currency: "JPY",
      documents: [{ system: "billing", id: "9", number: EVIL, date: "2026-08-01", amount: 1234567 }],
      psa: null,
      billing: 1234567,
      accounting: 0,
      difference: -1234567,
      gl: [],
      off: 1234567,
      earlier: false,
      cause: "not_run",
      expected: false,
      message: EVIL,
      task: null,
      command: "tripoint run --pipeline invoices --client demo",
    },
  ],
  not_compared: [],
  unreadable: [],
};

test("reconcile: CSV carries no formula and plain amounts with the currency's digits", () => {
  const rows = parse(reconciliationCsv(report), { columns: true }) as { readonly [column: string]: string }[];
  const [revenue, difference] = rows;
  assert.equal(revenue?.["difference"], "-1234567");
  assert.equal(revenue?.["gl_code"], "0400");
  assert.equal(revenue?.["customer_number"], "'+1");
  for (const column of ["customer", "explanation"]) assert.match(difference?.[column] ?? "", /^'=HYPERLINK/);
});

test("reconcile: the page escapes what it is given and loads nothing", () => {
  const page = reconciliationHtml(report);
  assert.doesNotMatch(page, /<script|<img|<link|src=|@import|url\(|[\u001b\u202e]/);
  assert.match(page, /&lt;script&gt;alert\(&#39;x&#39;\)/);
  assert.match(page, /default-src 'none'/);
  assert.match(page, /prefers-color-scheme: dark/);
  assert.match(page, /@media print/);
});

test("reconcile: the page says of what stands elsewhere how much is out of place, and calls no nought a difference", () => {
  const [row] = report.differences;
  assert.ok(row);
  assert.match(reconciliationHtml(report), /difference <b class="differ">-1,234,567 JPY/);
  const elsewhere = { ...row, accounting: row.billing, difference: 0, off: 2 * row.billing };
  const page = reconciliationHtml({ ...report, differences: [elsewhere] });
  assert.match(page, /out of place <b class="differ">2,469,134 JPY/);
  assert.doesNotMatch(page, /class="differ">0 JPY/);
});

test("reconcile: text moves no cursor and names document, amounts and command", () => {
  const text = renderReconciliation(report);
  assert.doesNotMatch(text, /[\u001b\u202e]/);
  assert.match(
    text,
    /billing 1,234,567, accounting 0 JPY\n {2}\$ tripoint run --pipeline invoices --client demo\n/,
  );
  assert.match(text, /1 customer not linked/);
});

test("reconcile: text stays short whatever is wrong, and says where the rest is", () => {
  const many = Array.from({ length: 516 }, (_, index) => ({
    system: "billing" as const,
    entity: "invoice" as const,
    id: String(index),
    reason: "it took too long",
  }));
  const differences = report.differences.flatMap((row) => Array.from({ length: 30 }, () => row));
  const text = renderReconciliation({ ...report, differences, unreadable: many });
  assert.match(text, /and 496 records more: --format json shows them all/);
  assert.match(text, /and 10 differences more/);
  assert.match(text, /30 differences over/);
});
