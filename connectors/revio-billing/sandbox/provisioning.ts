import { servicesOf, sitesOf } from "../../../engine/connector/sandbox/provisioning.ts";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { Company, World, WorldService } from "../../../engine/connector/sandbox/world.ts";
import { addressRow } from "./addresses.ts";
import { type Books, midnight, newId, timestamp } from "./books.ts";
import { emptyRow } from "./check.ts";
import { firstAddressId } from "./customers.ts";
import { names } from "./names.ts";
import { shapes } from "./shapes.ts";

/** The people in provisioning: they enter a company's services as soon as it is a customer here, once. */

export const firstServiceId = 8801;

/** service_type_id of this tenant for each kind of service. */
export const serviceTypes: { readonly [kind in WorldService["kind"]]: number } = {
  circuit: 1,
  btn: 2,
  did: 3,
};

const PROVIDER = 2;
const FIRST_PLAN = 41;

/** Enters the services of a company, each at an address of its own. */
export function provision(company: Company, customer: Row, books: Books): void {
  const customer_id = customer["customer_id"] ?? 0;
  if (books.ledger.all("services").some((row) => row["customer_id"] === customer_id)) return;
  const addresses = new Map<string, number>();
  for (const service of servicesOf(company)) {
    const address_id = addresses.get(service.site) ?? openAddress(company, service.site, customer_id, books);
    addresses.set(service.site, address_id);
    const service_id = newId("services", firstServiceId, books);
    books.ledger.put("services", String(service_id), {
      ...emptyRow(shapes.service),
      service_id,
      customer_id,
      address_id,
      provider_id: PROVIDER,
      service_type_id: serviceTypes[service.kind],
      usage_plan_group_id: planId(service.rate_plan, books.world),
      number: service.number?.replace(/^\+1/, "") ?? "",
      number2: service.circuit_id ?? "",
      activated_date: midnight(service.activation_date),
    });
  }
}

function openAddress(company: Company, id: string, customer_id: Row[string], books: Books): number {
  const site = sitesOf(company).find((one) => one.id === id);
  if (site === undefined) throw new Error(`${company.number} has no site ${id}`);
  const row = addressRow(company.name, site.address);
  const known = books.ledger
    .all("addresses")
    .find((one) => one["customer_id"] === customer_id && one["line_1"] === row["line_1"]);
  if (known !== undefined) return Number(known["address_id"]);
  const address_id = newId("addresses", firstAddressId, books);
  const stamp = timestamp(books.now());
  const stamps = { [names.stamps.created]: stamp, [names.stamps.updated]: stamp };
  const full = { ...emptyRow(shapes.address), ...row, address_id, customer_id, ...stamps };
  books.ledger.put("addresses", String(address_id), full);
  return address_id;
}

/** usage_plan_group_id of a rate plan, 0 for none. */
function planId(code: string | null, { companies }: World): number {
  if (code === null) return 0;
  const codes = new Set(companies.flatMap(servicesOf).map(({ rate_plan }) => rate_plan ?? ""));
  return FIRST_PLAN + [...codes].sort().indexOf(code);
}
