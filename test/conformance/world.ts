import type { Company, World } from "../../engine/connector/sandbox/world.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** The tiny world with eight more companies that every system knows, and as many strangers: enough to fill pages. */

const NAMES = [
  "Café Łódź & Söhne",
  "O'Hara, Nguyễn & Partners",
  "東京 Trading (Tampa)",
  "Ångström “Labs”",
  "Bayside Marine",
  "Cypress Dental",
  "Dune Logistics",
  "Egret Realty",
];

export const pagedWorld: World = {
  ...tinyWorld,
  companies: [...tinyWorld.companies, ...NAMES.map(company)],
  strangers: [...tinyWorld.strangers, ...NAMES.map(stranger)],
};

function company(name: string, index: number): Company {
  const [template] = tinyWorld.companies;
  if (template === undefined) throw new Error("the tiny world has companies");
  return {
    ...template,
    number: `CUST-20${index}`,
    name,
    ids: { psa: `120${index}`, billing: `520${index}`, accounting: `7${index}2` },
    billing_number: `CB-520${index}`,
    billing_email: `ap${index}@pages.example`,
    contacts: [],
    sites: [],
    contracts: [],
  };
}

function stranger(name: string, index: number): World["strangers"][number] {
  const receipt = {
    company: null,
    date: "2026-08-22",
    amount: 1000 + index,
    method: "check" as const,
    reference: `CHK-${index}`,
    allocations: [],
  };
  return { id: `98${index}`, name: `Cash sale ${name}`, receipt };
}
