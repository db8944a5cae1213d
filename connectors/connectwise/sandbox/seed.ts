import type { Ledger, Row } from "../../../engine/connector/sandbox/types.ts";
import type { Company, World } from "../../../engine/connector/sandbox/world.ts";
import type { Json } from "../../../engine/core/json.ts";
import { additionAmounts } from "./behaviour.ts";
import { type SetupIds, SIGNED_FIELD, seedSetup } from "./seed-setup.ts";

/** The world's companies, people, sites and contracts in the vendor's shapes. */

type Contract = Company["contracts"][number];

interface Seeding {
  readonly ledger: Ledger;
  readonly world: World;
  readonly ids: SetupIds;
}

/** Fills an empty ledger. Ids are the world's own; what is created later goes on above them. */
export function seed(ledger: Ledger, world: World): void {
  const seeding: Seeding = { ledger, world, ids: seedSetup(ledger, world) };
  for (const company of world.companies) seedCompany(company, seeding);
  for (const collection of ["companies", "contacts", "sites", "agreements", "additions"]) {
    const last = Math.max(0, ...ledger.all(collection).map((row) => Number(row["id"])));
    ledger.next(collection, last + 1);
  }
}

function seedCompany(company: Company, seeding: Seeding): void {
  const { ids } = seeding;
  const id = number(company.ids.psa);
  const primary = company.sites.find((site) => site.primary) ?? company.sites[0];
  const billing = company.contacts.find((contact) => contact.billing) ?? company.contacts[0];
  put("companies", id, seeding, {
    identifier: company.number,
    name: company.name,
    status: { id: company.active ? 1 : 2 },
    ...addressFields(company.address, seeding),
    state: company.address.region,
    phoneNumber: nationalDigits(company.phone),
    taxCode: { id: company.tax_exempt ? 2 : 1 },
    currency: { id: currencyId(company, seeding) },
    billingTerms: { id: ids.terms.get(company.terms) ?? null },
    invoiceToEmailAddress: company.billing_email,
    ...(billing === undefined
      ? {}
      : { billingContact: { id: number(billing.id) }, defaultContact: { id: number(billing.id) } }),
    ...(primary === undefined
      ? {}
      : { billingSite: { id: number(primary.id) }, site: { id: number(primary.id) } }),
    leadFlag: false,
    unsubscribeFlag: false,
    deletedFlag: false,
    types: company.types.map((type) => ({ id: ids.types.get(type) ?? null })),
  });
  for (const site of company.sites) seedSite(site, id, seeding);
  for (const contact of company.contacts) seedContact(contact, id, primary?.id, seeding);
  for (const contract of company.contracts) seedAgreement(contract, company, seeding);
}

function seedSite(site: Company["sites"][number], company: number, seeding: Seeding): void {
  const state = seeding.ids.states.get(site.address.region);
  put("sites", number(site.id), seeding, {
    name: site.name,
    ...addressFields(site.address, seeding),
    ...(state === undefined ? {} : { stateReference: { id: state } }),
    phoneNumber: nationalDigits(site.phone),
    primaryAddressFlag: site.primary,
    defaultShippingFlag: site.primary,
    defaultBillingFlag: site.primary,
    defaultMailingFlag: site.primary,
    inactiveFlag: false,
    billSeparateFlag: false,
    company: { id: company },
  });
}

function seedContact(
  contact: Company["contacts"][number],
  company: number,
  site: string | undefined,
  seeding: Seeding,
): void {
  const { ledger } = seeding;
  const phone = nationalDigits(contact.phone);
  const at = contact.email.lastIndexOf("@");
  put("contacts", number(contact.id), seeding, {
    firstName: contact.first_name,
    lastName: contact.last_name,
    company: { id: company },
    ...(site === undefined ? {} : { site: { id: number(site) } }),
    inactiveFlag: false,
    defaultFlag: contact.billing,
    defaultBillingFlag: contact.billing,
    defaultPhoneType: "Direct",
    defaultPhoneNbr: phone,
    communicationItems: [
      {
        id: ledger.next("communications", 9001),
        type: { id: 1 },
        value: contact.email,
        defaultFlag: true,
        domain: contact.email.slice(at),
        communicationType: "Email",
      },
      {
        id: ledger.next("communications", 9001),
        type: { id: 2 },
        value: phone,
        defaultFlag: true,
        communicationType: "Phone",
      },
    ],
  });
}

