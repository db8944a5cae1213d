import type { World } from "../../engine/connector/sandbox/world.ts";
import { isTelecomCustomer } from "../../mappings/demo/world/invoices.ts";
import type { BookedCredit } from "../support/credits.ts";
import { customerDifferences } from "../support/differences.ts";
import { ageing } from "./ageing.ts";
import type { BookedRefund, WaitingCharge } from "./desks/billing.ts";
import { chargesDue } from "./items.ts";
import { billOf } from "./posted.ts";
import type { Scene } from "./scene.ts";
import { billingsPart, receivables } from "./service-invoices.ts";
import { linesOf, postings } from "./splits.ts";
import { balanceOf, leftOf, type OpenItem, openOf, type Truth } from "./truth.ts";

/** What of the three systems' own ledgers is other than what happened, as sentences; none when all ties to the cent. */
export function tieOut(
  scene: Pick<Scene, "demo" | "truth" | "psa" | "billing" | "clerk" | "posted" | "rules" | "splits">,
  day: string,
): readonly string[] {
  const { demo, truth, psa, billing, clerk, posted, rules, splits } = scene;
  const { world } = demo;
  const sides = {
    billing: { desk: billing, part: billingsPart(truth) },
    accounting: { desk: clerk, part: truth },
  };
  const found = [...customerDifferences(worldOf(truth, world), booksOf(scene))];
  for (const [side, { desk, part }] of Object.entries(sides)) {
    const items = side === "billing" ? trueItems(part, world) : posted.items();
    found.push(
      ...compare(`${side}'s invoice`, invoiceLines(items, side), invoiceLines(desk.items(), side)),
      ...compare(`${side}'s ageing`, entries(aged(items, day)), entries(aged(desk.items(), day))),
      ...compare(`${side}'s balance`, entries(balances(part)), entries(balancesOf(desk))),
    );
  }
  for (const side of ["billing", "accounting"] as const) {
    found.push(...compare(`${side}'s payment`, truePayments(sides[side].part), bookedPayments(scene, side)));
  }
  const credits = truth.credits.filter(({ voided }) => !voided).map((one) => ({ ...one, left: leftOf(one) }));
  for (const [side, wanted, booked] of [
    ["billing", credits, billing.credits?.all() ?? []],
    ["accounting", posted.credits(), clerk.credits()],
  ] as const) {
    found.push(...compare(`${side}'s credit note`, creditLines(wanted), creditLines(booked)));
  }
  found.push(...wrongCurrencies(scene));
  const refunds = sides.billing.part.refunds.map((one) => ({ ...one, of: one.receipt.reference }));
  found.push(...compare("billing's refund", refundLines(refunds), refundLines(billing.refunds())));
  const due = chargesDue(truth, demo.client.go_live ?? "", day);
  const lines = [...due].map(([item, charge]) => chargeLine({ item, ...charge }));
  found.push(...compare("billing's charge", lines, summed(billing.charges()).map(chargeLine)));
  const marked = [...due.keys()].filter((item) => !item.startsWith("addition:"));
  found.push(...compare("the PSA's mark", marked, psa.marked()));
  for (const company of truth.companies) {
    const { name, number } = company;
    const wanted = postings(truth, number, world.gl, splits);
    found.push(...compare(`GL of ${name}`, entries(wanted), entries(clerk.postings(name))));
  }
  for (const invoice of truth.invoices.filter((one) => posted.isSettled(one))) {
    for (const number of posted.originals(invoice)) {
      const wanted = linesOf(invoice, world.gl, splits, rules.lines);
      const booked = clerk.lines().get(number);
      if (booked !== wanted) found.push(`${number} has ${booked} lines in accounting, not ${wanted}`);
    }
  }
  found.push(...posted.otherMemos().map((number) => `${number} bears another text than its bill`));
  return found;
}

/** All charges of an item as one; what was charged and credited again is none. */
function summed(charges: readonly WaitingCharge[]): readonly WaitingCharge[] {
  const sums = new Map<string, WaitingCharge>();
  for (const charge of charges) {
    const item = charge.item.replace(/~\d+$/, "");
    sums.set(item, { ...charge, item, amount: charge.amount + (sums.get(item)?.amount ?? 0) });
  }
  return [...sums.values()].filter(({ amount }) => amount !== 0);
}

function chargeLine({
  item,
  charge_type,
  amount,
}: Pick<WaitingCharge, "item" | "charge_type" | "amount">): string {
  return JSON.stringify([item, charge_type, amount]);
}

function trueItems(truth: Truth, world: World): readonly OpenItem[] {
  return receivables(truth).map((invoice) => ({
    number: invoice.number,
    customer: nameOf(truth, invoice.company),
    currency: currencyIn(truth, invoice.company, world),
    date: invoice.invoice_date,
    due: invoice.due_date,
    total: invoice.voided ? 0 : invoice.total,
    open: openOf(truth, invoice),
    voided: invoice.voided,
  }));
}

