import { sitesOf } from "../../../engine/connector/sandbox/provisioning.ts";
import type { Company, WorldService } from "../../../engine/connector/sandbox/world.ts";

/** What provisioning has made of the contracts: all that was sold, but for two companies. */

/** Numbers that are there beside those that were sold. */
const EXTRA: { readonly [company: string]: number } = { "CUST-1001": -3, "CUST-1002": 2 };
const CIRCUITS = new Set(["SIP-TRUNK", "FIBER-250"]);
const FIRST_LINE = 2000;

/** The companies with the services of their signed telecom contracts; every number is given out once. */
export function withServices(companies: readonly Company[]): Company[] {
  let next = FIRST_LINE;
  return companies.map((company) => {
    const lines = company.contracts
      .filter(({ type, status }) => type === "telecom" && status === "signed")
      .flatMap((contract) => contract.lines);
    if (lines.length === 0) return company;
    const sold = (isKind: (code: string) => boolean): number =>
      lines.reduce((sum, line) => (isKind(line.product_code) ? sum + Number(line.quantity) : sum), 0);
    const numbers = Math.max(1, sold((code) => code === "DID-LINE") + (EXTRA[company.number] ?? 0));
    const circuits = Math.max(
      1,
      sold((code) => CIRCUITS.has(code)),
    );
    const services = someServices(company, circuits, numbers, next);
    next += numbers;
    return { ...company, services };
  });
}

/** Circuits at the first site, and the numbers that they carry: a BTN and its DIDs. */
function someServices(company: Company, circuits: number, numbers: number, first: number): WorldService[] {
  const [{ id: site }] = sitesOf(company);
  const area = company.phone.slice(0, 5);
  const activation_date = company.contracts.map(({ start_date }) => start_date).sort()[0] ?? "2026-01-01";
  const common = { site, activation_date };
  return [
    ...Array.from(
      { length: circuits },
      (_, index): WorldService => ({
        ...common,
        kind: "circuit",
        number: null,
        circuit_id: `FL/SIPT/${company.ids.psa}${index + 1}`,
        carrier: "Gulf Carrier",
        rate_plan: "SIP-ACCESS",
      }),
    ),
    ...Array.from(
      { length: numbers },
      (_, index): WorldService => ({
        ...common,
        kind: index === 0 ? "btn" : "did",
        number: `${area}555${first + index}`,
        circuit_id: null,
        carrier: null,
        rate_plan: index === 0 ? "VOICE-UNLIMITED" : "DID",
      }),
    ),
  ];
}
