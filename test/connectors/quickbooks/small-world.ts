import type { Company, World } from "../../../engine/connector/sandbox/world.ts";

/** Three companies, two of them in accounting; one receipt over two invoices; one stranger with money on account. */

const address = {
  lines: ["12 Main St", "Suite 200"],
  city: "Tampa",
  region: "FL",
  postal_code: "33602",
  country: "US",
};

export const smallWorld: World = {
  seed: 7,
  today: "2026-06-15",
  currency: "USD",
  terms: [
    { key: "net15", name: "Net 15", due_days: 15 },
    { key: "net30", name: "Net 30", due_days: 30 },
  ],
  gl: [
    gl("4000", "Voice revenue", "4000 Voice", "revenue"),
    gl("4010", "Long distance revenue", "4010 Long distance", "revenue"),
    gl("2230", "Communications tax payable", "2230 Communications tax", "liability"),
  ],
  companies: [
    company("CUST-1001", "Acme: Tampa\tBay", "789", true),
    company("CUST-1002", "Borden Freight", "790", false),
    company("CUST-1003", "Not yet in the books", undefined, true),
  ],
  invoices: [],
  receipts: [
    {
      company: "CUST-1001",
      date: "2026-06-10",
      amount: 60_000,
      method: "check",
      reference: "CHK 4471",
      allocations: [
        { invoice: "INV-1041", amount: 10_000 },
        { invoice: "INV-1042", amount: 45_000 },
      ],
    },
  ],
  strangers: [
    {
      id: "9001",
      name: "Walk-in Customer",
      receipt: {
        company: null,
        date: "2026-06-01",
        amount: 2_500,
        method: "ach",
        reference: "ACH 77",
        allocations: [],
      },
    },
  ],
  expected: {
    gl_totals: {},
    invoice_count: 0,
    invoice_total: 0,
    billing_customers: [],
    accounting_customers: [],
    payments: [],
  },
};

function gl(gl_code: string, name: string, item: string, kind: "revenue" | "liability"): World["gl"][number] {
  return { gl_code, name, item, kind, charge_types: [] };
}

function company(number: string, name: string, accounting: string | undefined, active: boolean): Company {
  return {
    number,
    name,
    ids: { psa: number, ...(accounting === undefined ? {} : { accounting }) },
    psa_id_known_in_billing: false,
    types: [],
    active,
    address,
    phone: "+18135550100",
    billing_email: "ap@acme.example",
    terms: "net30",
    tax_exempt: false,
    contacts: [],
    sites: [],
    contracts: [],
  };
}