// What was withdrawn before a run saw it never gets to accounting.
function invoiceLines(items: readonly OpenItem[], side: string): readonly string[] {
  const shown = side === "billing" ? items : items.filter(({ voided }) => !voided);
  return shown.map(({ number, customer, date, due, total, open, currency }) =>
    JSON.stringify([number, customer, date, due, total, open, currency]),
  );
}

/** What is owed; a bill below zero is part of the balance, as credit is that is not used. */
function aged(items: readonly OpenItem[], day: string): ReadonlyMap<string, number> {
  return ageing(
    items.filter(({ open }) => open > 0),
    day,
  );
}

function creditLines(credits: readonly BookedCredit[]): readonly string[] {
  return credits.map(({ number, date, total, left, applications }) => {
    const used = applications.map(({ invoice, amount }) => `${billOf(invoice)} ${amount}`).sort();
    return JSON.stringify([number, date, total, left, used]);
  });
}

function refundLines(refunds: readonly BookedRefund[]): readonly string[] {
  return refunds.map(({ reference, date, amount, of }) => JSON.stringify([reference, date, amount, of]));
}

function balances(truth: Truth): ReadonlyMap<string, number> {
  return new Map(truth.companies.map((company) => [company.name, balanceOf(truth, company)]));
}

function balancesOf(desk: Pick<Scene["clerk"], "items" | "onAccount">): ReadonlyMap<string, number> {
  const sums = new Map([...desk.onAccount()].map(([name, sum]) => [name, -sum]));
  for (const { customer, open } of desk.items()) sums.set(customer, (sums.get(customer) ?? 0) + open);
  return sums;
}

function truePayments(truth: Truth): readonly string[] {
  return truth.receipts.map(({ company, date, amount, reference, allocations }) =>
    payment(nameOf(truth, company), date, amount, reference, allocations),
  );
}

/** Payments that billing has in another currency than their customer's. */
function wrongCurrencies({ demo, truth, billing }: Pick<Scene, "demo" | "truth" | "billing">): string[] {
  const { customers, payments } = demo.books("billing");
  return payments.flatMap(({ id, customer, reference }) => {
    const name = customers.find((one) => one.id === customer)?.name;
    const company = truth.companies.find((one) => one.name === name);
    const wanted = currencyIn(truth, company?.number ?? "", demo.world);
    const there = billing.currencyOf(id);
    return there === wanted ? [] : [`billing's payment ${reference} is in ${there}, not in ${wanted}`];
  });
}

function bookedPayments(
  { demo, billing }: Pick<Scene, "demo" | "billing">,
  side: "billing" | "accounting",
): readonly string[] {
  const { customers, payments: all } = demo.books(side);
  // A voided payment stays where it was, with nothing in it or with a mark.
  const withdrawn = side === "billing" ? billing.withdrawn() : new Set<string>();
  const payments = all.filter(({ id, amount }) => amount !== 0 && !withdrawn.has(id));
  const names = new Map(customers.map(({ id, name }) => [id, name]));
  return payments.map(({ customer, date, amount, reference, allocations }) =>
    payment(names.get(customer) ?? "", date, amount, reference, allocations),
  );
}

function payment(
  customer: string,
  date: string,
  amount: number,
  reference: string,
  allocations: readonly { readonly invoice: string; readonly amount: number }[],
): string {
  // Billing has one bill where the ledger has documents that stand for it.
  const paid = new Map<string, number>();
  for (const one of allocations) {
    const bill = billOf(one.invoice);
    paid.set(bill, (paid.get(bill) ?? 0) + one.amount);
  }
  return JSON.stringify([customer, reference, date, amount, [...paid].sort()]);
}

function currencyIn({ companies }: Truth, number: string, world: World): string {
  return companies.find((one) => one.number === number)?.currency ?? world.currency;
}

function nameOf({ companies }: Truth, number: string): string {
  return companies.find((one) => one.number === number)?.name ?? "";
}

function booksOf({ demo }: Pick<Scene, "demo">) {
  return { psa: demo.books("psa"), billing: demo.books("billing"), accounting: demo.books("accounting") };
}

/** The companies as they are now, and where they must be. */
function worldOf({ companies }: Truth, world: World): World {
  const inBilling = companies.filter(isTelecomCustomer);
  const inBooks = companies.filter(({ active, types }) => active && types.includes("Client"));
  const expected = {
    ...world.expected,
    billing_customers: inBilling.map(({ number }) => number),
    accounting_customers: inBooks.map(({ number }) => number),
  };
  return { ...world, companies, expected };
}

function entries(sums: ReadonlyMap<string, number>): readonly string[] {
  return [...sums].filter(([, sum]) => sum !== 0).map(([name, sum]) => `${name}: ${sum}`);
}

function compare(what: string, wanted: readonly string[], booked: readonly string[]): readonly string[] {
  return [...new Set([...wanted, ...booked])].flatMap((one) => {
    const right = wanted.filter((text) => text === one).length;
    const there = booked.filter((text) => text === one).length;
    return right === there ? [] : [`${what} ${one} is there ${there} times, not ${right}`];
  });
}
