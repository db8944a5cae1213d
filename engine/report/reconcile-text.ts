import { groupMoney, printMoney } from "../core/money.ts";
import { type CustomerView, customerCell, customerText } from "./ledger.ts";
import { line, lines, paragraph } from "./paragraphs.ts";
import type { DifferenceRow, Reconciliation, SumRow } from "./reconciliation.ts";
import type { Sums } from "./sums.ts";
import { type Column, count, renderTable } from "./table.ts";

/** The reconciliation for a terminal: totals, what is wrong and what ends it; rows without a difference are left out. */
export function renderReconciliation(report: Reconciliation): string {
  const customers = new Map(report.customers.map((one) => [one.key, one]));
  const wrong = report.differences.filter(({ expected }) => !expected);
  const expected = report.differences.filter((one) => one.expected);
  return [
    `${titleOf(report)}\n`,
    totals(report),
    ...paragraph(shortened(report.unreadable.map(unreadableText), "record")),
    ...unlinked(report),
    ...sums(report, customers),
    ...shortened(
      wrong.map((row) => difference(row, customers)),
      "difference",
      line,
    ),
    ...paragraph(leftOut(expected)),
    ...paragraph(report.not_compared.map(notComparedText)),
    ...paragraph(report.run_meanwhile ? [RUN_MEANWHILE] : []),
    conclusion(report, wrong.length),
  ].join("\n");
}

/** "demo: PSA, billing and accounting, 2026-08-01 to 2026-08-31"; without the PSA where nothing of it is compared. */
export function titleOf(report: Reconciliation): string {
  const { client, from, to } = report;
  const range =
    from === null && to === null ? "everything" : `${from ?? "the beginning"} to ${to ?? "the end"}`;
  return `${client}: ${booksOf(report)}, ${range}`;
}

/** "PSA, billing and accounting". */
export function booksOf({ totals }: Pick<Reconciliation, "totals">): string {
  return hasPsa(totals) ? "PSA, billing and accounting" : "billing and accounting";
}

/** Whether anything of the PSA is compared. */
export function hasPsa(totals: Reconciliation["totals"]): boolean {
  return totals.some(({ psa_invoices, psa_items }) => psa_invoices !== null || psa_items !== null);
}

export const RUN_MEANWHILE =
  "A run was writing while this was read: what it wrote may show as a difference. Ask again.";

/** "invoices of the PSA: not compared: its connector lists no invoices". */
export function notComparedText({ system, entity, reason }: Reconciliation["not_compared"][number]): string {
  const whose = system === "psa" ? "the PSA" : system;
  return `${entity.replace("_", " ")}s of ${whose}: not compared: ${reason}`;
}

/** The first of many, and how many more there are: a page for a person; the other formats have them all. */
export function shortened(
  texts: readonly string[],
  noun: string,
  end: (text: string) => string = (text) => text,
): readonly string[] {
  const more = texts.length - SHOWN;
  if (more <= 0) return texts;
  return [...texts.slice(0, SHOWN), end(`and ${count(more, noun)} more: --format json shows them all`)];
}

const SHOWN = 20;

/** "invoice 9001 of billing cannot be read and is in no sum: …". */
export function unreadableText({ system, entity, id, reason }: Reconciliation["unreadable"][number]): string {
  return `${entity.replace("_", " ")} ${id} of ${system} cannot be read and is in no sum: ${reason}`;
}

function totals({ totals: rows }: Reconciliation): string {
  const psa = hasPsa(rows);
  const columns = [{ title: "" }, ...AMOUNTS.filter((title) => psa || title !== "PSA").map(amountColumn)];
  const named = rows.flatMap(({ currency, revenue, payments, balances, psa_invoices, psa_items }) => {
    const money = (amount: number | undefined): string =>
      amount === undefined ? "" : groupMoney(amount, currency);
    const line = (what: string, sums: Partial<Sums> & { readonly psa?: number }): readonly string[] => [
      `${what}, ${currency}`,
      ...(psa ? [money(sums.psa)] : []),
      ...[sums.billing, sums.accounting, sums.difference].map(money),
    ];
    return [
      line("invoiced", revenue),
      ...(psa_items === null ? [] : [line("items of the PSA, billed by billing", psa_items)]),
      ...(psa_invoices === null ? [] : [line("invoiced by the PSA", psa_invoices)]),
      line("received", payments),
      line("balance", balances),
    ];
  });
  return named.length === 0 ? "There are no documents.\n" : renderTable(columns, named);
}

const AMOUNTS = ["PSA", "billing", "accounting", "difference"] as const;

function amountColumn(title: string): Column {
  return { title, right: true };
}

function cells(sums: Sums, currency: string): readonly string[] {
  return [sums.billing, sums.accounting, sums.difference].map((amount) => groupMoney(amount, currency));
}

/** Customers that one of the two ledgers does not know; not those whose invoices are the PSA's alone. */
export function unlinkedIn({ customers, revenue, payments }: Reconciliation): readonly CustomerView[] {
  const needsBilling = new Set(
    [...revenue.filter(({ invoiced_by }) => invoiced_by === "billing"), ...payments].map(
      ({ customer }) => customer,
    ),
  );
  return customers.filter(({ key, linked }) => !linked && needsBilling.has(key));
}

