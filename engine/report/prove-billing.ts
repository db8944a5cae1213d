import { printMoney } from "../core/money.ts";
import { count, renderTable } from "./table.ts";

/** The proof that every item of a month is billed once: values in, verdicts and renderings out. */

/** An item of the PSA as it is now, with all that says who bills it. */
export interface ItemFacts {
  readonly item: string;
  readonly customer_id: string;
  /** "" for none, as below. */
  readonly contract_id: string;
  readonly product_code: string;
  /** Days of the service: "2026-10-01 - 2026-10-31", or the day of the work. */
  readonly service: string;
  /** The last of those days, YYYY-MM-DD; "" where it cannot be read. */
  readonly last_day: string;
  readonly description: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  /** `gone`: charged once and not in the PSA any more. */
  readonly status: "pending" | "ready" | "claimed" | "billed" | "written_off" | "gone" | "unreadable";
  /** Null where the client's rule cannot tell. */
  readonly mode: "separate" | "consolidated" | null;
  readonly before_go_live: boolean;
  /** True when it carries the PSA's mark of what is charged elsewhere; null where it can carry none. */
  readonly marked: boolean | null;
  /** Charges in billing, with what they come to in minor units. */
  readonly charged: { readonly charges: number; readonly amount: number } | null;
  /** What is still to be charged or credited beside its charges since it changed, minor units; 0 for nothing. */
  readonly further: number;
  /** Numbers of billing's invoices that bill it, as far as they tell what they bill. */
  readonly billed_on: readonly string[];
  /** Invoices of the PSA that claimed it on their way to accounting. */
  readonly claimed_by: readonly string[];
  /** Numbers of the PSA's invoices that name it and of billing's that name one of its charges more than once. */
  readonly psa_invoices: readonly PsaInvoice[];
  readonly billing_invoices_twice: readonly string[];
  /** True when the PSA has it on an invoice and its invoices cannot be read. */
  readonly on_unread_invoice: boolean;
  /** Why it is set aside; null when it is not. */
  readonly issue: string | null;
}

export interface PsaInvoice {
  readonly id: string;
  readonly number: string;
  readonly status: "draft" | "issued" | "voided";
  /** Why it is set aside on its way to accounting; null when it is not. */
  readonly issue: string | null;
}

/** An item under its claim key: customer, agreement, product, days of the service and the PSA's id. */
export interface ProvenItem
  extends Pick<
    ItemFacts,
    | "item"
    | "customer_id"
    | "contract_id"
    | "product_code"
    | "service"
    | "description"
    | "amount"
    | "currency"
  > {
  readonly verdict: "once" | "twice" | "unclaimed" | "unexplained";
  /** What is billed of it, minor units: its charges, or its amount on the PSA's invoice. */
  readonly billed: number;
  /** Who bills it, or why nobody does. */
  readonly why: string;
  /** True when a person has to mark it as billed in the PSA: billing charges it, and the PSA would still invoice it. */
  readonly to_mark: boolean;
  /** True when it is marked, and nobody has proven that the mark keeps the PSA from invoicing it. */
  readonly open_there: boolean;
}

export interface BillingProof {
  readonly schemaVersion: 1;
  readonly client: string;
  /** YYYY-MM */
  readonly period: string;
  readonly items: readonly ProvenItem[];
  readonly totals: {
    readonly items: number;
    readonly once: number;
    readonly twice: number;
    /** Not billed, and it is known why. */
    readonly unclaimed: number;
    readonly unexplained: number;
    readonly to_mark: number;
    readonly open_there: number;
  };
  /** What the items come to by verdict, minor units; those that are claimed once by what is billed of them. */
  readonly sums: readonly ({ readonly currency: string } & {
    readonly [verdict in ProvenItem["verdict"]]: number;
  })[];
  readonly proven: boolean;
}

/** Whether the PSA's mark keeps it from invoicing an item. */
export type MarkBlocks = "yes" | "no" | "unverified";

/** `month`: the one in which this is asked by the client's clocks, YYYY-MM. */
export function proveBilling(
  client: string,
  { period, month }: { readonly period: string; readonly month: string },
  facts: readonly ItemFacts[],
  blocks: MarkBlocks,
): BillingProof {
  const items = facts.map((one) => proveItem(one, month, blocks)).sort((a, b) => (a.item < b.item ? -1 : 1));
  const having = (verdict: ProvenItem["verdict"]): number =>
    items.filter((one) => one.verdict === verdict).length;
  const totals = {
    items: items.length,
    once: having("once"),
    twice: having("twice"),
    unclaimed: having("unclaimed"),
    unexplained: having("unexplained"),
    to_mark: items.filter((one) => one.to_mark).length,
    open_there: items.filter((one) => one.open_there).length,
  };
  const proven = totals.twice + totals.unexplained === 0;
  return { schemaVersion: 1, client, period, items, totals, sums: sumsOf(items), proven };
}

