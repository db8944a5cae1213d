import type { Company } from "../../../engine/connector/sandbox/world.ts";
import { addDays, monthEnd } from "../../../mappings/demo/world/dates.ts";
import type { TrueItem } from "../items.ts";
import { invoicedBy } from "../routing.ts";
import type { EventKind, Scene } from "../scene.ts";
import { contentOf, type Fee, type ServiceInvoice } from "../service-invoices.ts";
import { openOf, sumOf } from "../truth.ts";

/** What the service department invoices by itself in the PSA, for customers with separate invoices. */

const ITEMS_MAX = 4;

export const workInvoiced: EventKind = {
  name: "PSA invoice",
  weight: 8,
  happen: (scene) => {
    const { truth, random, today } = scene;
    const [first, ...others] = random.shuffle(billable(scene));
    if (first === undefined) return undefined;
    const items = [
      first,
      ...others.filter(({ company }) => company === first.company).slice(0, ITEMS_MAX - 1),
    ];
    const company = truth.companies.find(({ number }) => number === first.company);
    return company && make(scene, company, addDays(today, -random.int(0, 3)), items, null);
  },
};

/** The charge for a managed contract, once for each month. */
export const feeInvoiced: EventKind = {
  name: "PSA invoice of a contract",
  weight: 3,
  happen: (scene) => {
    const { truth, random, today } = scene;
    const month = random.pick([today, addDays(`${today.slice(0, 7)}-01`, -1)]).slice(0, 7);
    const contracts = truth.companies.flatMap((company) =>
      company.contracts
        .filter(({ type, status, start_date }) => {
          return type === "managed_services" && status === "signed" && start_date <= `${month}-01`;
        })
        .filter(({ id }) => !truth.services.some((one) => isFeeOf(one, id, month)))
        .filter(() => invoicedBy(truth.routing, company.number, `${month}-01`) === "psa")
        .map(({ id }) => ({ company, contract: id })),
    );
    if (contracts.length === 0) return undefined;
    const { company, contract } = random.pick(contracts);
    const date = today.startsWith(month) ? today : monthEnd(`${month}-01`);
    const own = billable(scene).filter((item) => item.company === company.number);
    const items = random.chance(40) ? own.slice(0, 2) : [];
    return make(scene, company, date, items, { contract, amount: random.int(5_000, 900_000) });
  },
};

export const draftSent: EventKind = {
  name: "PSA invoice sent",
  weight: 3,
  happen: async (scene) => {
    const draft = some(scene, (one) => one.draft);
    if (draft === undefined) return undefined;
    await scene.services.send(draft.id);
    replace(scene, draft, { ...draft, draft: false });
    return draft.number;
  },
};

/** As long as nothing is paid of it, also when accounting has it already. */
export const invoiceChanged: EventKind = {
  name: "PSA invoice changed",
  weight: 4,
  happen: async (scene) => {
    const { random, truth, psa, services } = scene;
    const invoice = some(scene, (one) => isUntouched(scene, one));
    if (invoice === undefined) return undefined;
    const items = truth.items.filter(({ id }) => invoice.items.includes(id));
    const tax = sumOf(invoice.taxes);
    const [first] = items;
    const another = billable(scene).find(({ company }) => company === invoice.company);
    const what = random.pick(["price", "one more", "one less", "due date", "tax"] as const);
    let now: ServiceInvoice = invoice;
    if (what === "price" && first !== undefined) {
      first.amount += random.int(1, 9_000);
      await psa.reprice(first.id, first.amount);
      now = { ...invoice, ...contentOf(items, invoice.fee, tax) };
    } else if (what === "one more" && another !== undefined) {
      another.invoiced = true;
      now = { ...invoice, ...contentOf([...items, another], invoice.fee, tax) };
    } else if (what === "one less" && first !== undefined && (items.length > 1 || invoice.fee !== null)) {
      first.invoiced = false;
      now = { ...invoice, ...contentOf(items.slice(1), invoice.fee, tax) };
    } else if (what === "due date") {
      now = { ...invoice, due_date: addDays(invoice.due_date, random.int(1, 30)) };
    } else if (what === "tax" && tax > 0) {
      now = { ...invoice, ...contentOf(items, invoice.fee, tax + random.int(1, 500)) };
    }
    if (now === invoice) return undefined;
    await services.change(invoice, now);
    replace(scene, invoice, now);
    return `${now.number}: ${what}, ${now.total} due on ${now.due_date}`;
  },
};

