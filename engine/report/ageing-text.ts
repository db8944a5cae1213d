import { groupMoney, printMoney } from "../core/money.ts";
import { type AgeDifference, type AgeingReport, type AgeRow, type Ages, BUCKETS } from "./ageing.ts";
import { customerCell, customerText, SIDES, type Side } from "./ledger.ts";
import { line, lines, paragraph } from "./paragraphs.ts";
import { notComparedText, RUN_MEANWHILE, shortened, unreadableText } from "./reconcile-text.ts";
import { count, renderTable } from "./table.ts";

/** The titles of the buckets, in their order. */
export const BUCKET_TITLES: { readonly [bucket in keyof Ages]: string } = {
  current: "current",
  days_1_30: "1–30",
  days_31_60: "31–60",
  days_61_90: "61–90",
  over_90: "over 90",
  unapplied: "unapplied",
  total: "total",
};

export const COLUMNS: readonly (keyof Ages)[] = [...BUCKETS, "unapplied", "total"];

/** Ages for a terminal: every customer of one ledger, or of two those that differ, with the reasons. */
export function renderAgeing(report: AgeingReport): string {
  const { client, date, rows, totals, differences, checks } = report;
  const customers = new Map(report.customers.map((one) => [one.key, one]));
  const isCompared = totals.some(({ billing, accounting }) => billing !== null && accounting !== null);
  const named = [
    ...rows
      .filter((row) => !isCompared || isUnequal(row))
      .flatMap((row) => rowTexts(row, customerCell(customers.get(row.customer)))),
    ...totals.flatMap((row) => rowTexts(row, "all customers")),
  ];
  const columns = [
    { title: "customer" },
    { title: "" },
    ...COLUMNS.map((one) => ({ title: BUCKET_TITLES[one], right: true })),
    { title: "" },
  ];
  return [
    `${client}: receivables at the end of ${date}, by days overdue\n`,
    named.length === 0 ? "Nothing is open.\n" : renderTable(columns, named),
    ...paragraph(shortened(report.unreadable.map(unreadableText), "record")),
    ...shortened(
      differences.map((one) => differenceText(one, customerText(customers.get(one.customer)))),
      "difference",
      line,
    ),
    ...paragraph(shortened(checks.map(checkText), "balance")),
    ...paragraph(report.not_compared.map(notComparedText)),
    ...paragraph(report.run_meanwhile ? [RUN_MEANWHILE] : []),
    ...(isCompared ? paragraph([conclusion(differences)]) : []),
  ].join("\n");
}

/** Unapplied money lowers what is owed, and is shown so: a row adds up. */
export function shownAge(ages: Ages, column: keyof Ages): number {
  return column === "unapplied" && ages.unapplied !== 0 ? -ages.unapplied : ages[column];
}

function rowTexts({ currency, ...row }: AgeRow, name: string): readonly (readonly string[])[] {
  const sides: readonly Side[] = SIDES.filter((side) => row[side] !== null);
  return sides.map((side, index) => {
    const ages = row[side];
    const cells = COLUMNS.map((one) => (ages === null ? "" : groupMoney(shownAge(ages, one), currency)));
    return [index === 0 ? name : "", side, ...cells, currency];
  });
}

function isUnequal({ billing, accounting }: AgeRow): boolean {
  return COLUMNS.some((one) => billing?.[one] !== accounting?.[one]);
}

function differenceText(one: AgeDifference, customer: string): string {
  const { currency } = one;
  const side = (name: Side): string => {
    const bucket = one.buckets[name];
    const where = bucket === null ? "" : ` (${BUCKET_TITLES[bucket]})`;
    return `${name} ${groupMoney(one[name], currency)}${where}`;
  };
  return lines([
    `${one.entity.replace("_", " ")} ${one.number} of ${customer}: ${side("billing")}, ${side("accounting")} ${currency}`,
    ...one.causes.flatMap(({ cause, message, task, command }) => [
      `  ${cause}: ${message}`,
      ...(task === null ? [] : [`  ${task}`]),
      ...(command === null ? [] : [`  $ ${command}`]),
    ]),
  ]);
}

function checkText({
  system,
  number,
  currency,
  by_documents,
  by_balance,
}: AgeingReport["checks"][number]): string {
  const amounts = `${groupMoney(by_documents, currency)} by its documents, ${printMoney(by_balance, currency)} by its balance`;
  return `invoice ${number} of ${system} has open ${amounts}`;
}

function conclusion(differences: readonly AgeDifference[]): string {
  return differences.length === 0 ? "Both ledgers age alike." : `${count(differences.length, "difference")}.`;
}
