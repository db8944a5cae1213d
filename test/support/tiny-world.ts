import type { Company, World, WorldAddress } from "../../engine/connector/sandbox/world.ts";

/** A world small enough to add up by hand: three companies, two invoices, two receipts, one stranger. */

const TAMPA: WorldAddress = {
  lines: ["12 Main St"],
  city: "Tampa",
  region: "FL",
  postal_code: "33602",
  country: "US",
};

/** Known to PSA, billing and accounting alike; a signed telecom contract of two lines. */
const harbor: Company = {
  number: "CUST-1001",
  name: "Harbor Dental LLC",
  ids: { psa: "1001", billing: "5001", accounting: "71" },
  billing_number: "CB-5001",
  psa_id_known_in_billing: true,
  types: ["Client", "Telecom"],
  active: true,
  address: TAMPA,
  phone: "+18135550100",
  billing_email: "ap@harbor.example",
  terms: "net30",
  tax_exempt: false,
  contacts: [
    {
      id: "2001",
      first_name: "Dana",
      last_name: "Fox",
      email: "ap@harbor.example",
      phone: "+18135550101",
      billing: true,
    },
    {
      id: "2002",
      first_name: "Lee",
      last_name: "Marsh",
      email: "lee@harbor.example",
      phone: "+18135550102",
      billing: false,
    },
  ],
  sites: [
    { id: "3001", name: "HQ", address: TAMPA, primary: true, phone: "+18135550100" },
    {
      id: "3002",
      name: "Pier",
      address: { ...TAMPA, lines: ["4 Pier Rd", "Suite 2"], postal_code: "33605" },
      primary: false,
      phone: "+18135550103",
    },
  ],
  contracts: [
    {
      id: "4001",
      name: "Hosted voice",
      type: "telecom",
      status: "signed",
      start_date: "2026-01-01",
      end_date: null,
      lines: [
        {
          id: "4101",
          product_code: "SIP-SEAT",
          description: "SIP seat",
          quantity: "25",
          unit_amount_decimal: "19.95",
        },
        {
          id: "4102",
          product_code: "DID",
          description: "Telephone number",
          quantity: "40",
          unit_amount_decimal: "0.375",
        },
      ],
    },
  ],
};

/** Known to the PSA only; its telecom contract is signed, so billing and accounting are to get it. */
const orchard: Company = {
  number: "CUST-1002",
  name: "Orchard & Sons, Inc.",
  ids: { psa: "1002" },
  psa_id_known_in_billing: false,
  types: ["Client"],
  active: true,
  address: {
    lines: ["88 Grove Ave"],
    city: "Macon",
    region: "GA",
    postal_code: "31201",
    country: "US",
  },
  phone: "+14785550110",
  billing_email: "billing@orchard.example",
  terms: "net15",
  tax_exempt: true,
  contacts: [
    {
      id: "2003",
      first_name: "Ana",
      last_name: "O'Neil",
      email: "billing@orchard.example",
      phone: "+14785550111",
      billing: true,
    },
  ],
  sites: [
    {
      id: "3003",
      name: "Main",
      address: {
        lines: ["88 Grove Ave"],
        city: "Macon",
        region: "GA",
        postal_code: "31201",
        country: "US",
      },
      primary: true,
      phone: "+14785550110",
    },
  ],
  contracts: [
    {
      id: "4002",
      name: "Trunks",
      type: "telecom",
      status: "signed",
      start_date: "2026-06-01",
      end_date: "2028-05-31",
      lines: [
        {
          id: "4103",
          product_code: "SIP-TRUNK",
          description: "SIP trunk",
          quantity: "2",
          unit_amount_decimal: "45.00",
        },
      ],
    },
    {
      id: "4003",
      name: "Desktop care",
      type: "managed_services",
      status: "signed",
      start_date: "2026-06-01",
      end_date: null,
      lines: [
        {
          id: "4104",
          product_code: "CARE",
          description: "Desktop care",
          quantity: "12.5",
          unit_amount_decimal: "80.00",
        },
      ],
    },
  ],
};

/** A prospect whose only contract is a draft: nothing of it is to leave the PSA. */
const quarry: Company = {
  number: "CUST-1003",
  name: "Quarry Works",
  ids: { psa: "1003" },
  psa_id_known_in_billing: false,
  types: ["Prospect"],
  active: true,
  address: { ...TAMPA, lines: ["1 Quarry Rd"], postal_code: "33610" },
  phone: "+18135550120",
  billing_email: "office@quarry.example",
  terms: "net30",
  tax_exempt: false,
  contacts: [],
  sites: [],
  contracts: [
    {
      id: "4004",
      name: "Voice offer",
      type: "telecom",
      status: "draft",
      start_date: "2026-10-01",
      end_date: null,
      lines: [],
    },
  ],
};

