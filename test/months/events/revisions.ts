import { addDays } from "../../../mappings/demo/world/dates.ts";
import { installLine, tied } from "../../../mappings/demo/world/lines.ts";
import { placeOf } from "../../../mappings/demo/world/places.ts";
import { taxesOn } from "../../../mappings/demo/world/taxes.ts";
import type { EventKind, Scene } from "../scene.ts";
import { openOf, sumOf, type TrueInvoice, type Truth } from "../truth.ts";
import { post } from "./invoices.ts";
import { isUntouched } from "./untouched.ts";

/** What the billing department corrects in a bill that is out already. */

type Line = TrueInvoice["lines"][number];

export const reviseBill: EventKind = {
  name: "bill revised",
  weight: 10,
  happen: (scene) => {
    const invoice = someRevisable(scene);
    if (invoice === undefined) return undefined;
    const now = corrected(scene, invoice);
    const settled = invoice.total - openOf(scene.truth, invoice);
    if (now === undefined || now.total < settled) return undefined;
    if (settled > 0) scene.truth.revisedPaid.set(invoice.number, invoice);
    return put(scene, now, `is over ${now.total}`);
  },
};

export const redateBill: EventKind = {
  name: "bill redated",
  weight: 2,
  happen: (scene) => {
    const invoice = someUnpaid(scene);
    if (invoice === undefined) return undefined;
    const invoice_date = addDays(invoice.invoice_date, scene.random.pick([-2, -1, 1, 2]));
    if (invoice_date > scene.today || invoice_date < (scene.demo.client.go_live ?? "")) return undefined;
    return put(scene, { ...invoice, invoice_date }, `is of ${invoice_date}`);
  },
};

/** More time to pay, or less: of one that is paid in part, too. */
export const redueBill: EventKind = {
  name: "bill due on another day",
  weight: 2,
  happen: (scene) => {
    const { truth, random } = scene;
    const standing = truth.invoices.filter(({ voided, total }) => !voided && total > 0);
    const invoice = pickOf(scene, standing);
    if (invoice === undefined) return undefined;
    const due_date = addDays(invoice.invoice_date, random.int(0, 60));
    return put(scene, { ...invoice, due_date }, `is due on ${due_date}`);
  },
};

/** For other days than it said, at the same price: all that changes in accounting is its text. */
export const otherPeriod: EventKind = {
  name: "bill for another period",
  weight: 2,
  happen: (scene) => {
    const { truth, random, clerk } = scene;
    const standing = truth.invoices.filter(({ voided, total }) => !voided && total > 0);
    const free = standing.filter((one) => !clerk.fixesTextOfPaid || isUntouched(scene, one));
    const invoice = pickOf(scene, free);
    if (invoice === undefined) return undefined;
    const { from, to } = invoice.period;
    const period = random.pick([
      { from: addDays(from, random.int(1, 9)), to },
      { from, to: addDays(to, random.int(1, 9)) },
    ]);
    return put(scene, { ...invoice, period }, `is for ${period.from} – ${period.to}`);
  },
};

/** Withdrawn, and out again under a number of its own. */
export const reissueBill: EventKind = {
  name: "bill withdrawn and issued anew",
  weight: 1,
  happen: (scene) => {
    const invoice = someUnpaid(scene);
    const company = scene.truth.companies.find(({ number }) => number === invoice?.company);
    if (invoice === undefined || company === undefined) return undefined;
    const own = invoice.lines.slice(0, invoice.lines.length - invoice.charges);
    if (sumOf(own) <= 0) return undefined;
    scene.billing.withdraw(invoice.number);
    invoice.voided = true;
    return `${invoice.number}, now ${post(scene, company, own)}`;
  },
};

/** The bill over other lines of its own; undefined where nothing comes of it. */
export function corrected(scene: Scene, invoice: TrueInvoice): TrueInvoice | undefined {
  const own = invoice.lines.slice(0, invoice.lines.length - invoice.charges);
  const change = scene.random.pick([otherQuantity, oneMore, oneLess]);
  const others = change(scene, own);
  return others && withLines(scene.truth, invoice, [...others, ...invoice.lines.slice(own.length)]);
}

/** The bill over lines, with their taxes; undefined where that is the same money, or none. */
export function withLines(
  { companies }: Truth,
  invoice: TrueInvoice,
  lines: readonly Line[],
): TrueInvoice | undefined {
  const company = companies.find(({ number }) => number === invoice.company);
  if (company === undefined) return undefined;
  const taxes = taxesOn(lines, placeOf(company.address), company.tax_exempt);
  const total = sumOf([...lines, ...taxes]);
  return total <= 0 || total === invoice.total ? undefined : { ...invoice, lines, taxes, total };
}

/** Has billing show a bill as it is now; says so. */
export function put(
  { truth, billing }: Pick<Scene, "truth" | "billing">,
  invoice: TrueInvoice,
  what: string,
): string | undefined {
  const company = truth.companies.find(({ number }) => number === invoice.company);
  const place = truth.invoices.findIndex(({ number }) => number === invoice.number);
  if (company === undefined) return undefined;
  billing.revise(invoice, company);
  truth.invoices[place] = invoice;
  return `${invoice.number} ${what}`;
}

function otherQuantity({ random }: Scene, own: readonly Line[]): readonly Line[] | undefined {
  const tiedOnes = own.filter(
    ({ unit_amount_decimal, amount }) => unit_amount_decimal !== null && amount > 0,
  );
  if (tiedOnes.length === 0) return undefined;
  const line = random.pick(tiedOnes);
  const { charge_type, description, unit_amount_decimal } = line;
  const [what = "", site = ""] = description.split(", ");
  const other = tied(charge_type, what, site, random.int(1, 40), unit_amount_decimal ?? "");
  return own.map((one) => (one === line ? { ...other, description } : one));
}

function oneMore({ random }: Scene, own: readonly Line[]): readonly Line[] {
  return [...own, installLine(random, "Main")];
}

function oneLess({ random }: Scene, own: readonly Line[]): readonly Line[] | undefined {
  if (own.length < 2) return undefined;
  const gone = random.pick(own);
  return own.filter((one) => one !== gone);
}

/** One of which nothing was paid or credited, or that stays as it is in accounting. */
function someRevisable(scene: Scene): TrueInvoice | undefined {
  const { truth, posted } = scene;
  return pickOf(
    scene,
    truth.invoices.filter(
      (one) => !one.voided && one.total >= 0 && (posted.isAdjusted(one) || isUntouched(scene, one)),
    ),
  );
}

function someUnpaid(scene: Scene): TrueInvoice | undefined {
  const { truth } = scene;
  return pickOf(
    scene,
    truth.invoices.filter((one) => !one.voided && one.total > 0 && isUntouched(scene, one)),
  );
}

/** Rather one in closed books. */
function pickOf({ random, clerk }: Scene, all: readonly TrueInvoice[]): TrueInvoice | undefined {
  const closed = all.filter(({ invoice_date }) => invoice_date <= (clerk.closedUntil() ?? ""));
  const some = closed.length > 0 && random.chance(60) ? closed : all;
  return some.length === 0 ? undefined : random.pick(some);
}
