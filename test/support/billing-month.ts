import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { billingProof } from "../../engine/commands/prove.ts";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import type { Company, World } from "../../engine/connector/sandbox/world.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import type { BillingProof } from "../../engine/report/prove-billing.ts";
import type { RunReport } from "../../engine/sync/types.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { textOf } from "./books.ts";
import type { JsonObject, SystemEntry } from "./client-copy.ts";
import { type Demo, openDemo } from "./demo.ts";
import { ask } from "./edits.ts";
import { tinyWorld } from "./tiny-world.ts";

/**
 * A month of one customer who buys telephony and managed services: ConnectWise with what is to be billed, a billing system
 * of the reference layout whose department makes the invoices, and a ledger.
 */
export interface BillingMonth {
  readonly demo: Demo;
  /** Id of the customer in the PSA, which `invoicing.customers` names. */
  readonly customer: string;
  run(): Promise<RunReport>;
  /** Approved work of the month in the PSA: 1.5 hours, an expense, two handsets; ids of the items. */
  work(day?: string): Promise<{ readonly time: string; readonly expense: string; readonly product: string }>;
  /** A request at the PSA, as a person at its screen would cause it. */
  psa(method: string, path: string, body?: Json): Promise<Row>;
  /** The PSA's own invoice over items, as it makes it by itself: they are billed then. Answers with its id. */
  psaInvoice(number: string, items: readonly string[], own?: Row): Promise<string>;
  /** Billing's department invoices what telephony cost and all charges that wait; the invoice's number. */
  billCharges(number: string, date?: string): void;
  /** `tripoint prove billing`. */
  proof(period: string): Promise<BillingProof>;
  /** Invoices in accounting: number → total. */
  receivables(): { readonly [number: string]: number };
  /** The PSA's product of its recurring care. */
  careProduct(): Promise<Json>;
  /** Replaces fields of an item in the PSA. */
  change(item: string, fields: Row): Promise<void>;
  /** What billing is to charge: item → its charge. */
  charges(): { readonly [item: string]: Row };
}

const CODES = `code_map: gl
rows:
  - { code: "MRC", gl_code: "4000", item: "4000 Voice" }
  - { code: "LD", gl_code: "4010", item: "4010 Long distance" }
  - { code: "STATE-TAX", gl_code: "2200", item: "2200 Sales tax" }
  - { code: "FUSF", gl_code: "2210", item: "2210 USF" }
  - { code: "Remote", gl_code: "4300", item: "4300 Managed services" }
  - { code: "Mileage", gl_code: "4300", item: "4300 Managed services" }
  - { code: "HANDSET", gl_code: "4300", item: "4300 Managed services" }
  - { code: "Agreement", gl_code: "4300", item: "4300 Managed services" }
  - { code: "Remote Support", gl_code: "4300", item: "4300 Managed services" }
  - { code: "Hardware", gl_code: "4300", item: "4300 Managed services" }
  - { code: "Managed Services", gl_code: "4300", item: "4300 Managed services" }
  - { code: "MSP-TIME", gl_code: "4300", item: "4300 Managed services" }
  - { code: "MSP-EXPENSE", gl_code: "4300", item: "4300 Managed services" }
  - { code: "MSP-PRODUCT", gl_code: "4300", item: "4300 Managed services" }
  - { code: "MSP-CARE", gl_code: "4300", item: "4300 Managed services" }
`;

const CHARGES = `code_map: charges
rows:
  - { code: "Remote", charge_type: "MSP-TIME" }
  - { code: "Mileage", charge_type: "MSP-EXPENSE" }
  - { code: "HANDSET", charge_type: "MSP-PRODUCT" }
  - { code: "CARE", charge_type: "MSP-CARE" }
  - { code: "Remote Support", charge_type: "MSP-TIME" }
  - { code: "Hardware", charge_type: "MSP-PRODUCT" }
  - { code: "Managed Services", charge_type: "MSP-CARE" }
  - { code: "2", charge_type: "MSP-TIME" }
`;

const ITEMS = `pipeline: billable-items
extends: ../base/billable-items-to-billing.yaml
after: [customers]
tests: []
`;

/** ConnectWise with the custom field that says what billed an item. */
export const MARKED_IN_FIELD: SystemEntry = {
  ...SYSTEMS.psa.connectwise,
  settings: { ...SYSTEMS.psa.connectwise.settings, mark_field: "Billed by" },
  allow_unverified: ["billable_item"],
};

/** The pipeline that marks charged items in the PSA. */
const MARKS = `pipeline: billed-items
extends: ../base/billed-items-to-psa.yaml
after: [billable-items]
tests: []
`;