export const invoiceVoided: EventKind = {
  name: "PSA invoice voided",
  weight: 2,
  happen: async (scene) => {
    const invoice = some(scene, (one) => isUntouched(scene, one));
    if (invoice === undefined) return undefined;
    await scene.services.void(invoice);
    release(scene, invoice);
    return invoice.number;
  },
};

export const invoiceDeleted: EventKind = {
  name: "PSA invoice deleted",
  weight: 1,
  happen: async (scene) => {
    const invoice = some(scene, (one) => isUntouched(scene, one));
    if (invoice === undefined) return undefined;
    await scene.services.remove(invoice);
    release(scene, invoice);
    return invoice.number;
  },
};

/** Everything here. */
export const SERVICE_INVOICE_EVENTS: readonly EventKind[] = [
  workInvoiced,
  feeInvoiced,
  draftSent,
  invoiceChanged,
  invoiceVoided,
  invoiceDeleted,
];

async function make(
  scene: Scene,
  company: Company,
  invoice_date: string,
  items: readonly TrueItem[],
  fee: Fee | null,
): Promise<string> {
  const { random, truth, services, demo } = scene;
  const due_days = demo.world.terms.find(({ key }) => key === company.terms)?.due_days ?? 30;
  const net = sumOf(items) + (fee?.amount ?? 0);
  const tax = !company.tax_exempt && random.chance(50) ? Math.round((net * random.int(1, 9)) / 100) : 0;
  const invoice = {
    number: `PSA-${scene.next()}`,
    company: company.number,
    invoice_date,
    due_date: addDays(invoice_date, due_days),
    period: { from: invoice_date, to: invoice_date },
    ...contentOf(items, fee, tax),
    draft: random.chance(20),
    voided: false,
    charges: 0,
  };
  const id = await services.make(invoice, company);
  truth.services.push({ ...invoice, id });
  for (const item of items) item.invoiced = true;
  const said = invoice.draft ? "a draft" : "issued";
  return `${invoice.number} to ${company.number} over ${invoice.total} for ${invoice.items.join(" + ")}${fee === null ? "" : ` and contract ${fee.contract}`} is ${said}`;
}

function billable({ truth }: Scene): readonly TrueItem[] {
  return truth.items.filter(({ by, state, invoiced }) => by === "psa" && state === "approved" && !invoiced);
}

function isFeeOf({ fee, invoice_date, voided }: ServiceInvoice, contract: string, month: string): boolean {
  return fee?.contract === contract && invoice_date.startsWith(month) && !voided;
}

function isUntouched({ truth }: Scene, invoice: ServiceInvoice): boolean {
  return openOf(truth, invoice) === invoice.total;
}

function some(
  { truth, random }: Scene,
  takes: (invoice: ServiceInvoice) => boolean,
): ServiceInvoice | undefined {
  const those = truth.services.filter((one) => !one.voided && takes(one));
  return those.length === 0 ? undefined : random.pick(those);
}

/** Its items can be invoiced anew. */
function release(scene: Scene, invoice: ServiceInvoice): void {
  for (const item of scene.truth.items) if (invoice.items.includes(item.id)) item.invoiced = false;
  replace(scene, invoice, { ...invoice, voided: true });
}

function replace({ truth }: Scene, invoice: ServiceInvoice, now: ServiceInvoice): void {
  truth.services[truth.services.indexOf(invoice)] = now;
}
