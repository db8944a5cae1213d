import { CronTime } from "cron";
import type { Problem } from "../core/problem.ts";
import { allowedHint } from "./allowed-hint.ts";
import { problemAt } from "./codes.ts";
import type { ClientDraft } from "./draft.ts";
import { keyFinder, placeFinder, pointerTo } from "./source.ts";

/** The values of client.yaml that a schema cannot judge: time zone, currency, dates, schedules. */
export function checkClient(draft: ClientDraft): readonly Problem[] {
  return [
    ...timeZoneProblems(draft),
    ...currencyProblems(draft),
    ...dateProblems("/go_live", draft.shape.go_live, draft),
    ...dateProblems("/invoicing/switch_over", draft.shape.invoicing.switch_over, draft),
    ...unchargedProblems(draft),
    ...unpostedProblems(draft),
    ...Object.entries(draft.shape.schedules).flatMap(([name, when]) => scheduleProblems(name, when, draft)),
  ];
}

function timeZoneProblems({ shape, nodes }: ClientDraft): readonly Problem[] {
  if (shape.time_zone === "" || isTimeZone(shape.time_zone)) return [];
  const place = placeFinder(nodes)("/time_zone");
  const zones = Intl.supportedValuesOf("timeZone");
  const near = allowedHint(shape.time_zone, zones).split("Allowed here")[0] ?? "";
  return [
    problemAt("TP2504", place, `unknown time zone "${shape.time_zone}"`, `${near}Example: America/New_York.`),
  ];
}

function isTimeZone(name: string): boolean {
  try {
    // An offset such as +02:00 is accepted too, but knows no summer time.
    return (
      new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "" &&
      !/^[+-]/.test(name)
    );
  } catch {
    return false;
  }
}

function currencyProblems({ shape, nodes }: ClientDraft): readonly Problem[] {
  const known = new Set(Intl.supportedValuesOf("currency"));
  const problems: Problem[] = [];
  const check = (currency: string, place: ReturnType<typeof placeOf>): void => {
    if (currency === "" || known.has(currency)) return;
    problems.push(
      problemAt("TP2505", place, `unknown currency "${currency}"`, "Write its ISO 4217 code: USD."),
    );
  };
  const placeOf = placeFinder(nodes);
  check(shape.currency, placeOf("/currency"));
  for (const at of ["/limits/amount", "/limits/first_run/amount"]) {
    const amount = at.includes("first_run") ? shape.limits.first_run.amount : shape.limits.amount;
    for (const currency of Object.keys(amount ?? {}))
      check(currency, keyFinder(nodes)(pointerTo(at, currency)));
  }
  return problems;
}

function dateProblems(
  pointer: string,
  date: string | null,
  { nodes }: Pick<ClientDraft, "nodes">,
): readonly Problem[] {
  if (date === null || isDate(date)) return [];
  const place = placeFinder(nodes)(pointer);
  return [problemAt("TP2506", place, `${date} is no day of the calendar`, "Write YYYY-MM-DD.")];
}

/** How customers are, or before the switch were, invoiced. */
function modesOf({ shape }: ClientDraft): readonly string[] {
  const { mode, customers, switch_over, before } = shape.invoicing;
  return [mode, ...Object.values(customers), ...(switch_over === null ? [] : [before])];
}

/** Where the PSA owns the invoices for services, something has to bring them to accounting, or nobody would. */
function unpostedProblems(draft: ClientDraft): readonly Problem[] {
  const { shape, nodes, pipelines } = draft;
  const { psa, accounting } = shape.systems;
  if (shape.truth["msp_invoice"] !== "psa" || psa === undefined || accounting === undefined) return [];
  if (!modesOf(draft).includes("separate")) return [];
  if (pipelines.some(({ source, target }) => source.system === "psa" && target.entity === "invoice"))
    return [];
  const message = "the PSA owns the invoices for services, and no pipeline brings them to accounting";
  const hint =
    "Add a pipeline that extends ../base/msp-invoices-to-accounting.yaml, or write msp_invoice: billing.";
  const place = placeFinder(nodes)("/truth/msp_invoice");
  return [{ ...problemAt("TP2314", place, message, hint), severity: "warning" }];
}

/** Where customers are to get one invoice, something has to charge what the PSA bills, or nobody would. */
function unchargedProblems(draft: ClientDraft): readonly Problem[] {
  const { shape, nodes, pipelines } = draft;
  if (!modesOf(draft).includes("consolidated") || shape.systems["psa"] === undefined) return [];
  if (pipelines.some(({ source, target }) => source.system === "psa" && target.entity === "billable_item"))
    return [];
  const message = "customers get one invoice, and no pipeline brings what the PSA bills to billing";
  const hint = "Add a pipeline that extends ../base/billable-items-to-billing.yaml, or write mode: separate.";
  return [{ ...problemAt("TP2313", placeFinder(nodes)("/invoicing"), message, hint), severity: "warning" }];
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function scheduleProblems(
  name: string,
  when: string,
  { shape, nodes, pipelines }: ClientDraft,
): readonly Problem[] {
  const pointer = pointerTo("/schedules", name);
  const names = pipelines.map(({ pipeline }) => pipeline);
  const problems: Problem[] = [];
  if (!names.includes(name)) {
    const place = keyFinder(nodes)(pointer);
    problems.push(
      problemAt(
        "TP2501",
        place,
        `unknown pipeline "${name}" in schedules`,
        allowedHint(name, names, "There are"),
      ),
    );
  }
  if (when === "" || when === "manual") return problems;
  const timeZone = isTimeZone(shape.time_zone) ? shape.time_zone : "UTC";
  return [...problems, ...cronProblems(when, timeZone, placeFinder(nodes)(pointer))];
}

function cronProblems(
  when: string,
  timeZone: string,
  place: Parameters<typeof problemAt>[1],
): readonly Problem[] {
  const hint = 'Write five fields (minute hour day month weekday), such as "0 6 * * 1-5", or manual.';
  // The scheduler's library also takes a sixth field, seconds, and words such as @daily: one way is enough.
  if (when.trim().split(/\s+/).length !== 5) {
    return [problemAt("TP2502", place, `"${when}" is no schedule`, hint)];
  }
  let time: CronTime;
  try {
    time = new CronTime(when, timeZone);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unknown reason";
    return [problemAt("TP2502", place, `"${when}" is no schedule: ${reason}`, hint)];
  }
  try {
    time.sendAt();
    return [];
  } catch {
    // The library accepts 30 February and gives up only when it looks for the next date.
    return [
      problemAt(
        "TP2503",
        place,
        `the schedule "${when}" never fires`,
        "No such day comes in the next 8 years.",
      ),
    ];
  }
}