function sumsOf(items: readonly ProvenItem[]): BillingProof["sums"] {
  return [...new Set(items.map(({ currency }) => currency))].sort().map((currency) => {
    const sum = (verdict: ProvenItem["verdict"]): number =>
      items
        .filter((one) => one.currency === currency && one.verdict === verdict)
        .reduce((total, { amount, billed }) => total + (verdict === "once" ? billed : amount), 0);
    return {
      currency,
      once: sum("once"),
      twice: sum("twice"),
      unclaimed: sum("unclaimed"),
      unexplained: sum("unexplained"),
    };
  });
}

function proveItem(facts: ItemFacts, month: string, blocks: MarkBlocks): ProvenItem {
  const { item, customer_id, contract_id, product_code, service, description, amount, currency } = facts;
  const shown = { item, customer_id, contract_id, product_code, service, description, amount, currency };
  const { charged, claimed_by } = facts;
  const billed = charged?.amount ?? amount;
  const live = facts.psa_invoices.filter(({ status }) => status === "issued");
  const invoices = new Set([...claimed_by, ...live.map(({ id }) => id)]);
  const names = [
    ...(charged === null ? [] : [chargeText(charged, facts)]),
    ...[...invoices].map((id) => `the PSA's invoice ${numberOf(id, facts)}`),
    ...(facts.on_unread_invoice ? ["an invoice of the PSA"] : []),
    ...facts.billing_invoices_twice.map((number) => `billing's invoice ${number}`),
  ];
  // What was charged and credited again is billed by nobody.
  const owners =
    (charged === null || charged.amount === 0 ? 0 : 1) + invoices.size + (facts.on_unread_invoice ? 1 : 0);
  if (owners > 1 || facts.billing_invoices_twice.length > 0) {
    return { ...shown, verdict: "twice", why: names.join(" and "), billed, ...NO_TASK };
  }
  if (charged !== null || claimed_by.length > 0) {
    const gone = facts.status === "gone" ? "; it is gone from the PSA" : "";
    const to_mark = charged !== null && facts.status === "ready";
    const open_there = charged !== null && charged.amount !== 0 && isOpenThere(facts, blocks);
    const due = facts.further === 0 ? "" : `; ${furtherText(facts)}`;
    const why = `${names.join(" and ")}${gone}${due}`;
    const verdict = facts.further !== 0 && facts.issue === null ? "unexplained" : "once";
    return { ...shown, verdict, why, billed, to_mark, open_there };
  }
  const { why, explained } = unclaimed(facts, live, month);
  return { ...shown, verdict: explained ? "unclaimed" : "unexplained", why, billed: 0, ...NO_TASK };
}

const NO_TASK = { to_mark: false, open_there: false } as const;

/** A marked item that the PSA itself counts as not to be billed is out of its invoicing by that. */
function isOpenThere({ marked, status }: ItemFacts, blocks: MarkBlocks): boolean {
  return marked === true && status === "claimed" && blocks !== "yes";
}

function chargeText(
  { charges, amount }: NonNullable<ItemFacts["charged"]>,
  { currency, billed_on, billing_invoices_twice }: ItemFacts,
): string {
  const on =
    billing_invoices_twice.length > 0 || billed_on.length === 0 ? "" : `, on ${billed_on.join(", ")}`;
  return `${count(charges, "charge")} in billing over ${printMoney(amount, currency)}${on}`;
}

function furtherText({ further, currency, issue }: ItemFacts): string {
  const sum = printMoney(Math.abs(further), currency);
  const what = `it has changed, and ${sum} ${further > 0 ? "more are to be charged" : "are to be credited"}`;
  return `${what}: ${issue ?? "run tripoint"}`;
}

function numberOf(id: string, { psa_invoices }: ItemFacts): string {
  return psa_invoices.find((one) => one.id === id)?.number ?? id;
}

function unclaimed(
  { status, before_go_live, issue, mode, psa_invoices, on_unread_invoice, last_day }: ItemFacts,
  live: readonly PsaInvoice[],
  month: string,
): { readonly why: string; readonly explained: boolean } {
  const known = (why: string) => ({ why, explained: true });
  const open = (why: string) => ({ why, explained: false });
  if (before_go_live) return known("it is dated before go_live");
  if (issue !== null) return known(issue);
  if (status === "unreadable") return open("it cannot be read in the PSA: run tripoint, which says why");
  if (status === "written_off") return known("it is written off in the PSA");
  if (status === "pending") return known("the PSA has not approved it, or does not bill it");
  const [invoice] = live;
  if (invoice !== undefined) {
    if (invoice.issue !== null) return known(`the PSA's invoice ${invoice.number}: ${invoice.issue}`);
    return open(
      mode === "consolidated"
        ? `the PSA's invoice ${invoice.number} bills it, though its customer gets one invoice from billing`
        : `the PSA's invoice ${invoice.number} bills it and has not reached accounting: run tripoint`,
    );
  }
  const [draft] = psa_invoices.filter(({ status }) => status === "draft");
  if (draft !== undefined) return known(`the PSA's invoice ${draft.number} is a draft`);
  if (on_unread_invoice) {
    return mode === "consolidated"
      ? open("the PSA has it on an invoice of its own, though its customer gets one invoice from billing")
      : known("the PSA has it on an invoice, and its connector reads no invoices");
  }
  if (status === "billed")
    return known("the PSA counts it as billed, on no invoice: its agreement covers it");
  if (status === "claimed")
    return open("the PSA has it marked as taken by an integration, and no run has charged it");
  if (mode === "separate") {
    return isLeftBehind(last_day, month)
      ? open(
          `no invoice of the PSA has taken it since its service of ${last_day}: invoice it there, or write it off`,
        )
      : known("it waits for an invoice of the PSA");
  }
  return open("it is ready, and no run has charged it: run tripoint");
}

