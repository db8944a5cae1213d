import type { WorldInvoice, WorldReceipt } from "../../../engine/connector/sandbox/world.ts";
import { addDays, daysBetween, monthEnd } from "./dates.ts";
import type { Random } from "./random.ts";

/** How a customer pays: one invoice in full or in part, two or three at once, too much, or one in two payments. */
type Habit = "full" | "part" | "two" | "three" | "over" | "twice" | "twins";

interface Till {
  readonly random: Random;
  readonly today: string;
  /** Invoices that no receipt has touched yet, in random order. */
  readonly pool: WorldInvoice[];
  readonly references: Set<string>;
}

const RECEIPT_COUNT = 120;
const BACKDATED_COUNT = 6;
const DAYS_TO_PAY_MAX = 40;
/** One of each, whatever the draws say; then at random, with these weights in percent. */
const CERTAIN: readonly Habit[] = ["three", "two", "over", "part", "twice", "twins", "full"];
const WEIGHTS: readonly (readonly [Habit, number])[] = [
  ["full", 45],
  ["part", 15],
  ["two", 20],
  ["three", 10],
  ["over", 4],
  ["twice", 6],
];

/**
 * About 120 payments over half of the invoices, in the order in which accounting's clerk enters them: by date, and at
 * the end a few that are dated back to the last day of a month that is over.
 */
export function makeReceipts(
  random: Random,
  invoices: readonly WorldInvoice[],
  today: string,
): WorldReceipt[] {
  const [first, second] = invoices;
  if (first === undefined || second === undefined) throw new Error("too few invoices to pay any");
  const till: Till = {
    random,
    today,
    pool: random.shuffle(invoices.filter((invoice) => invoice.company !== first.company)),
    references: new Set(["CHK 4471", "AUTH 88121"]),
  };
  const backdated = backdatedReceipts(till);
  const receipts = [...acmeReceipts(first, second), ...CERTAIN.flatMap((habit) => pay(till, habit))];
  while (receipts.length < RECEIPT_COUNT - BACKDATED_COUNT) receipts.push(...pay(till, someHabit(random)));
  receipts.sort((a, b) => a.date.localeCompare(b.date));
  return [...receipts, ...backdated];
}

/** The example payments: one check over two invoices, and a card payment on what it left open. */
function acmeReceipts(first: WorldInvoice, second: WorldInvoice): WorldReceipt[] {
  const { company } = first;
  return [
    {
      company,
      date: "2026-10-10",
      amount: 60_000,
      method: "check",
      reference: "CHK 4471",
      allocations: [
        { invoice: first.number, amount: first.total },
        { invoice: second.number, amount: 60_000 - first.total },
      ],
    },
    {
      company,
      date: "2026-10-15",
      amount: 5_000,
      method: "card",
      reference: "AUTH 88121",
      allocations: [{ invoice: second.number, amount: 5_000 }],
    },
  ];
}

function backdatedReceipts(till: Till): WorldReceipt[] {
  const over = (invoice: WorldInvoice): boolean =>
    monthEnd(invoice.invoice_date) < till.today && invoice.invoice_date < monthEnd(invoice.invoice_date);
  return Array.from({ length: BACKDATED_COUNT }, () => {
    const [invoice] = take(till, 1, over);
    return receipt(till, [invoice], monthEnd(invoice.invoice_date), invoice.total);
  });
}

function pay(till: Till, habit: Habit): WorldReceipt[] {
  const { random } = till;
  switch (habit) {
    case "full":
      return [inFull(till, take(till, 1), 0)];
    case "two":
      return [inFull(till, take(till, 2), 0)];
    case "three":
      return [inFull(till, take(till, 3), 0)];
    case "over":
      return [inFull(till, take(till, 1), random.int(500, 20_000))];
    case "part": {
      const invoices = take(till, 1);
      const [{ total }] = invoices;
      return [receipt(till, invoices, payDate(till, invoices), share(random, total))];
    }
    case "twice": {
      const invoices = take(till, 1);
      const [{ total }] = invoices;
      const date = payDate(till, invoices);
      const part = share(random, total);
      const later = addDays(date, random.int(0, daysBetween(date, till.today)));
      return [receipt(till, invoices, date, part), receipt(till, invoices, later, total - part)];
    }
    // Equal in everything but the reference, on one invoice: two payments all the same.
    case "twins": {
      const invoices = take(till, 1, ({ total }) => total > 20_000);
      const date = payDate(till, invoices);
      return [receipt(till, invoices, date, 10_000), receipt(till, invoices, date, 10_000)];
    }
  }
}

type Some<T> = readonly [T, ...T[]];

/** Takes `count` untouched invoices of one customer, oldest first, from the pool. */
function take(
  till: Till,
  count: number,
  fits: (invoice: WorldInvoice) => boolean = () => true,
): Some<WorldInvoice> {
  for (const { company } of till.pool.filter(fits)) {
    const own = till.pool.filter((invoice) => invoice.company === company && fits(invoice)).slice(0, count);
    const [first, ...more] = own.sort((a, b) => a.invoice_date.localeCompare(b.invoice_date));
    if (first === undefined || own.length < count) continue;
    for (const invoice of own) till.pool.splice(till.pool.indexOf(invoice), 1);
    return [first, ...more];
  }
  throw new Error(`no customer has ${count} invoices left to pay`);
}

function inFull(till: Till, invoices: Some<WorldInvoice>, extra: number): WorldReceipt {
  const total = invoices.reduce((sum, invoice) => sum + invoice.total, 0);
  return receipt(till, invoices, payDate(till, invoices), total + extra);
}

/** Allocates the amount to the invoices in their order; what is left over stays on account. */
function receipt(till: Till, invoices: Some<WorldInvoice>, date: string, amount: number): WorldReceipt {
  let left = amount;
  const allocations = invoices.map((invoice) => {
    const part = Math.min(left, invoice.total);
    left -= part;
    return { invoice: invoice.number, amount: part };
  });
  const [{ company }] = invoices;
  return { company, date, amount, ...means(till), allocations };
}

function payDate({ random, today }: Till, invoices: Some<WorldInvoice>): string {
  let latest = "";
  for (const { invoice_date } of invoices) if (invoice_date > latest) latest = invoice_date;
  return addDays(latest, random.int(1, Math.min(DAYS_TO_PAY_MAX, daysBetween(latest, today))));
}

/** 25 to 75 percent of an amount, at least one cent. */
function share(random: Random, total: number): number {
  return Math.max(1, Math.floor((total * random.int(25, 75)) / 100));
}

function means(till: Till): Pick<WorldReceipt, "method" | "reference"> {
  const { random, references } = till;
  const method = random.pick(["check", "check", "check", "ach", "ach", "card"] as const);
  for (;;) {
    const reference = someReference(random, method);
    if (references.has(reference)) continue;
    references.add(reference);
    return { method, reference };
  }
}

function someReference(random: Random, method: WorldReceipt["method"]): string {
  switch (method) {
    case "check":
      return `CHK ${random.int(1001, 9999)}`;
    case "card":
      return `AUTH ${random.int(10_000, 99_999)}`;
    case "ach":
      return `ACH ${random.int(1_000_000, 9_999_999)}`;
  }
}

function someHabit(random: Random): Habit {
  let draw = random.int(1, 100);
  for (const [habit, weight] of WEIGHTS) {
    draw -= weight;
    if (draw <= 0) return habit;
  }
  return "full";
}
