import { printMoney } from "../core/money.ts";
import type { Remedy } from "./remedies.ts";
import { renderTable } from "./table.ts";
import type { OpenTrouble } from "./troubles.ts";
import { visible } from "./visible.ts";

/** One customer over all systems: what was sold, delivered, billed and paid, and what does not go on by itself. */

export interface CustomerLink {
  readonly system: string;
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly status: string;
  /** How the record came to be ours, and what was written to it, oldest first. */
  readonly history: readonly {
    readonly action: string;
    /** Pipeline, or the command that a person gave. */
    readonly by: string;
    readonly run: string;
    readonly reason: string;
  }[];
}

export interface CustomerAgreement {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly start_date: string | null;
  readonly end_date: string | null;
}

export interface CustomerService {
  readonly id: string;
  readonly kind: string;
  readonly number: string;
  readonly rate_plan: string | null;
  readonly status: string;
}

/** An invoice, a payment or a credit note. */
export interface CustomerDocument {
  readonly system: string;
  readonly id: string;
  readonly number: string;
  readonly date: string;
  readonly status: string;
  /** Minor units; null where the system does not say. */
  readonly amount: number | null;
  /** Still owed of an invoice, not applied yet of a payment or credit note; minor units. */
  readonly open: number | null;
  readonly currency: string;
}

export interface CustomerView {
  readonly schemaVersion: 1;
  readonly client: string;
  readonly name: string;
  /** False when the id map does not know the customer and a system was asked. */
  readonly linked: boolean;
  readonly links: readonly CustomerLink[];
  readonly missing_in: readonly string[];
  readonly agreements: readonly CustomerAgreement[];
  readonly services: readonly CustomerService[];
  /** Newest first, each system's own. */
  readonly invoices: readonly CustomerDocument[];
  readonly payments: readonly CustomerDocument[];
  /** Credit notes. */
  readonly credits: readonly CustomerDocument[];
  /** Minor units, by system and currency. */
  readonly balances: readonly {
    readonly system: string;
    readonly currency: string;
    readonly owed: number;
    readonly unapplied: number;
  }[];
  readonly holds: readonly (OpenTrouble & Remedy)[];
  /** What could not be read. */
  readonly notes: readonly string[];
}

/** As many of each list stand on the screen. */
const SHOWN_MAX = 8;

/** The customer on one screen. */
export function renderCustomer(view: CustomerView): string {
  const { client, name, linked, links, missing_in, agreements, services, holds, notes, balances } = view;
  const sections = [
    `${visible(name)} (${client})${linked ? "" : ", not linked"}\n${linkLines(links, missing_in)}`,
    section(
      "Agreements",
      agreements.map((one) => [
        one.name,
        one.type,
        one.status,
        `${one.start_date ?? ""} - ${one.end_date ?? "open"}`,
      ]),
    ),
    section(
      "Services",
      services.map((one) => [one.kind, one.number, one.rate_plan ?? "no rate plan", one.status]),
    ),
    section("Invoices", documentRows(view.invoices)),
    section("Payments", documentRows(view.payments)),
    section("Credit notes", documentRows(view.credits)),
    section(
      "Balance",
      balances.map(({ system, currency, owed, unapplied }) => [
        system,
        `${printMoney(owed, currency)} owed`,
        unapplied === 0 ? "" : `${printMoney(unapplied, currency)} of payments and credit notes not applied`,
      ]),
    ),
    holdLines(holds),
    ...(notes.length === 0 ? [] : [`Not shown: ${notes.map(visible).join("; ")}\n`]),
  ];
  return sections.join("\n");
}

function linkLines(links: readonly CustomerLink[], missing: readonly string[]): string {
  const rows = links.map(({ system, id, number, status, history }) => {
    const [first] = history;
    const last = history.at(-1);
    const told = first === undefined ? "" : `${first.action} by ${first.by}, ${first.run}`;
    const later =
      last === undefined || last === first ? "" : `; last ${last.action} by ${last.by}, ${last.run}`;
    return [`  ${system}`, number === "" || number === id ? id : `${number} (${id})`, status, told + later];
  });
  return table([...rows, ...missing.map((system) => [`  ${system}`, "-", "not there", ""])]);
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return `${title}: none\n`;
  const more = rows.length > SHOWN_MAX ? `  … and ${rows.length - SHOWN_MAX} more: --format json\n` : "";
  const shown = rows.slice(0, SHOWN_MAX).map(([first = "", ...rest]) => [`  ${first}`, ...rest]);
  return `${title}\n${table(shown)}${more}`;
}

function documentRows(documents: readonly CustomerDocument[]): readonly (readonly string[])[] {
  return documents.map(({ system, number, date, status, amount, open, currency }) => [
    system,
    number,
    date,
    amount === null ? "" : printMoney(amount, currency),
    status,
    open === null || open === 0 ? "" : `${printMoney(open, currency)} open`,
  ]);
}

function holdLines(holds: CustomerView["holds"]): string {
  if (holds.length === 0) return "Holds: none\n";
  const lines = holds
    .slice(0, SHOWN_MAX)
    .flatMap((one) => [
      `  ${one.pipeline} ${one.source_id}: ${one.message}`,
      `    ${one.who}: ${one.what}`,
      `    ${one.command}`,
    ]);
  const more = holds.length > SHOWN_MAX ? [`  … and ${holds.length - SHOWN_MAX} more: --format json`] : [];
  return `Holds\n${[...lines, ...more].map((line) => `${visible(line)}\n`).join("")}`;
}

/** Columns without titles. */
function table(rows: readonly (readonly string[])[]): string {
  const width = Math.max(0, ...rows.map((row) => row.length));
  const columns = Array.from({ length: width }, () => ({ title: "" }));
  const [, ...lines] = renderTable(columns, rows).split("\n");
  return lines.join("\n");
}
