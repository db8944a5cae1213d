import { groupMoney, printMoney } from "../core/money.ts";
import { type CustomerView, customerText } from "./ledger.ts";
import { line, lines, paragraph } from "./paragraphs.ts";
import type { DifferenceRow, Reconciliation } from "./reconcile.ts";
import type { Sums } from "./sums.ts";
import { count, renderTable } from "./table.ts";

/** The reconciliation for a terminal: totals, what is wrong and what ends it; rows without a difference are left out. */
export function renderReconciliation(report: Reconciliation): string {
  const customers = new Map(report.customers.map((one) => [one.key, one]));
  const wrong = report.differences.filter(({ expected }) => !expected);
  const expected = report.differences.filter((one) => one.expected);
  return [
    `${titleOf(report)}\n`,
    totals(report),
    ...unlinked(report),
    ...sums(report, customers),
    ...wrong.map((row) => difference(row, customers)),
    ...paragraph(leftOut(expected)),
    ...paragraph(report.unreadable.map(unreadableText)),
    ...paragraph(report.not_compared.map(notComparedText)),
    ...paragraph(report.run_meanwhile ? [RUN_MEANWHILE] : []),
    conclusion(report, wrong.length),
  ].join("\n");
}

/** "demo: billing and accounting, 2026-08-01 to 2026-08-31". */
export function titleOf({ client, from, to }: Pick<Reconciliation, "client" | "from" | "to">): string {
  const range =
    from === null && to === null ? "everything" : `${from ?? "the beginning"} to ${to ?? "the end"}`;
  return `${client}: billing and accounting, ${range}`;
}

export const RUN_MEANWHILE =
  "A run was writing while this was read: what it wrote may show as a difference. Ask again.";

/** "PSA: not compared: its connector lists no invoices". */
export function notComparedText({ system, entity, reason }: Reconciliation["not_compared"][number]): string {
  const what = system === "psa" ? "PSA" : `${entity.replace("_", " ")}s of ${system}`;
  return `${what}: not compared: ${reason}`;
}

/** "invoice 9001 of billing cannot be read and is in no sum: …". */
export function unreadableText({ system, entity, id, reason }: Reconciliation["unreadable"][number]): string {
  return `${entity.replace("_", " ")} ${id} of ${system} cannot be read and is in no sum: ${reason}`;
}

function totals({ totals: rows }: Reconciliation): string {
  const columns = [
    { title: "" },
    ...["billing", "accounting", "difference"].map((title) => ({ title, right: true })),
  ];
  const named = rows.flatMap((row) =>
    (["revenue", "payments", "balances"] as const).map((what) => [
      `${WHAT[what]}, ${row.currency}`,
      ...cells(row[what], row.currency),
    ]),
  );
  return named.length === 0 ? "There are no documents.\n" : renderTable(columns, named);
}

const WHAT = { revenue: "invoiced", payments: "received", balances: "balance" } as const;

function cells(sums: Sums, currency: string): readonly string[] {
  return [sums.billing, sums.accounting, sums.difference].map((amount) => groupMoney(amount, currency));
}

function unlinked({ customers }: Reconciliation): readonly string[] {
  const alone = customers.filter(({ linked }) => !linked);
  if (alone.length === 0) return [];
  const names = alone.map((one) => {
    const where =
      one.billing_ids.length > 0 ? `billing ${one.billing_ids[0]}` : `accounting ${one.accounting_ids[0]}`;
    return `  ${customerText(one)}, ${where}`;
  });
  return [lines([`${count(alone.length, "customer")} not linked between billing and accounting:`, ...names])];
}

function sums(report: Reconciliation, customers: ReadonlyMap<string, CustomerView>): readonly string[] {
  const revenue = report.revenue.map((row) => ({
    ...row,
    what: row.gl_code === "" ? "(no code)" : row.gl_code,
  }));
  const payments = report.payments.map((row) => ({ ...row, what: "received" }));
  const balances = report.balances.map((row) => ({ ...row, period: "", what: "balance" }));
  const unequal = [...revenue, ...payments, ...balances].filter(({ difference }) => difference !== 0);
  if (unequal.length === 0) return [];
  return [
    renderTable(
      [
        { title: "customer" },
        { title: "month" },
        { title: "GL code" },
        ...["billing", "accounting", "difference"].map((title) => ({ title, right: true })),
        { title: "" },
      ],
      unequal.map((row) => [
        customerText(customers.get(row.customer)),
        row.period,
        row.what,
        ...cells(row, row.currency),
        row.currency,
      ]),
    ),
  ];
}

function difference(row: DifferenceRow, customers: ReadonlyMap<string, CustomerView>): string {
  const { billing, accounting, currency, message, task, command } = row;
  const amounts = `billing ${groupMoney(billing, currency)}, accounting ${printMoney(accounting, currency)}`;
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
    return `left out by rule (${first.cause}): ${what} over ${printMoney(sum, first.currency)}`;
  });
}

function conclusion({ totals: rows, unreadable }: Reconciliation, wrong: number): string {
  if (wrong === 0 && unreadable.length === 0) return line("No differences.");
  const off = rows
    .map(({ currency, off: { documents, payments } }) => ({ currency, amount: documents + payments }))
    .filter(({ amount }) => amount !== 0)
    .map(({ currency, amount }) => printMoney(amount, currency));
  return line(`${count(wrong, "difference")}${off.length === 0 ? "" : ` over ${off.join(" and ")}`}.`);
}
