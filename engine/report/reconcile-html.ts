import { groupMoney } from "../core/money.ts";
import { type Html, html } from "./html.ts";
import { type CustomerView, customerText } from "./ledger.ts";
import {
  amountsOf,
  billedOf,
  booksOf,
  hasPsa,
  notComparedText,
  RUN_MEANWHILE,
  titleOf,
  unlinkedIn,
  unreadableText,
} from "./reconcile-text.ts";
import type { DifferenceRow, Reconciliation, SumRow } from "./reconciliation.ts";
import type { Sums } from "./sums.ts";

/** The reconciliation as one page: no script, nothing that is loaded from elsewhere, readable printed. */
export function reconciliationHtml(report: Reconciliation): string {
  const customers = new Map(report.customers.map((one) => [one.key, one]));
  const wrong = report.differences.filter(({ expected }) => !expected);
  const expected = report.differences.filter((one) => one.expected);
  const unlinked = unlinkedIn(report);
  const psa = hasPsa(report.totals);
  const books = booksOf(report);
  const notes = [
    ...(report.run_meanwhile ? [RUN_MEANWHILE] : []),
    ...report.unreadable.map(unreadableText),
    ...report.not_compared.map(notComparedText),
  ];
  const verdict = wrong.length + report.unreadable.length === 0 ? "agree" : "differ";
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${titleOf(report)}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<header>
<h1>${books.charAt(0).toUpperCase()}${books.slice(1)} ${verdict}</h1>
<p class="${verdict}">${titleOf(report)}. Read ${report.read_at.slice(0, "2026-08-01T00:00".length).replace("T", " ")} UTC.</p>
</header>
<section class="totals">${report.totals.map(totalCards)}</section>
${wrong.length === 0 ? html`` : html`<section><h2>Differences</h2>${wrong.map((row) => differenceCard(row, customers))}</section>`}
${unlinked.length === 0 ? html`` : html`<section><h2>Customers that are not linked</h2>${unlinkedTable(unlinked)}</section>`}
${notes.length === 0 ? html`` : html`<section><h2>Notes</h2><ul>${notes.map((note) => html`<li>${note}</li>`)}</ul></section>`}
${expected.length === 0 ? html`` : html`<section><h2>Left out by rule</h2>${leftOutTable(expected, customers)}</section>`}
<section><h2>Invoiced by customer, month and GL code</h2>${sumTable(
    report.revenue.map((row) => ({ ...row, what: row.gl_code === "" ? "(no code)" : row.gl_code })),
    "GL code",
    customers,
    psa,
  )}</section>
<section><h2>Received</h2>${sumTable(
    report.payments.map((row) => ({ ...row, what: "" })),
    "",
    customers,
  )}</section>
<section><h2>Balances ${report.to === null ? "" : `at the end of ${report.to}`}</h2>${sumTable(
    report.balances.map((row) => ({ ...row, period: "", what: "" })),
    "",
    customers,
  )}</section>
</body>
</html>
`;
  return page.html;
}

function totalCards(totals: Reconciliation["totals"][number]): Html {
  const { currency, revenue, payments, balances, psa_invoices, psa_items } = totals;
  const card = (title: string, first: readonly [string, number], second: readonly [string, number]): Html => {
    const off = second[1] - first[1];
    return html`<div class="card">
<h3>${title}, ${currency}</h3>
<dl><dt>${first[0]}</dt><dd>${groupMoney(first[1], currency)}</dd><dt>${second[0]}</dt><dd>${groupMoney(second[1], currency)}</dd>
<dt>difference</dt><dd class="${off === 0 ? "agree" : "differ"}">${groupMoney(off, currency)}</dd></dl>
</div>`;
  };
  const both = (title: string, { billing, accounting }: Sums): Html =>
    card(title, ["billing", billing], ["accounting", accounting]);
  const items =
    psa_items === null ? html`` : card("PSA items", ["PSA", psa_items.psa], ["billing", psa_items.billing]);
  const invoices =
    psa_invoices === null
      ? html``
      : card("Invoiced by the PSA", ["PSA", psa_invoices.psa], ["accounting", psa_invoices.accounting]);
  return html`${items}${invoices}${both("Invoiced", revenue)}${both("Received", payments)}${both("Balance", balances)}`;
}

function differenceCard(row: DifferenceRow, customers: ReadonlyMap<string, CustomerView>): Html {
  const { currency, documents, difference, off, message, task, command, cause } = row;
  const listed = documents
    .map(({ system, id, number, date }) => `${system} ${id} (${number}, ${date})`)
    .join(" · ");
  const words = cause.replaceAll("_", " ");
  return html`<article>
<h3>${words.charAt(0).toUpperCase() + words.slice(1)}<span>${customerText(customers.get(row.customer))}, ${row.period}${row.earlier ? ", before this period" : ""}</span></h3>
<p>${message}</p>
<p class="amounts">${amountsOf(row).map(([system, amount]) => html`${system} <b>${groupMoney(amount, currency)}</b> `)}${difference === 0 ? "out of place" : "difference"} <b class="differ">${groupMoney(difference === 0 ? off : difference, currency)} ${currency}</b></p>
<p class="small">${listed}</p>
${task === null ? html`` : html`<p>${task}</p>`}
${command === null ? html`` : html`<pre><code>${command}</code></pre>`}
</article>`;
}

function unlinkedTable(customers: readonly CustomerView[]): Html {
  return html`<table><thead><tr><th>customer</th><th>billing</th><th>accounting</th></tr></thead><tbody>${customers.map(
    (one) =>
      html`<tr><td>${customerText(one)}</td><td>${one.billing_ids.join(", ")}</td><td>${one.accounting_ids.join(", ")}</td></tr>`,
  )}</tbody></table>`;
}

function leftOutTable(rows: readonly DifferenceRow[], customers: ReadonlyMap<string, CustomerView>): Html {
  return html`<table><thead><tr><th>customer</th><th>month</th><th>why</th><th class="n">amount</th><th></th></tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr><td>${customerText(customers.get(row.customer))}</td><td class="month">${row.period}</td><td>${row.message}</td><td class="n">${groupMoney(row.off, row.currency)}</td><td>${row.currency}</td></tr>`,
  )}</tbody></table>`;
}

