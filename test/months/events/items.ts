import { addDays, monthEnd } from "../../../mappings/demo/world/dates.ts";
import { chargesDue, type TrueItem, type TrueLine } from "../items.ts";
import { invoicedBy } from "../routing.ts";
import type { EventKind, Scene } from "../scene.ts";

/** What technicians and account managers do in the PSA. */

const PRICES = [65_000, 58_750, 39_125, 95_000];

export const workDone: EventKind = {
  name: "work done",
  weight: 7,
  happen: async (scene) => {
    const { random, today, psa, truth } = scene;
    const day = addDays(today, -random.int(0, 6));
    const company = someCompany(scene, day);
    if (company === undefined) return undefined;
    const kind = random.pick(["time", "expense", "product"] as const);
    const quantity = kind === "expense" ? 1 : random.int(1, 9);
    const unit = random.int(995, 19_990);
    const state = random.chance(70) ? "approved" : "pending";
    const work = { kind, day, quantity, unit, approved: state === "approved" };
    const item: TrueItem = {
      ...(await psa.work(company, work)),
      company: company.number,
      amount: quantity * unit,
      state,
      by: invoicedBy(truth.routing, company.number, day),
      invoiced: false,
    };
    truth.items.push(item);
    return `${item.id} of ${item.company} over ${item.amount} is ${state}`;
  },
};

export const workApproved: EventKind = {
  name: "work approved",
  weight: 3,
  happen: async (scene) => {
    const item = someItem(scene, "pending");
    if (item === undefined) return undefined;
    await scene.psa.approve(item.id);
    item.state = "approved";
    return item.id;
  },
};

export const workRepriced: EventKind = {
  name: "work repriced",
  weight: 3,
  happen: async (scene) => {
    const item = someItem(scene, "approved");
    if (item === undefined) return undefined;
    item.amount += scene.random.pick([-1, 1]) * scene.random.int(1, item.amount - 1);
    await scene.psa.reprice(item.id, item.amount);
    return `${item.id} costs ${item.amount}`;
  },
};

export const workReversed: EventKind = {
  name: "work reversed",
  weight: 2,
  happen: async (scene) => {
    const item = someItem(scene, "approved");
    if (item === undefined) return undefined;
    await scene.psa.reverse(item.id);
    item.state = "reversed";
    return item.id;
  },
};

export const lineAdded: EventKind = {
  name: "contract line added",
  weight: 2,
  happen: async (scene) => {
    const { random, truth, psa, today } = scene;
    const of = someLine(scene);
    if (of === undefined) return undefined;
    const start = addDays(today, -random.int(0, 35));
    const price = random.pick(PRICES);
    const quantity = random.int(1, 20);
    const { contract, company, charge_type } = of;
    const id = await psa.addLine(contract, { like: of.id, quantity, price, start });
    const quantities = [{ from: start, quantity }];
    truth.lines.push({ id, contract, company, charge_type, price, start, end: null, quantities });
    return `${quantity} × ${price} of ${company} from ${start} as ${id}`;
  },
};

export const lineChanged: EventKind = {
  name: "contract line changed",
  weight: 3,
  happen: async (scene) => {
    const { random, psa, today } = scene;
    const line = someLine(scene);
    // A month that nobody has charged yet is charged by the line as it stands then, whatever it was at the time.
    if (line === undefined || !isCharged(line, scene)) return undefined;
    const quantity = random.int(1, 30);
    await psa.changeLine(line.contract, line.id, { quantity });
    line.quantities.push({ from: today, quantity });
    return `${line.id} of ${line.company} is ${quantity}`;
  },
};

export const lineEnded: EventKind = {
  name: "contract line ended",
  weight: 1,
  happen: async (scene) => {
    const { random, psa, today } = scene;
    const line = someLine(scene);
    if (line === undefined) return undefined;
    // Dated back only within the month: what was charged for earlier months stands at the quantities of then.
    const first = `${today.slice(0, 7)}-01`;
    const end = random.pick([today, addDays(today, random.int(1, 40)), monthEnd(today), first]);
    if (end < line.start) return undefined;
    await psa.changeLine(line.contract, line.id, { cancelledDate: `${end}T00:00:00Z` });
    line.end = end;
    return `${line.id} of ${line.company} ends on ${end}`;
  },
};

/** Everything here. */
export const ITEM_EVENTS: readonly EventKind[] = [
  workDone,
  workApproved,
  workRepriced,
  workReversed,
  lineAdded,
  lineChanged,
  lineEnded,
];

function someCompany({ truth, billing, random }: Scene, day: string) {
  const known = truth.companies.filter(
    (one) => invoicedBy(truth.routing, one.number, day) === "psa" || billing.knows(one),
  );
  return known.length === 0 ? undefined : random.pick(known);
}

function someItem({ truth, random }: Scene, state: TrueItem["state"]): TrueItem | undefined {
  const those = truth.items.filter((item) => item.state === state && item.amount > 1 && !item.invoiced);
  return those.length === 0 ? undefined : random.pick(those);
}

function isCharged(line: TrueLine, { truth, billing, demo, today }: Scene): boolean {
  const charged = new Set(billing.charges().map(({ item }) => item));
  const due = chargesDue({ ...truth, items: [], lines: [line] }, demo.client.go_live ?? "", today);
  return [...due.keys()].every((item) => charged.has(item));
}

function someLine({ truth, random }: Scene): TrueLine | undefined {
  const running = truth.lines.filter(({ end }) => end === null);
  return running.length === 0 ? undefined : random.pick(running);
}
