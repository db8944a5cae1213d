import type { Company, WorldAddress, WorldService } from "./world.ts";

/** What the people in provisioning have entered for a company once it is a customer in billing. */

const FIRST_DAY = "2026-01-01";

export interface ServiceSite {
  readonly id: string;
  readonly name: string;
  readonly address: WorldAddress;
}

/** The sites of a company; one without any is served at its own address. */
export function sitesOf({ sites, address, number }: Company): readonly [ServiceSite, ...ServiceSite[]] {
  const [first = { id: `${number}-MAIN`, name: "Main", address }, ...others] = sites;
  return [first, ...others];
}

/** The services of a company: the world's own, else a circuit with its BTN, so that the account can bill. */
export function servicesOf(company: Company): readonly WorldService[] {
  return company.services ?? plainServices(company);
}

function plainServices(company: Company): readonly WorldService[] {
  const [{ id: site }] = sitesOf(company);
  const digits = company.ids.psa.replace(/\D/g, "").slice(-4).padStart(4, "0");
  const common = { site, activation_date: FIRST_DAY };
  const circuit_id = `FL/SIPT/${digits}`;
  return [
    {
      ...common,
      kind: "circuit",
      number: null,
      circuit_id,
      carrier: "Gulf Carrier",
      rate_plan: "SIP-ACCESS",
    },
    {
      ...common,
      kind: "btn",
      number: `+1813555${digits}`,
      circuit_id: null,
      carrier: null,
      rate_plan: "VOICE-UNLIMITED",
    },
  ];
}
