import type { Company, WorldInvoice } from "../../../engine/connector/sandbox/world.ts";
import { TERMS } from "./chart.ts";
import { addDays, monthEnd } from "./dates.ts";
import { type AccountKind, creditLine, installLine, recurringLines, tied, usageLines } from "./lines.ts";
import { placeOf } from "./places.ts";
import type { Random } from "./random.ts";
import { taxesOn } from "./taxes.ts";

type Line = WorldInvoice["lines"][number];
/** An invoice before billing gave it an id and a number. */
type Draft = Omit<WorldInvoice, "id" | "number">;

interface Account {
  readonly company: Company;
  readonly site: Company["sites"][number];
  readonly kind: AccountKind;
  /** Day of the month on which it is billed; null is the first of the next month. */
  readonly cycle_day: number | null;
  readonly recurring: readonly Line[];
}

const MONTHS = ["2026-08-01", "2026-09-01", "2026-10-01"];
const FIRST_NUMBER = 1041;
const FIRST_ID = 70009;
// 103 accounts for the 25 customers besides Acme: with Acme's three invoices, 312 in three months.
const ACCOUNT_COUNTS = counts([2, 3], [3, 3], [4, 7], [5, 12]);

/** Three months of telecom invoices of every company with a signed telecom contract, Acme's INV-1041 and INV-1042 first. */
export function makeInvoices(random: Random, companies: readonly Company[]): WorldInvoice[] {
  const [acme, ...others] = companies.filter(isTelecomCustomer);
  if (acme === undefined) throw new Error("no company has a signed telecom contract");
  const sizes = random.shuffle(ACCOUNT_COUNTS);
  const accounts = others.flatMap((company, index) => accountsOf(random, company, sizes[index] ?? 2));
  const [first, second, ...later] = acmeInvoices(acme);
  const rest = [
    ...later,
    ...MONTHS.flatMap((month) => accounts.map((account) => monthly(random, account, month))),
  ];
  rest.sort((a, b) => a.invoice_date.localeCompare(b.invoice_date));
  return [first, second, ...rest].map((draft, index) => ({
    id: String(FIRST_ID + index),
    number: `INV-${FIRST_NUMBER + index}`,
    ...draft,
  }));
}

/** True for an active company that signed for telecom: such a company belongs into billing. */
export function isTelecomCustomer({ active, contracts }: Company): boolean {
  return active && contracts.some(({ type, status }) => type === "telecom" && status === "signed");
}

/** One account a site, voice at all and data at the first; a company with more accounts than sites has more for data. */
function accountsOf(random: Random, company: Company, count: number): Account[] {
  return Array.from({ length: count }, (_, index) => {
    const site = company.sites[index % company.sites.length];
    if (site === undefined) throw new Error(`${company.number} has no site`);
    const kind = index === 0 ? "mixed" : index < company.sites.length ? "voice" : "data";
    const cycle_day = random.chance(70) ? null : random.pick([15, 20, 25, 28]);
    return { company, site, kind, cycle_day, recurring: recurringLines(random, kind, site.name) };
  });
}

function monthly(random: Random, account: Account, month: string): Draft {
  const { company, site, kind, cycle_day, recurring } = account;
  const lines = [...recurring];
  if (kind !== "data") lines.push(...usageLines(random, site.name));
  if (random.chance(6)) lines.push(installLine(random, site.name));
  const credited = recurring.find((line) => Number(line.quantity) > 1);
  if (credited !== undefined && random.chance(6)) lines.push(creditLine(credited));
  const invoice_date = cycle_day === null ? addDays(monthEnd(month), 1) : addDays(month, cycle_day - 1);
  return draft(
    company,
    invoice_date,
    month,
    lines,
    taxesOn(lines, placeOf(site.address), company.tax_exempt),
  );
}

function draft(
  company: Company,
  invoice_date: string,
  month: string,
  lines: Draft["lines"],
  taxes: Draft["taxes"],
): Draft {
  const terms = TERMS.find(({ key }) => key === company.terms);
  if (terms === undefined) throw new Error(`${company.number} has unknown terms "${company.terms}"`);
  return {
    company: company.number,
    invoice_date,
    due_date: addDays(invoice_date, terms.due_days),
    period: { from: month, to: monthEnd(month) },
    lines,
    taxes,
    total: [...lines, ...taxes].reduce((sum, row) => sum + row.amount, 0),
  };
}

/** The example invoices: the first two are INV-1041 over 134.03 and INV-1042 over 826.05 in every world. */
function acmeInvoices(acme: Company): readonly [Draft, Draft, Draft] {
  const hq = tied("VOICE_MRC", "Voice lines", "HQ", "5", "24.95");
  const dock = tied("VOICE_MRC", "Voice lines", "Dock", "2", "24.95");
  const distance = tied("LD_USAGE", "Long distance", "12,845.5 minutes", "12845.5", "0.02152");
  const work = tied("MANAGED_SERVICES", "Handset replacement", "HQ", "1.5", "150.00");
  // 1.005 dollars: half a cent that binary floating point would lose.
  const abroad = tied("INTL_USAGE", "International calls", "HQ", "33.5", "0.03000");
  const invoice = (invoice_date: string, month: string, lines: readonly Line[]): Draft => {
    const taxes = taxesOn(lines, placeOf(acme.address), acme.tax_exempt, ["FL-CST", "FUSF", "FL-SALES"]);
    return draft(acme, invoice_date, month, lines, taxes);
  };
  return [
    invoice("2026-09-01", "2026-08-01", [hq]),
    invoice("2026-10-01", "2026-09-01", [hq, dock, distance, work]),
    invoice("2026-11-01", "2026-10-01", [hq, dock, abroad]),
  ];
}

function counts(...groups: readonly (readonly [size: number, times: number])[]): number[] {
  return groups.flatMap(([size, times]) => Array.from({ length: times }, () => size));
}
