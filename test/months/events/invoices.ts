import type { Company, WorldInvoice } from "../../../engine/connector/sandbox/world.ts";
import { addDays, monthEnd } from "../../../mappings/demo/world/dates.ts";
import { creditLine, installLine, recurringLines, usageLines } from "../../../mappings/demo/world/lines.ts";
import { placeOf } from "../../../mappings/demo/world/places.ts";
import { taxesOn } from "../../../mappings/demo/world/taxes.ts";
import type { EventKind, Scene } from "../scene.ts";
import { sumOf } from "../truth.ts";
import { isUntouched } from "./untouched.ts";

/** What the billing department does. */

export const billRun: EventKind = {
  name: "bill run",
  weight: 1,
  happen: (scene) => {
    const { truth, billing, random } = scene;
    const billed = truth.companies.filter((company) => billing.knows(company) && random.chance(80));
    const numbers = billed.map((company) => issue(scene, company));
    return numbers.length === 0 ? undefined : numbers.join(", ");
  },
};

export const oneBill: EventKind = {
  name: "one bill",
  weight: 3,
  happen: (scene) => {
    const known = scene.truth.companies.filter((company) => scene.billing.knows(company));
    return known.length === 0 ? undefined : issue(scene, scene.random.pick(known));
  },
};

/** Where billing has no credit notes it gives back by a bill below zero. */
export const negativeBill: EventKind = {
  name: "bill below zero",
  weight: 2,
  happen: (scene) => {
    const { truth, billing, random } = scene;
    const billed = truth.invoices.filter(({ voided, total }) => !voided && total > 0);
    if (billing.credits !== undefined || billed.length === 0) return undefined;
    const { company: number, lines } = random.pick(billed);
    const company = truth.companies.find((one) => one.number === number);
    const line = lines.find(({ unit_amount_decimal, amount }) => unit_amount_decimal !== null && amount > 0);
    return company && line && post(scene, company, [creditLine(line)]);
  },
};

export const withdrawBill: EventKind = {
  name: "bill withdrawn",
  weight: 2,
  happen: (scene) => {
    const { truth, billing, random } = scene;
    // One that is credited in part has its credit taken back first.
    const untouched = truth.invoices.filter((one) => !one.voided && isUntouched(scene, one));
    if (untouched.length === 0) return undefined;
    const invoice = random.pick(untouched);
    billing.withdraw(invoice.number);
    invoice.voided = true;
    return invoice.number;
  },
};

/** The bill of a month; says what it is. */
export function issue(scene: Scene, company: Company, date?: string): string {
  const { random } = scene;
  const [site] = company.sites;
  const kind = random.pick(["voice", "data", "mixed"] as const);
  const lines = recurringLines(random, kind, site?.name ?? "Main");
  if (random.chance(60)) lines.push(...usageLines(random, "Main"));
  if (random.chance(10)) lines.push(installLine(random, "Main"));
  const credited = lines.find((line) => Number(line.quantity) > 1);
  if (credited?.unit_amount_decimal && random.chance(10)) lines.push(creditLine(credited));
  return post(scene, company, lines, { date });
}

/** A new bill over lines, and over the charges that wait for one; says what it is. */
export function post(
  scene: Scene,
  company: Company,
  own: WorldInvoice["lines"],
  { date, withCharges = true }: { readonly date?: string | undefined; readonly withCharges?: boolean } = {},
): string {
  const { random, truth, billing, today, demo } = scene;
  const number = scene.next();
  // An invoice below zero would be another document: what is to be given back waits for the next one then.
  const waiting = billing.waiting(company);
  const charges = withCharges && sumOf([...own, ...waiting]) > 0 ? waiting : [];
  const invoice_date = date ?? addDays(today, -random.int(0, 3));
  const lines = [...own, ...charges.map(({ id, item, ...line }) => line)];
  const taxes = taxesOn(lines, placeOf(company.address), company.tax_exempt);
  const month = `${addDays(today, -28).slice(0, 7)}-01`;
  const due_days = demo.world.terms.find(({ key }) => key === company.terms)?.due_days ?? 30;
  const invoice = {
    id: String(700_000 + number),
    number: `INV-${number}`,
    company: company.number,
    invoice_date,
    due_date: addDays(invoice_date, due_days),
    period: { from: month, to: monthEnd(month) },
    lines,
    taxes,
    total: sumOf([...lines, ...taxes]),
    voided: false,
    charges: charges.length,
  };
  billing.issue(invoice, company, charges);
  truth.invoices.push(invoice);
  return `${invoice.number} to ${company.number} over ${invoice.total}`;
}
