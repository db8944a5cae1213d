import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { WORK_CODES, WORK_TYPES } from "./desks/psa.ts";
import type { TrueLine } from "./items.ts";
import type { Routing } from "./routing.ts";
import { FEE_CODE, PSA_TAX } from "./service-invoices.ts";

/** A client's files for what the PSA sells, on its own invoices or through billing, and what its contracts come to. */

const SERVICES = "4310 Services";
const TAX = "2205 Tax on services";
const LINE_TYPE = "MANAGED_SERVICES";
const LINE_CODES = ["MSP-SEAT", "MSP-FIREWALL", "MSP-BACKUP"];

/** The accounts that services and the PSA's tax post to. */
export const SERVICES_GL: World["gl"] = [
  {
    gl_code: "4310",
    name: "Services",
    item: SERVICES,
    kind: "revenue",
    charge_types: [...Object.values(WORK_TYPES), ...Object.values(WORK_CODES), FEE_CODE],
  },
  { gl_code: "2205", name: "Tax on services", item: TAX, kind: "liability", charge_types: [PSA_TAX] },
];

/** The demo's GL codes. */
export const DEMO_CODES = readFileSync(
  fileURLToPath(new URL("../../../mappings/demo/gl-codes.yaml", import.meta.url)),
  "utf8",
);
const rows = (list: readonly string[]): string => list.map((row) => `  - { ${row} }\n`).join("");

/** Of every client. */
export const SERVICE_FILES = {
  "gl-codes.yaml":
    DEMO_CODES +
    rows(
      SERVICES_GL.flatMap(({ gl_code, item, kind, charge_types }) =>
        charge_types.map((code) => `code: "${code}", gl_code: "${gl_code}", item: ${item}, kind: ${kind}`),
      ),
    ),
  "msp-invoices.yaml": `pipeline: msp-invoices
extends: ../base/msp-invoices-to-accounting.yaml
after: [customers-accounting]
# An invoice that is deleted in the PSA is missed by a look at everything alone.
source: { incremental: { full_compare: daily } }
tests: []
`,
};

/** Of a client whose billing takes charges. */
export const ITEM_FILES = {
  "charges.yaml":
    "code_map: charges\nrows:\n" +
    rows([
      ...(["time", "expense", "product"] as const).map(
        (kind) => `code: "${WORK_CODES[kind]}", charge_type: "${WORK_TYPES[kind]}"`,
      ),
      ...LINE_CODES.map((code) => `code: "${code}", charge_type: "${LINE_TYPE}"`),
    ]),
  "billable-items.yaml":
    "pipeline: billable-items\nextends: ../base/billable-items-to-billing.yaml\nafter: [customers]\ntests: []\n",
  "billed-items.yaml":
    "pipeline: billed-items\nextends: ../base/billed-items-to-psa.yaml\nafter: [billable-items]\ntests: []\n",
};

/** What client.yaml says of services otherwise than the demo's, where billing takes charges. */
export function itemChanges({ companies }: World, { customers, switch_over, to }: Routing) {
  const ids = companies.filter(({ number }) => customers.has(number)).map(({ ids: { psa } }) => psa);
  const invoicing =
    switch_over !== null && to === "separate"
      ? { mode: "separate", before: "consolidated", switch_over }
      : {
          mode: "separate",
          switch_over,
          customers: Object.fromEntries(ids.map((id) => [id, "consolidated"])),
        };
  return {
    invoicing,
    codes: {
      gl: "gl-codes.yaml",
      terms: "terms.yaml",
      jurisdictions: "jurisdictions.yaml",
      charges: "charges.yaml",
    },
  };
}

/** The lines of managed contracts that run, of customers that get one invoice. */
export function linesOf({ companies }: World, { customers }: Routing): TrueLine[] {
  return companies
    .filter(({ number }) => customers.has(number))
    .flatMap(({ number, contracts }) =>
      contracts
        .filter(({ type, status }) => type === "managed_services" && status === "signed")
        .flatMap((contract) =>
          contract.lines.map((line) => ({
            id: line.id,
            contract: contract.id,
            company: number,
            charge_type: LINE_TYPE,
            price: Math.round(Number(line.unit_amount_decimal) * 1000),
            start: contract.start_date,
            end: contract.end_date,
            quantities: [{ from: contract.start_date, quantity: Number(line.quantity) }],
          })),
        ),
    );
}
