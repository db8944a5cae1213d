import type { Company, WorldAddress } from "../../../engine/connector/sandbox/world.ts";
import { ACME, type Details } from "./acme.ts";
import { TERMS } from "./chart.ts";
import { someContracts } from "./contracts.ts";
import { slug, someContacts } from "./people.ts";
import { PLACES, type Place, placeOf, someAddress, somePhone, somePlace } from "./places.ts";
import type { Random } from "./random.ts";
import { ROSTER, type RosterRow } from "./roster.ts";

const ACME_PSA_ID = 1001;
const FIRST_BILLING_ID = 5555;
const FIRST_ACCOUNTING_ID = 789;
const SITE_NAMES = ["Warehouse", "North Office", "Annex", "Dock", "Shop 2", "Call Center", "Training Center"];

/** The 64 companies the PSA knows, CUST-1001 first. */
export function makeCompanies(random: Random, today: string): Company[] {
  const inBilling = ROSTER.filter((row) => row.billing !== "absent");
  const inAccounting = ROSTER.filter((row) => row.in_accounting);
  // One address for both of the pair whose names are nearly equal: same street, other suite.
  const dental = someAddress(random, somePlace(random));
  return ROSTER.map((row, index) => {
    const psa = String(ACME_PSA_ID + index);
    const billing = inBilling.includes(row) ? String(FIRST_BILLING_ID + inBilling.indexOf(row)) : undefined;
    const ids = {
      psa,
      ...(billing === undefined ? {} : { billing }),
      ...(row.in_accounting ? { accounting: String(FIRST_ACCOUNTING_ID + inAccounting.indexOf(row)) } : {}),
    };
    return {
      number: `CUST-${psa}`,
      name: row.name,
      ids,
      ...(billing === undefined ? {} : { billing_number: `CB-${billing}` }),
      psa_id_known_in_billing: row.billing === "known",
      types: row.types,
      active: row.active,
      tax_exempt: row.tax_exempt,
      ...(index === 0
        ? ACME
        : { ...details(random, row, psa, dental), contracts: someContracts(random, row, psa, today) }),
    };
  });
}

function details(
  random: Random,
  row: RosterRow,
  psa: string,
  dental: WorldAddress,
): Omit<Details, "contracts"> {
  const address = row.name.startsWith("Lakeside Dental")
    ? { ...dental, lines: [...dental.lines.slice(0, 1), `Suite ${psa}`] }
    : someAddress(random, somePlace(random));
  const place = placeOf(address);
  const domain = `${slug(row.name).slice(0, 40)}.example`;
  const phone = somePhone(random, place);
  return {
    address,
    phone,
    billing_email: `ap@${domain}`,
    terms: random.pick(TERMS).key,
    contacts: someContacts(random, psa, domain, place),
    sites: someSites(random, row, psa, { address, phone }),
  };
}

/** Two to five sites where telecom is or was bought, else one or two; the first is the company's own address. */
function someSites(
  random: Random,
  row: RosterRow,
  psa: string,
  main: { readonly address: WorldAddress; readonly phone: string },
): Company["sites"] {
  const count = row.telecom === "none" ? random.int(1, 2) : random.int(2, 5);
  const names = random.shuffle(SITE_NAMES).slice(0, count - 1);
  const others = names.map((name, index) => {
    const place = sitePlace(random, main.address);
    return {
      id: `3${psa}${index + 2}`,
      name,
      address: someAddress(random, place),
      primary: false,
      phone: somePhone(random, place),
    };
  });
  return [{ id: `3${psa}1`, name: "Main", ...main, primary: true }, ...others];
}

function sitePlace(random: Random, main: WorldAddress): Place {
  return random.chance(60) ? placeOf(main) : random.pick(PLACES);
}