const MSP_INVOICES = `pipeline: msp-invoices
extends: ../base/msp-invoices-to-accounting.yaml
after: [customers-accounting]
tests: []
`;

const TODAY = "2026-10-20";

export async function openBilling(
  t: TestContext,
  options: {
    readonly ledger: "quickbooks" | "xero";
    readonly invoicing: JsonObject;
    readonly world?: World;
    readonly billing?: SystemEntry;
    /** Another PSA than ConnectWise, whose invoices are not read: `work`, `psa` and what stands on them are not for it. */
    readonly psa?: SystemEntry;
    /** Charged items are marked in the PSA. */
    readonly marks?: boolean;
  },
): Promise<BillingMonth> {
  const demo = await openDemo(t, {
    world: options.world ?? billingWorld,
    // The month is October, whenever the test runs.
    start: Date.parse(`${TODAY}T12:00:00Z`),
    systems: {
      ...(options.psa === undefined ? {} : { psa: options.psa }),
      billing: options.billing ?? SYSTEMS.billing["sqlite-billing"],
      accounting: SYSTEMS.accounting[options.ledger],
    },
    changes: {
      invoicing: options.invoicing,
      ...(readsInvoices(options.psa) ? { truth: { msp_invoice: "psa" } } : {}),
      go_live: "2026-09-01",
      codes: { gl: "gl-codes.yaml", charges: "charges.yaml" },
    },
    files: {
      "gl-codes.yaml": CODES,
      "charges.yaml": CHARGES,
      "billable-items.yaml": ITEMS,
      ...(options.marks === true ? { "billed-items.yaml": MARKS } : {}),
      ...(readsInvoices(options.psa) ? { "msp-invoices.yaml": MSP_INVOICES } : {}),
    },
  });
  const customer = orchard.ids.psa;
  const psa: BillingMonth["psa"] = async (method, path, body) => {
    const answer = await ask(demo, "psa", method, path, body);
    return isObject(answer) ? answer : {};
  };
  return {
    demo,
    customer,
    psa,
    run: () => demo.settle(),
    work: async (day = "2026-10-05") => {
      const company = { id: Number(customer) };
      const time = await psa("POST", "/time/entries", {
        company,
        chargeToId: 6612,
        chargeToType: "ServiceTicket",
        ticket: { id: 6612 },
        workType: { id: 1, name: "Remote" },
        timeStart: `${day}T14:00:00Z`,
        invoiceHours: 1.5,
        hourlyRate: 150,
        extendedInvoiceAmount: 225,
        billableOption: "Billable",
        status: "ReadyToBill",
        notes: "Handset replacement",
        taxCode: { id: 1 },
      });
      const expense = await psa("POST", "/expense/entries", {
        company,
        date: `${day}T00:00:00Z`,
        amount: 45.5,
        invoiceAmount: 45.5,
        type: { id: 1, name: "Mileage" },
        billableOption: "Billable",
        status: "ReadyToBill",
        notes: "Drive to the site",
      });
      const product = await psa("POST", "/procurement/products", {
        company,
        catalogItem: { id: await handset() },
        purchaseDate: `${day}T00:00:00Z`,
        quantity: 2,
        price: 199.9,
        extPrice: 399.8,
        billableOption: "Billable",
        taxableFlag: true,
        cancelledFlag: false,
        description: "Desk phone",
      });
      return {
        time: `time:${time["id"]}`,
        expense: `expense:${expense["id"]}`,
        product: `product:${product["id"]}`,
      };
    },
    psaInvoice: async (number, items, own = {}) => {
      const totals = { time: 0, expense: 0, product: 0 };
      for (const item of items) {
        const [family = "", id = ""] = item.split(":");
        const row = await psa("GET", `${PATHS[family]}/${id}`);
        const amount = Number(row["extendedInvoiceAmount"] ?? row["extPrice"] ?? row["invoiceAmount"]);
        totals[family as keyof typeof totals] += amount;
      }
      const total = totals.time + totals.expense + totals.product + Number(own["agreementAmount"] ?? 0);
      const made = await psa("POST", "/finance/invoices", {
        invoiceNumber: number,
        type: own["agreement"] === undefined ? "Standard" : "Agreement",
        status: { id: 2 },
        company: { id: Number(customer) },
        date: "2026-10-18T00:00:00Z",
        dueDate: "2026-11-17T00:00:00Z",
        serviceTotal: totals.time,
        expenseTotal: totals.expense,
        productTotal: totals.product,
        total,
        balance: total,
        ...own,
      });
      for (const item of items) {
        const [family = "", id = ""] = item.split(":");
        const billed = [{ op: "replace", path: "invoice", value: { id: made["id"] ?? null } }];
        await psa("PATCH", `${PATHS[family]}/${id}`, billed);
      }
      return String(made["id"]);
    },
    billCharges: (number, date = "2026-10-19") => {
      const { ledger } = demo.sandboxes.billing;
      const waiting = ledger.all("charges").filter((row) => row["invoice_id"] === undefined);
      const telephony = { charge_type: "MRC", description: "SIP trunks", quantity: "2", amount: 9000 };
      const lines = [
        telephony,
        ...waiting.map(({ charge_type, description, quantity, amount, source_item_id }) => ({
          charge_type: charge_type ?? null,
          description: description ?? null,
          quantity: quantity ?? null,
          amount: amount ?? null,
          billable_item_id: source_item_id ?? null,
        })),
      ].map((line, index) => ({ line_number: index + 1, ...line }));
      const total = lines.reduce((sum, { amount }) => sum + Number(amount), 0);
      const { id: customer_id = null } =
        ledger.all("customers").find(({ name }) => name === orchard.name) ?? {};
      const updated_at = new Date(demo.clock.now()).toISOString();
      const dates = { invoice_date: date, due_date: "2026-11-18", updated_at };
      const sums = { subtotal: total, tax_total: 0, total, balance: total };
      ledger.put("invoices", number, {
        id: number,
        number,
        invoice_type: waiting.length === 0 ? "telecom" : "consolidated",
        status: "issued",
        customer_id: customer_id ?? null,
        currency: "USD",
        ...dates,
        ...sums,
        lines,
        taxes: [],
      });
      for (const row of waiting) {
        ledger.put("charges", String(row["id"]), {
          ...row,
          invoice_id: number,
          invoice_number: number,
          updated_at,
        });
      }
      demo.sandboxes.billing.show();
    },
    careProduct: async () => {
      const addition = await psa("GET", "/finance/agreements/4003/additions/4104");
      return isObject(addition["product"]) ? (addition["product"]["id"] ?? null) : null;
    },
    change: async (item, fields) => {
      const [family = "", id = ""] = item.split(":");
      const operations = Object.entries(fields).map(([path, value]) => ({ op: "replace", path, value }));
      await psa("PATCH", `${PATHS[family]}/${id}`, operations);
    },
    proof: (period) => billingProof(demo.place, period),
    receivables: () =>
      Object.fromEntries(demo.books("accounting").invoices.map(({ number, total }) => [number, total])),
    charges: () => {
      const rows = demo.sandboxes.billing.ledger.all("charges");
      const shown = rows.map(({ source_item_id, period_from, period_to, ...row }) => [
        String(source_item_id),
        {
          charge_type: row["charge_type"] ?? null,
          quantity: row["quantity"] ?? null,
          price: row["unit_amount_decimal"] ?? null,
          amount: row["amount"] ?? null,
          tax_class: row["tax_class"] ?? null,
          work: row["work_reference"] ?? null,
          period: textOf(period_from) === "" ? null : `${textOf(period_from)} ${textOf(period_to)}`,
        },
      ]);
      assert.equal(new Set(shown.map(([item]) => item)).size, rows.length, "an item has two charges");
      return Object.fromEntries(shown);
    },
  };

  async function handset(): Promise<Json> {
    const made = await psa("POST", "/procurement/catalog", {
      identifier: "HANDSET",
      description: "Desk phone",
      customerDescription: "Desk phone",
      subcategory: { id: 1, name: "Voice" },
      type: { id: 1, name: "Hardware" },
    });
    return made["id"] ?? null;
  }
}

function readsInvoices(psa: SystemEntry | undefined): boolean {
  return psa === undefined || ["connectwise", "autotask"].includes(psa.connector);
}

const PATHS: { readonly [family: string]: string } = {
  time: "/time/entries",
  expense: "/expense/entries",
  product: "/procurement/products",
  addition: "/finance/agreements/4003/additions",
};

/** The second company of the tiny world, which is in every system from the start. */
const orchard: Company = (() => {
  const found = tinyWorld.companies.find(({ number }) => number === "CUST-1002");
  if (found === undefined) throw new Error("the tiny world has no CUST-1002");
  return found;
})();

export const billingWorld: World = {
  ...tinyWorld,
  gl: [
    ...tinyWorld.gl,
    {
      gl_code: "4300",
      name: "Managed services",
      item: "4300 Managed services",
      kind: "revenue",
      charge_types: ["MSP-TIME", "MSP-EXPENSE", "MSP-PRODUCT", "MSP-CARE"],
    },
  ],
  companies: [orchard],
  invoices: [],
  receipts: [],
};
