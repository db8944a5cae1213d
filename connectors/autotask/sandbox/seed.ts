import type { Ledger, Row } from "../../../engine/connector/sandbox/types.ts";
import type { Company, World, WorldAddress } from "../../../engine/connector/sandbox/world.ts";
import { checked, picklists } from "./names.ts";
import { type SetupIds, seedSetup } from "./seed-setup.ts";
import { midnight, stamp } from "./stamp.ts";

/** The world's companies, people, sites and contracts in the vendor's shapes. */

type Contract = Company["contracts"][number];

interface Seeding {
  readonly ledger: Ledger;
  readonly world: World;
  readonly ids: SetupIds;
}

const OWNER = 4;

/** Fills an empty ledger. Ids are the world's own; what is created later goes on above them. */
export function seed(ledger: Ledger, world: World): void {
  const seeding: Seeding = { ledger, world, ids: seedSetup(ledger, world) };
  for (const company of world.companies) seedCompany(company, seeding);
  for (const collection of ["Companies", "Contacts", "CompanyLocations", "Contracts", "ContractServices"]) {
    const last = Math.max(0, ...ledger.all(collection).map((row) => Number(row["id"])));
    ledger.next(collection, last);
  }
}

function seedCompany(company: Company, seeding: Seeding): void {
  const { ids } = seeding;
  const id = number(company.ids.psa);
  const changed = stamp(Date.parse(daysBefore(seeding.world.today, 1 + (id % 60))));
  put("Companies", id, seeding, {
    companyName: company.name,
    companyNumber: company.number,
    // A company has one type and one classification; a second role of it stands in the latter.
    companyType: company.types.includes("Prospect") ? choice("companyType", "Prospect") : 1,
    classification: classificationOf(company),
    ownerResourceID: OWNER,
    phone: nationalDigits(company.phone),
    ...addressFields(company.address, seeding),
    billToAddressToUse: 1,
    isActive: company.active,
    isTaxExempt: company.tax_exempt,
    currencyID: 1,
    createDate: stamp(Date.parse(daysBefore(seeding.world.today, 100 + (id % 60)))),
    lastActivityDate: changed,
    lastTrackedModifiedDateTime: changed,
  });
  const primary = company.sites.find((site) => site.primary);
  for (const site of company.sites) {
    put("CompanyLocations", number(site.id), seeding, {
      companyID: id,
      name: site.name,
      ...addressFields(site.address, seeding),
      phone: nationalDigits(site.phone),
      isActive: true,
      isPrimary: site.primary,
    });
  }
  for (const contact of company.contacts) {
    put("Contacts", number(contact.id), seeding, {
      companyID: id,
      companyLocationID: primary === undefined ? null : number(primary.id),
      firstName: contact.first_name,
      lastName: contact.last_name,
      emailAddress: contact.email,
      phone: nationalDigits(contact.phone),
      isActive: 1,
      primaryContact: contact.billing,
      createDate: changed,
      lastActivityDate: changed,
      lastModifiedDate: changed,
    });
  }
  for (const contract of company.contracts) seedContract(contract, id, seeding, ids);
}

function seedContract(contract: Contract, company: number, seeding: Seeding, ids: SetupIds): void {
  const id = number(contract.id);
  put("Contracts", id, seeding, {
    companyID: company,
    contractName: contract.name,
    contractNumber: contract.id,
    contractType: 7,
    contractCategory: contract.type === "telecom" ? 11 : 12,
    contractPeriodType: 1,
    ...statusOf(contract),
    startDate: midnight(contract.start_date),
    // An end is always asked for: one without is a date far off.
    endDate: midnight(contract.end_date ?? OPEN_END),
    isDefaultContract: false,
  });
  for (const line of contract.lines) {
    const serviceID = ids.services.get(line.product_code) ?? null;
    const service = number(line.id);
    const unitPrice = Number(line.unit_amount_decimal);
    put("ContractServices", service, seeding, {
      contractID: id,
      serviceID,
      unitPrice,
      unitCost: 0,
      internalCurrencyUnitPrice: unitPrice,
      invoiceDescription: line.description,
    });
    // One period from the beginning to the end: the vendor has one for every month, whose shape is the same.
    const unit = seeding.ledger.next("ContractServiceUnits", 99_001);
    // Units are whole numbers.
    const units = Math.round(Number(line.quantity));
    put("ContractServiceUnits", unit, seeding, {
      contractID: id,
      contractServiceID: service,
      serviceID,
      units,
      price: Math.round(unitPrice * units * 100) / 100,
      cost: 0,
      startDate: midnight(contract.start_date),
      endDate: midnight(contract.end_date ?? OPEN_END),
    });
  }
}

/** The end of a contract that has none (assumed; the vendor's form asks for a date). */
export const OPEN_END = "2099-12-31";

/** This client ticks "Signed" on a contract; a draft is one that is not active yet. */
function statusOf({ status }: Contract): Row {
  const label = status === "signed" ? "Active" : status === "cancelled" ? "Cancelled" : "Inactive";
  return {
    status: picklists["Contracts.status"]?.find((one) => one.label === label)?.value ?? null,
    userDefinedFields: { Signed: status === "draft" ? checked.no : checked.yes },
  };
}

function classificationOf({ types }: Company): number | null {
  const second = picklists["Companies.classification"]?.find(({ label }) => types.includes(label));
  return second?.value ?? null;
}

function choice(field: string, label: string): number | null {
  return picklists[`Companies.${field}`]?.find((one) => one.label === label)?.value ?? null;
}

function addressFields(address: WorldAddress, { ids }: Seeding): Row {
  const [address1 = null, address2 = null] = address.lines;
  return {
    address1,
    address2,
    city: address.city,
    state: address.region,
    postalCode: address.postal_code,
    countryID: ids.countries.get(address.country) ?? null,
  };
}

function put(collection: string, id: number, { ledger }: Seeding, row: Row): void {
  ledger.put(collection, String(id), { id, ...row });
}

function daysBefore(today: string, days: number): string {
  return `${new Date(Date.parse(today) - days * 86_400_000).toISOString().slice(0, 10)}T12:00:00Z`;
}

/** The vendor keeps a phone as people type it: without the country's prefix. */
function nationalDigits(phone: string): string {
  return phone.replace(/^\+1(?=\d{10}$)/, "").replace(/^\+/, "");
}

function number(id: string): number {
  const value = Number(id);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`the vendor's ids are numbers, the world has ${id}`);
}
