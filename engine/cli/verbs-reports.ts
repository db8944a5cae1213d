import { type Command, InvalidArgumentError, Option } from "commander";
import { ageing } from "../commands/ageing.ts";
import { findClient } from "../commands/client.ts";
import { reconcile } from "../commands/reconcile.ts";
import { UsageError } from "../commands/refusal.ts";
import { parseMoney } from "../core/money.ts";
import { isAgeingOver } from "../report/ageing.ts";
import { ageingCsv } from "../report/ageing-csv.ts";
import { renderAgeing } from "../report/ageing-text.ts";
import { isOver } from "../report/reconcile.ts";
import { reconciliationCsv } from "../report/reconcile-csv.ts";
import { reconciliationHtml } from "../report/reconcile-html.ts";
import { renderReconciliation } from "../report/reconcile-text.ts";
import type { Scope } from "../report/reconciliation.ts";
import { EXIT } from "./exit-codes.ts";
import { type ClientOptions, here, withClientOptions } from "./options.ts";
import { example, print, printAs, type Verbs } from "./verb.ts";

/** The verbs that compare the systems' books. */

/** The common options, with the formats of a report. */
interface ReportOptions extends Omit<ClientOptions, "format"> {
  readonly format: "text" | "csv" | "json" | "html";
  readonly customer?: string;
  readonly failOver: string;
}

interface ReconcileOptions extends ReportOptions {
  readonly period?: Scope;
  readonly from?: string;
  readonly to?: string;
}

/** Adds reconcile and ageing. */
export function addReportVerbs(program: Command, { act }: Verbs): void {
  const reconciling = withClientOptions(program.command("reconcile"), ["text", "csv", "json", "html"])
    .summary("compare PSA, billing and accounting, amount by amount")
    .description(
      "Compares what the PSA billed, billing invoiced and accounting posted, per customer, month and GL code, and " +
        "payments and balances. Every difference comes with its document, its cause and the command that ends it. Writes nothing.",
    )
    .option("--period <YYYY-MM>", "only documents dated in this month (default: everything)", parsePeriod)
    .option("--from <YYYY-MM-DD>", "only documents dated on or after this day", parseDay)
    .option("--to <YYYY-MM-DD>", "only documents dated on or before this day", parseDay)
    .option("--customer <customer>", "only this customer: number, name, or id as billing:5001")
    .addOption(
      new Option(
        "--fail-over <amount>",
        "exit 1 when more than this is out of place in any currency",
      ).default("0.00"),
    );
  act(
    example(
      reconciling,
      "tripoint reconcile --client demo --period 2026-08",
      "tripoint reconcile --client demo --format html > august.html",
    ),
    reconcileVerb,
  );

  const aging = withClientOptions(program.command("ageing"), ["text", "csv", "json"])
    .summary("receivables by days overdue, of one ledger or both")
    .description(
      "Ages what is open in accounting, from its invoices, payments and credit notes up to a day. --compare puts " +
        "billing beside it and explains every document that differs. Writes nothing.",
    )
    .option(
      "--date <YYYY-MM-DD>",
      "as at the end of this day (default: today in the client's time zone)",
      parseDay,
    )
    .option("--compare", "billing beside accounting")
    .option("--customer <customer>", "only this customer: number, name, or id as billing:5001")
    .addOption(
      new Option(
        "--fail-over <amount>",
        "with --compare, exit 1 when more than this is out of place",
      ).default("0.00"),
    );
  act(example(aging, "tripoint ageing --client demo --date 2026-08-31 --compare"), ageingVerb);
}

async function ageingVerb(
  options: ReportOptions & { readonly date?: string; readonly compare?: boolean },
): Promise<number> {
  const { date, compare = false, customer, failOver, format } = options;
  const limit = limitOf(failOver);
  const report = await ageing(findClient(options, here()), { date, compare, customer });
  if (format === "csv") print(ageingCsv(report));
  else printAs(format, report, renderAgeing);
  return compare && isAgeingOver(report, limit) ? EXIT.failed : EXIT.done;
}

async function reconcileVerb(options: ReconcileOptions): Promise<number> {
  const { period, from, to, customer, failOver, format } = options;
  if (period !== undefined && (from !== undefined || to !== undefined)) {
    throw new UsageError("--period and --from or --to say the same thing", "Give one of them.");
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw new UsageError(`--from ${from} is after --to ${to}`, "No document is dated so.");
  }
  const limit = limitOf(failOver);
  const scope = period ?? { from: from ?? null, to: to ?? null };
  const report = await reconcile(findClient(options, here()), { scope, customer });
  if (format === "csv") print(reconciliationCsv(report));
  else if (format === "html") print(reconciliationHtml(report));
  else printAs(format, report, renderReconciliation);
  return isOver(report, limit) ? EXIT.failed : EXIT.done;
}

/** The limit in minor units of a currency. Throws UsageError when it is no amount. */
function limitOf(text: string): (currency: string) => number {
  const parsed = (currency: string): number | undefined => parseMoney(text, currency);
  // Three digits are the most that a currency in use has.
  if ((parsed("BHD") ?? -1) < 0)
    throw new UsageError(`--fail-over ${text} is no amount`, "Write it as 0.00.");
  return (currency) => {
    const limit = parsed(currency);
    if (limit === undefined) throw new UsageError(`--fail-over ${text} has more digits than ${currency}`);
    return limit;
  };
}

function parsePeriod(text: string): Scope {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? [];
  if (year === undefined || month === undefined) throw new InvalidArgumentError("Write a month as 2026-08.");
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return { from: `${text}-01`, to: `${text}-${last}` };
}

function parseDay(text: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (day !== undefined && date.toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError("Write a day that exists, as 2026-08-31.");
}