function unlinked(report: Reconciliation): readonly string[] {
  const alone = unlinkedIn(report);
  if (alone.length === 0) return [];
  const names = alone.map((one) => {
    const [where] = [
      ...one.billing_ids.map((id) => `billing ${id}`),
      ...one.accounting_ids.map((id) => `accounting ${id}`),
      ...one.psa_ids.map((id) => `PSA ${id}`),
    ];
    return `  ${customerText(one)}, ${where}`;
  });
  return [lines([`${count(alone.length, "customer")} not linked between billing and accounting:`, ...names])];
}

function sums(report: Reconciliation, customers: ReadonlyMap<string, CustomerView>): readonly string[] {
  const revenue = report.revenue.map((row) => ({
    ...row,
    what: row.gl_code === "" ? "(no code)" : row.gl_code,
  }));
  const none = { psa: null, psa_difference: null, invoiced_by: "billing" as const };
  const payments = report.payments.map((row) => ({ ...row, ...none, what: "received" }));
  const balances = report.balances.map((row) => ({ ...row, ...none, period: "", what: "balance" }));
  const unequal = [...revenue, ...payments, ...balances].filter(
    ({ difference, psa_difference }) => difference !== 0 || (psa_difference ?? 0) !== 0,
  );
  const psa = hasPsa(report.totals);
  if (unequal.length === 0) return [];
  return [
    renderTable(
      [
        { title: "customer" },
        { title: "month" },
        { title: "GL code" },
        ...(psa ? ["PSA", "billed of it"].map(amountColumn) : []),
        ...AMOUNTS.slice(1).map(amountColumn),
        { title: "" },
      ],
      unequal
        .slice(0, SHOWN)
        .map((row) => [
          customerCell(customers.get(row.customer)),
          row.period,
          row.what,
          ...(psa ? [row.psa, billedOf(row)].map((one) => optional(one, row.currency)) : []),
          ...(row.invoiced_by === "psa"
            ? ["", ...cells(row, row.currency).slice(1)]
            : cells(row, row.currency)),
          row.currency,
        ]),
    ),
    ...paragraph(unequal.length > SHOWN ? [`and ${count(unequal.length - SHOWN, "sum")} more`] : []),
  ];
}

/** What billing invoiced of the PSA's items at a place. */
export function billedOf({ psa, psa_difference }: Pick<SumRow, "psa" | "psa_difference">): number | null {
  return psa === null || psa_difference === null ? null : psa + psa_difference;
}

function optional(amount: number | null, currency: string): string {
  return amount === null ? "" : groupMoney(amount, currency);
}

/** The two systems between which a difference lies, with their amounts. */
export function amountsOf(row: DifferenceRow): readonly (readonly [system: string, amount: number])[] {
  const { psa, billing, accounting, entity } = row;
  if (psa === null)
    return [
      ["billing", billing],
      ["accounting", accounting],
    ];
  return [["PSA", psa], entity === "billable_item" ? ["billing", billing] : ["accounting", accounting]];
}

function difference(row: DifferenceRow, customers: ReadonlyMap<string, CustomerView>): string {
  const { currency, message, task, command } = row;
  const [first, second] = amountsOf(row).map(
    ([system, amount]) => `${system} ${groupMoney(amount, currency)}`,
  );
  const amounts = `${first}, ${second} ${currency}`;
  const where = `${customerText(customers.get(row.customer))}, ${row.period}${row.earlier ? ", before this period" : ""}`;
  return lines([
    `${row.cause}: ${message}`,
    `  ${where}: ${amounts}`,
    ...(task === null ? [] : [`  ${task}`]),
    ...(command === null ? [] : [`  $ ${command}`]),
  ]);
}

/** What the client's rules leave out, a line for each rule and currency. */
function leftOut(rows: readonly DifferenceRow[]): readonly string[] {
  const groups = new Map<string, DifferenceRow[]>();
  for (const row of rows) {
    const key = `${row.cause} ${row.entity} ${row.currency}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    if (first === undefined) return "";
    const sum = group.reduce((before, { off }) => before + off, 0);
    const what = count(group.length, first.entity.replace("_", " "));
    const over = `${what} over ${printMoney(sum, first.currency)}`;
    return first.cause === "waits_for_bill_run"
      ? `charged in billing, and waiting for its next bill run: ${over}`
      : `left out by rule (${first.cause}): ${over}`;
  });
}

function conclusion({ totals: rows, unreadable }: Reconciliation, wrong: number): string {
  if (wrong === 0 && unreadable.length === 0) return line("No differences.");
  const off = rows
    .map(({ currency, off: { documents, payments, psa } }) => ({
      currency,
      amount: documents + payments + psa,
    }))
    .filter(({ amount }) => amount !== 0)
    .map(({ currency, amount }) => printMoney(amount, currency));
  return line(`${count(wrong, "difference")}${off.length === 0 ? "" : ` over ${off.join(" and ")}`}.`);
}
