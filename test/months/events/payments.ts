import { addDays } from "../../../mappings/demo/world/dates.ts";
import { billOf } from "../posted.ts";
import { openDay } from "../promised.ts";
import type { EventKind, Scene } from "../scene.ts";
import { receivables } from "../service-invoices.ts";
import { openOf, type TrueInvoice } from "../truth.ts";

/** What customers pay, as accounting's clerk enters it. */

export const payFull: EventKind = {
  name: "invoice paid",
  weight: 6,
  happen: (scene) => {
    const invoice = payable(scene);
    return invoice && receive(scene, [invoice], openIn(scene, invoice), scene.today);
  },
};

export const payPart: EventKind = {
  name: "invoice partly paid",
  weight: 4,
  happen: (scene) => {
    const invoice = payable(scene);
    if (invoice === undefined) return undefined;
    const open = openIn(scene, invoice);
    const amount = Math.max(1, Math.floor((open * scene.random.int(1, 99)) / 100));
    return receive(scene, [invoice], amount, scene.today);
  },
};

export const paySeveral: EventKind = {
  name: "one check over several invoices",
  weight: 4,
  happen: (scene) => {
    const first = payable(scene);
    if (first === undefined) return undefined;
    const others = payables(scene).filter((one) => one.company === first.company && one !== first);
    if (others.length === 0) return undefined;
    const invoices = [first, ...scene.random.shuffle(others).slice(0, 2)];
    const open = invoices.reduce((sum, one) => sum + openIn(scene, one), 0);
    return receive(scene, invoices, open - scene.random.int(0, 1) * Math.floor(open / 10), scene.today);
  },
};

export const payTooMuch: EventKind = {
  name: "invoice overpaid",
  weight: 2,
  happen: (scene) => {
    const invoice = payable(scene);
    if (invoice === undefined) return undefined;
    const amount = openIn(scene, invoice) + scene.random.int(1, 5000);
    return receive(scene, [invoice], amount, scene.today);
  },
};

/** Entered today for a day before, across a month's end too; no day before go_live. */
export const payBackdated: EventKind = {
  name: "payment backdated",
  weight: 3,
  happen: (scene) => {
    const invoice = payable(scene);
    if (invoice === undefined) return undefined;
    const day = openDay(addDays(scene.today, -scene.random.int(1, 45)), scene.clerk.closedUntil());
    const [, date = day] = [day, invoice.invoice_date].sort();
    return receive(scene, [invoice], openIn(scene, invoice), date);
  },
};

/** Of a customer that billing does not have it waits until it has. */
export const payOnAccount: EventKind = {
  name: "money on account",
  weight: 1,
  happen: (scene) => {
    const known = scene.truth.companies.filter((company) => scene.psa.accountingId(company) !== undefined);
    if (known.length === 0) return undefined;
    const company = scene.random.pick(known).number;
    return enter(scene, company, [], scene.random.int(100, 90_000), scene.today);
  },
};

/** Two payments that are equal in everything but the document. */
export const payTwins: EventKind = {
  name: "two equal payments",
  weight: 1,
  happen: (scene) => {
    const invoice = payables(scene).find((one) => openIn(scene, one) > 2000);
    if (invoice === undefined) return undefined;
    const twins = [1, 2].map(() => receive(scene, [invoice], 1000, scene.today, "CHK 1"));
    return twins.join(", ");
  },
};

/** Invoices that a customer can pay something of. */
export function payables(scene: Scene): readonly TrueInvoice[] {
  return receivables(scene.truth).filter((one) => openIn(scene, one) > 0);
}

/** What the ledger shows as open, less credit that billing has given and the ledger does not know of yet. */
export function openIn({ truth, clerk, posted }: Scene, invoice: TrueInvoice): number {
  if (!posted.isSettled(invoice)) return 0;
  const booked = clerk.items().filter(({ number }) => billOf(number) === invoice.number);
  // Whoever pays leaves one of its documents with enough open for billing's credit.
  if (booked.filter(({ voided }) => !voided).length > 1 && posted.isCredited(invoice)) return 0;
  return Math.min(
    openOf(truth, invoice),
    booked.reduce((sum, { open }) => sum + open, 0),
  );
}

function payable(scene: Scene): TrueInvoice | undefined {
  const all = payables(scene);
  return all.length === 0 ? undefined : scene.random.pick(all);
}

/** The amount goes to the invoices in their order; what is left over stays on account. */
function receive(
  scene: Scene,
  invoices: readonly TrueInvoice[],
  amount: number,
  date: string,
  reference?: string,
): string {
  let left = amount;
  const allocations = invoices.flatMap((invoice) => {
    const part = Math.min(left, openIn(scene, invoice));
    left -= part;
    return part > 0 ? [{ invoice: invoice.number, amount: part }] : [];
  });
  const company = invoices[0]?.company ?? "";
  return enter(scene, company, allocations, amount, date, reference);
}

function enter(
  scene: Scene,
  number: string,
  allocations: readonly { readonly invoice: string; readonly amount: number }[],
  amount: number,
  date: string,
  reference = `CHK ${scene.next()}`,
): string {
  const { demo, truth, clerk, posted, psa, random } = scene;
  const company = truth.companies.find((one) => one.number === number);
  const customer = company === undefined ? undefined : psa.accountingId(company);
  if (customer === undefined) throw new Error(`accounting has no ${number}`);
  const currency = company?.currency ?? demo.world.currency;
  const method = random.pick(["check", "ach", "card"] as const);
  const receipt = { company: number, date, amount, method, reference, allocations };
  const documents = posted.onDocuments(allocations);
  truth.receipts.push({
    ...receipt,
    documents,
    id: clerk.receive({ ...receipt, allocations: documents }, customer, currency),
  });
  const paid = allocations.map((one) => `${one.invoice} ${one.amount}`).join(" + ");
  return `${reference} of ${number} over ${amount} on ${date} for ${paid || "nothing"}`;
}