/**
 * Invoices: INV-1042 = 498.75 + 15.00 + 34.91 tax + 4.20 fund = 552.86; INV-1043 = 90.00 + 0.46 usage + 2.10 fund =
 * 92.56. Receipts: 552.86 pays the first whole, 50.00 pays part of the second. The stranger paid 75.00 on account.
 */
export const tinyWorld: World = {
  seed: 1,
  today: "2026-09-01",
  currency: "USD",
  terms: [
    { key: "net15", name: "Net 15", due_days: 15 },
    { key: "net30", name: "Net 30", due_days: 30 },
  ],
  gl: [
    { gl_code: "4000", name: "Voice", item: "4000 Voice", kind: "revenue", charge_types: ["MRC"] },
    {
      gl_code: "4010",
      name: "Long distance",
      item: "4010 Long distance",
      kind: "revenue",
      charge_types: ["LD"],
    },
    {
      gl_code: "2200",
      name: "Sales tax payable",
      item: "2200 Sales tax",
      kind: "liability",
      charge_types: ["STATE-TAX"],
    },
    { gl_code: "2210", name: "USF payable", item: "2210 USF", kind: "liability", charge_types: ["FUSF"] },
  ],
  companies: [harbor, orchard, quarry],
  invoices: [
    {
      id: "9001",
      number: "INV-1042",
      company: "CUST-1001",
      invoice_date: "2026-08-01",
      due_date: "2026-08-31",
      period: { from: "2026-08-01", to: "2026-08-31" },
      lines: [
        {
          charge_type: "MRC",
          description: "SIP seats",
          quantity: "25",
          unit_amount_decimal: "19.95",
          amount: 49875,
        },
        {
          charge_type: "MRC",
          description: "Telephone numbers",
          quantity: "40",
          unit_amount_decimal: "0.375",
          amount: 1500,
        },
      ],
      taxes: [
        {
          line_number: 1,
          charge_type: "STATE-TAX",
          name: "FL communications tax",
          tax_type: "communications_tax",
          jurisdiction: "state",
          rate_decimal: "0.07",
          amount: 3491,
        },
        {
          line_number: 2,
          charge_type: "FUSF",
          name: "Federal USF",
          tax_type: "usf",
          jurisdiction: "federal",
          rate_decimal: "0.28",
          amount: 420,
        },
      ],
      total: 55286,
    },
    {
      id: "9002",
      number: "INV-1043",
      company: "CUST-1002",
      invoice_date: "2026-08-01",
      due_date: "2026-08-16",
      period: { from: "2026-08-01", to: "2026-08-31" },
      lines: [
        {
          charge_type: "MRC",
          description: "SIP trunks",
          quantity: "2",
          unit_amount_decimal: "45.00",
          amount: 9000,
        },
        {
          charge_type: "LD",
          description: "Long distance",
          quantity: "213",
          unit_amount_decimal: null,
          amount: 46,
        },
      ],
      taxes: [
        {
          line_number: 1,
          charge_type: "FUSF",
          name: "Federal USF",
          tax_type: "usf",
          jurisdiction: "federal",
          rate_decimal: null,
          amount: 210,
        },
      ],
      total: 9256,
    },
  ],
  receipts: [
    {
      company: "CUST-1001",
      date: "2026-08-20",
      amount: 55286,
      method: "check",
      reference: "CHK-501",
      allocations: [{ invoice: "INV-1042", amount: 55286 }],
    },
    {
      company: "CUST-1002",
      date: "2026-08-25",
      amount: 5000,
      method: "ach",
      reference: "ACH-77",
      allocations: [{ invoice: "INV-1043", amount: 5000 }],
    },
  ],
  strangers: [
    {
      id: "990",
      name: "Walk-in Customer",
      receipt: {
        company: null,
        date: "2026-08-22",
        amount: 7500,
        method: "card",
        reference: "CARD-9",
        allocations: [],
      },
    },
  ],
  expected: {
    gl_totals: { "2200": 3491, "2210": 630, "4000": 60375, "4010": 46 },
    invoice_count: 2,
    invoice_total: 64542,
    billing_customers: ["CUST-1001", "CUST-1002"],
    accounting_customers: ["CUST-1001", "CUST-1002"],
    payments: [
      {
        date: "2026-08-20",
        amount: 55286,
        reference: "CHK-501",
        allocations: [{ invoice: "INV-1042", amount: 55286 }],
      },
      {
        date: "2026-08-25",
        amount: 5000,
        reference: "ACH-77",
        allocations: [{ invoice: "INV-1043", amount: 5000 }],
      },
    ],
  },
};
