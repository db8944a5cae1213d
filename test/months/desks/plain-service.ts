import type { Company } from "../../../engine/connector/sandbox/world.ts";

/** A company as provisioning looks at it: a circuit and its BTN at the first site. */
export function plainService({ services: _, ...company }: Company): Company {
  const sites = company.sites.map((site) => (site.id === "" ? { ...site, id: company.number } : site));
  return { ...company, sites };
}
