import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { WORK_CODES, WORK_TYPES } from "./desks/psa.ts";
import type { TrueLine } from "./items.ts";

/** A client of which some customers get one invoice: its files, and what its contracts come to. */

const SERVICES = "4310 Services";
const LINE_TYPE = "MANAGED_SERVICES";
const LINE_CODES = ["MSP-SEAT", "MSP-FIREWALL", "MSP-BACKUP"];

/** The account that services post to. */
export const SERVICES_GL: World["gl"][number] = {
  gl_code: "4310",
  name: "Services",
  item: SERVICES,
  kind: "revenue",
  charge_types: Object.values(WORK_TYPES),
};

/** The demo's GL codes. */
export const DEMO_CODES = readFileSync(
  fileURLToPath(new URL("../../../mappings/demo/gl-codes.yaml", import.meta.url)),
  "utf8",
);
const rows = (list: readonly string[]): string => list.map((row) => `  - { ${row} }\n`).join("");

export const ITEM_FILES = {
  "gl-codes.yaml":
    DEMO_CODES +
    rows(
      Object.values(WORK_TYPES).map(
        (code) => `code: "${code}", gl_code: "4310", item: ${SERVICES}, kind: revenue`,
      ),
    ),
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

/** What client.yaml says otherwise than the demo's. */
export function itemChanges({ companies }: World, consolidated: ReadonlySet<string>) {
  const customers = companies
    .filter(({ number }) => consolidated.has(number))
    .map(({ ids }) => [ids.psa, "consolidated"]);
  return {
    invoicing: { mode: "separate", customers: Object.fromEntries(customers) },
    codes: {
      gl: "gl-codes.yaml",
      terms: "terms.yaml",
      jurisdictions: "jurisdictions.yaml",
      charges: "charges.yaml",
    },
  };
}

/** The lines of managed contracts that run. */
export function linesOf({ companies }: World, consolidated: ReadonlySet<string>): TrueLine[] {
  return companies
    .filter(({ number }) => consolidated.has(number))
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