function seedAgreement(contract: Contract, company: Company, seeding: Seeding): void {
  const id = number(contract.id);
  const contact = company.contacts.find((person) => person.billing) ?? company.contacts[0];
  put("agreements", id, seeding, {
    name: contract.name,
    type: { id: contract.type === "telecom" ? 4 : 5 },
    company: { id: number(company.ids.psa) },
    ...(contact === undefined ? {} : { contact: { id: number(contact.id) } }),
    ...agreementStatus(contract),
    startDate: midnight(contract.start_date),
    ...(contract.end_date === null ? {} : { endDate: midnight(contract.end_date) }),
    noEndingDateFlag: contract.end_date === null,
    billingCycle: { id: 2 },
    billingTerms: { id: seeding.ids.terms.get(company.terms) ?? null },
    currency: { id: currencyId(company, seeding) },
    billAmount: 0,
    employeeCompRate: "Actual",
    employeeCompNotExceed: "Billing",
    invoicingCycle: "CalendarYear",
    billTime: "NoDefault",
    billExpenses: "NoDefault",
    billProducts: "NoDefault",
    customFields: [{ id: SIGNED_FIELD, value: contract.status !== "draft" }],
  });
  for (const line of contract.lines) {
    const row: Row = {
      product: { id: seeding.ids.products.get(line.product_code) ?? null },
      quantity: Number(line.quantity),
      lessIncluded: 0,
      unitPrice: Number(line.unit_amount_decimal),
      unitCost: 0,
      billCustomer: "Billable",
      effectiveDate: midnight(contract.start_date),
      taxableFlag: true,
      description: line.description,
      invoiceDescription: line.description,
      agreementId: id,
      agreementStatus: agreementStatus(contract)["agreementStatus"] ?? null,
    };
    put("additions", number(line.id), seeding, { ...row, ...additionAmounts(row) });
  }
}

function currencyId({ currency }: Company, { ids, world }: Seeding): number | null {
  return ids.currencies.get(currency ?? world.currency) ?? null;
}

/** This client marks a contract as signed by a custom field; a draft is an agreement that is not active yet. */
function agreementStatus({ status, end_date, start_date }: Contract): Row {
  switch (status) {
    case "signed":
      return { agreementStatus: "Active", cancelledFlag: false };
    case "draft":
      return { agreementStatus: "Inactive", cancelledFlag: false };
    case "expired":
      return { agreementStatus: "Expired", cancelledFlag: false };
    default:
      return {
        agreementStatus: "Cancelled",
        cancelledFlag: true,
        dateCancelled: midnight(end_date ?? start_date),
      };
  }
}

function addressFields(address: Company["address"], { ids }: Seeding): Row {
  const [first, second] = address.lines;
  const country = ids.countries.get(address.country);
  return {
    ...(first === undefined ? {} : { addressLine1: first }),
    ...(second === undefined ? {} : { addressLine2: second }),
    city: address.city,
    zip: address.postal_code,
    ...(country === undefined ? {} : { country: { id: country } }),
  };
}

/** Records were last saved some days before the world's today, the same days at every start. */
function put(collection: string, id: number, { ledger, world }: Seeding, row: Row): void {
  const lastUpdated = `${daysBefore(world.today, 1 + (id % 60))}T12:00:00Z`;
  const dateEntered = `${daysBefore(world.today, 100 + (id % 60))}T12:00:00Z`;
  const info: Json = { lastUpdated, updatedBy: "mgreen", dateEntered, enteredBy: "mgreen" };
  ledger.put(collection, String(id), { id, ...row, _info: info });
}

function daysBefore(today: string, days: number): string {
  return new Date(Date.parse(today) - days * 86_400_000).toISOString().slice(0, 10);
}

function midnight(date: string): string {
  return `${date}T00:00:00Z`;
}

/** The vendor keeps a phone as people type it: without the country's prefix. */
function nationalDigits(phone: string): string {
  return phone.replace(/^\+1(?=\d{10}$)/, "").replace(/^\+/, "");
}

function number(id: string): number {
  const value = Number(id);
  if (!Number.isInteger(value) || value <= 0)
    throw new Error(`the vendor's ids are numbers, the world has ${id}`);
  return value;
}