/** True when a whole month has passed since the one in which the service ended: the PSA's invoices went by without it. */
function isLeftBehind(last_day: string, month: string): boolean {
  return last_day !== "" && monthsOf(month) - monthsOf(last_day) > 1;
}

/** Months since the year 0 of a text that begins with YYYY-MM. */
function monthsOf(text: string): number {
  return Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
}

const VERDICTS: { readonly [verdict in ProvenItem["verdict"]]: string } = {
  once: "once",
  twice: "TWICE",
  unclaimed: "not billed",
  unexplained: "NOT EXPLAINED",
};

export function renderBillingProof({ period, items, totals, sums, proven }: BillingProof): string {
  const table = renderTable(
    [
      { title: "ITEM" },
      { title: "CUSTOMER" },
      { title: "SERVICE" },
      { title: "WHAT" },
      { title: "AMOUNT", right: true },
      { title: "CLAIMED" },
      { title: "BY, OR WHY NOT" },
    ],
    items.map(({ item, customer_id, service, description, amount, currency, verdict, why }) => [
      item,
      customer_id,
      service,
      short(description),
      printMoney(amount, currency),
      VERDICTS[verdict],
      why,
    ]),
  );
  const { once, twice, unclaimed, unexplained } = totals;
  const over = (verdict: ProvenItem["verdict"]): string => {
    const amounts = sums.filter((one) => one[verdict] !== 0);
    return amounts.length === 0
      ? ""
      : ` (${amounts.map((one) => printMoney(one[verdict], one.currency)).join(", ")})`;
  };
  const tasks =
    task(items, "to_mark", "To mark in the PSA, so that nobody invoices what billing charges") +
    task(
      items,
      "open_there",
      "Marked in the PSA, and by that not proven to stay off its invoices: leave off",
    );
  return (
    `${items.length === 0 ? "" : table}\n${period}: ${count(totals.items, "item")}, ` +
    `${once} claimed once${over("once")}, ${twice} twice${over("twice")}, ` +
    `${unclaimed} not billed with a reason${over("unclaimed")}, ` +
    `${unexplained} without one${over("unexplained")}.\n${reasons(items)}${tasks}${endOf(totals, proven)}\n`
  );
}

function endOf({ unclaimed }: BillingProof["totals"], proven: boolean): string {
  if (!proven) return "Not proven.";
  if (unclaimed === 0) return "Proven: nothing is billed twice, and nothing is missed.";
  return "Proven: nothing is billed twice, and of all that is not billed it is known why.";
}

/** What is not billed, by its reason, the most money first. */
function reasons(items: readonly ProvenItem[]): string {
  const groups = new Map<string, { items: number; amount: number; currency: string; why: string }>();
  for (const { verdict, why, currency, amount } of items) {
    if (verdict !== "unclaimed") continue;
    const key = `${currency} ${why}`;
    const group = groups.get(key) ?? { items: 0, amount: 0, currency, why };
    groups.set(key, { ...group, items: group.items + 1, amount: group.amount + amount });
  }
  const rows = [...groups.values()]
    .sort((a, b) => b.amount - a.amount)
    .slice(0, NAMED_MAX)
    .map((one) => [String(one.items), printMoney(one.amount, one.currency), one.why]);
  const titles = [{ title: "items", right: true }, { title: "amount", right: true }, { title: "not billed" }];
  return rows.length === 0 ? "" : `\n${renderTable(titles, rows)}\n`;
}

const SHORT = 32;

function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > SHORT ? `${line.slice(0, SHORT - 1)}…` : line;
}

const NAMED_MAX = 20;

/** "<what>: 3 items (time:1, time:2, time:3)." */
function task(items: readonly ProvenItem[], which: "to_mark" | "open_there", what: string): string {
  const names = items.filter((one) => one[which]).map(({ item }) => item);
  if (names.length === 0) return "";
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : "";
  return `${what}: ${count(names.length, "item")} (${names.slice(0, NAMED_MAX).join(", ")}${more}).\n`;
}
