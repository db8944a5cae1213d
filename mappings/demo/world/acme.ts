import type { Company, WorldAddress } from "../../../engine/connector/sandbox/world.ts";

/** What a world makes up for a company beyond its row in the roster. */
export type Details = Pick<
  Company,
  "address" | "phone" | "billing_email" | "terms" | "contacts" | "sites" | "contracts"
>;

const PHONE = "+18135550100";
const HQ: WorldAddress = {
  lines: ["12 Main St", "Suite 200"],
  city: "Tampa",
  region: "FL",
  postal_code: "33602",
  country: "US",
};
const DOCK: WorldAddress = { ...HQ, lines: ["44 Dock Rd"], postal_code: "33605" };

/** The example customer, the same in every world and in the documentation. */
export const ACME: Details = {
  address: HQ,
  phone: PHONE,
  billing_email: "ap@acme.example",
  terms: "net30",
  contacts: [
    {
      id: "810011",
      first_name: "Dana",
      last_name: "Fox",
      email: "ap@acme.example",
      phone: PHONE,
      billing: true,
    },
    {
      id: "810012",
      first_name: "Ruth",
      last_name: "O'Keefe",
      email: "ruth.okeefe@acme.example",
      phone: "+18135550101",
      billing: false,
    },
  ],
  sites: [
    { id: "310011", name: "HQ", address: HQ, primary: true, phone: PHONE },
    { id: "310012", name: "Dock", address: DOCK, primary: false, phone: "+18135550102" },
  ],
  contracts: [
    {
      id: "710011",
      name: "Managed Voice",
      type: "telecom",
      status: "signed",
      start_date: "2026-04-01",
      end_date: "2029-03-31",
      lines: [
        contractLine("71001101", "DID-LINE", "10 DID lines", "10", "24.95"),
        contractLine("71001102", "SIP-TRUNK", "SIP trunking", "2", "0"),
        contractLine("71001103", "VOICE-PKG", "Voice package", "1", "0"),
      ],
    },
    {
      id: "710012",
      name: "Managed IT",
      type: "managed_services",
      status: "signed",
      start_date: "2025-01-01",
      end_date: null,
      lines: [contractLine("71001201", "MSP-SEAT", "Managed workstation", "14", "65.00")],
    },
  ],
};

function contractLine(
  id: string,
  product_code: string,
  description: string,
  quantity: string,
  unit_amount_decimal: string,
): Company["contracts"][number]["lines"][number] {
  return { id, product_code, description, quantity, unit_amount_decimal };
}