function sumTable(
  rows: readonly (Sums & {
    readonly customer: string;
    readonly period: string;
    readonly what: string;
    readonly currency: string;
  } & Partial<Pick<SumRow, "psa" | "psa_difference" | "invoiced_by">>)[],
  title: string,
  customers: ReadonlyMap<string, CustomerView>,
  psa = false,
): Html {
  if (rows.length === 0) return html`<p>None.</p>`;
  return html`<table><thead><tr><th>customer</th><th>month</th><th>${title}</th>${psa ? html`<th class="n">PSA</th><th class="n">billed of it</th>` : html``}<th class="n">billing</th><th class="n">accounting</th><th class="n">difference</th><th></th></tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr class="${row.difference === 0 ? "agree" : "differ"}"><td>${customerText(customers.get(row.customer))}</td><td class="month">${row.period}</td><td>${row.what}</td>${psa ? psaCells(row) : html``}<td class="n">${row.invoiced_by === "psa" ? "" : groupMoney(row.billing, row.currency)}</td><td class="n">${groupMoney(row.accounting, row.currency)}</td><td class="n d">${groupMoney(row.difference, row.currency)}</td><td>${row.currency}</td></tr>
`,
  )}</tbody></table>`;
}

function psaCells({
  psa = null,
  psa_difference: off = null,
  currency,
}: Partial<Pick<SumRow, "psa" | "psa_difference">> & { readonly currency: string }): Html {
  const money = (amount: number | null): string => (amount === null ? "" : groupMoney(amount, currency));
  return html`<td class="n">${money(psa)}</td><td class="n${(off ?? 0) === 0 ? "" : " off"}">${money(billedOf({ psa, psa_difference: off }))}</td>`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #5b6470; --line: #d8dde3; --page: #fff; --card: #f5f7f9; --bad: #b3261e; --good: #1a6b3c; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7eaee; --soft: #9aa4b0; --line: #343b44; --page: #14171b; --card: #1d2228; --bad: #ff8a80; --good: #7fd7a3; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 68rem; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.6rem; }
h2 { margin: 2.2rem 0 .7rem; font-size: 1.1rem; }
h3 { margin: 0; font-size: 1rem; display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; }
h3 span { color: var(--soft); font-weight: 400; }
header p { margin: .3rem 0 1.5rem; color: var(--soft); border-left: 4px solid var(--good); padding-left: .7rem; }
header p.differ { border-color: var(--bad); }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; }
.card, article { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .9rem 1.1rem; break-inside: avoid; }
article { margin-bottom: .8rem; border-left: 4px solid var(--bad); }
article p { margin: .35rem 0; }
dl { display: grid; grid-template-columns: auto 1fr; margin: .5rem 0 0; }
dt, .small { color: var(--soft); }
dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
.small { font-size: .87rem; overflow-wrap: anywhere; }
.amounts b { font-variant-numeric: tabular-nums; margin-right: .8rem; }
pre { margin: .5rem 0 0; padding: .5rem .7rem; background: var(--page); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .87rem; }
table { width: 100%; border-collapse: collapse; font-size: .93rem; }
thead { display: table-header-group; }
th { text-align: left; color: var(--soft); font-weight: 500; border-bottom: 1px solid var(--line); }
th, .month { white-space: nowrap; }
th, td { padding: .28rem .6rem .28rem 0; vertical-align: top; }
td { border-bottom: 1px solid var(--line); }
tr { break-inside: avoid; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
b.differ, dd.differ, tr.differ .d, .off { color: var(--bad); font-weight: 600; }
dd.agree { color: var(--good); }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } }
`;
