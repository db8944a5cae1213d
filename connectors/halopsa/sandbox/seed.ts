import type { Ledger, Row } from "../../../engine/connector/sandbox/types.ts";
import type { Company, World, WorldAddress } from "../../../engine/connector/sandbox/world.ts";
import { contractStatuses, customFields, monthly, none } from "./names.ts";
import { resources } from "./resources.ts";
import { emptyFields, stamps } from "./save.ts";

/** The world's companies, people, sites and contracts in the vendor's shapes. */

type Contract = Company["contracts"][number];

interface Seeding {
  readonly ledger: Ledger;
  readonly world: World;
}

/** Fills an empty ledger. Ids are the world's own; what is created later goes on above them. */
export function seed(ledger: Ledger, world: World): void {
  const seeding: Seeding = { ledger, world };
  seedTables(seeding);
  for (const company of world.companies) seedCompany(company, seeding);
  for (const resource of resources) {
    const last = Math.max(0, ...ledger.all(resource.path).map((row) => Number(row["id"])));
    ledger.next(resource.path, Math.max(last + 1, resource.firstId));
  }
}

function seedTables({ ledger, world }: Seeding): void {
  const put = (path: string, rows: readonly Row[]): void => {
    for (const row of rows) ledger.put(path, String(row["id"]), row);
  };
  put("TopLevel", [{ id: 1, name: "Customers" }]);
  put("Currency", [{ id: 1, name: world.currency, symbol: "$", code: world.currency }]);
  put("Tax", [{ id: 1, name: "Standard", code: "STD", value: 7.5 }]);
  put(
    "FieldInfo",
    customFields.map(({ table: _, ...field }) => ({ ...field })),
  );
  const lines = world.companies.flatMap(({ contracts }) => contracts.flatMap((contract) => contract.lines));
  const codes = [...new Set(lines.map((line) => line.product_code))];
  put(
    "Item",
    codes.map((name, index) => ({ id: index + 1, name, isrecurringitem: true })),
  );
}

function seedCompany(company: Company, seeding: Seeding): void {
  const id = Number(company.ids.psa);
  const main = company.sites.find((site) => site.primary) ?? company.sites[0];
  const billing = company.contacts.find((contact) => contact.billing) ?? company.contacts[0];
  const [line1 = "", line2 = ""] = company.address.lines;
  const { city, region, postal_code } = company.address;
  put("Client", id, seeding, {
    name: company.name,
    ref: company.number,
    inactive: !company.active,
    accountsemailaddress: company.billing_email,
    accountsfirstname: billing?.first_name ?? none.text,
    accountslastname: billing?.last_name ?? none.text,
    main_site_id: Number(main?.id ?? none.id),
    main_contact_id: Number(billing?.id ?? none.id),
    // The vendor keeps a customer's phone on its main site.
    main_invoice_address: { line1, line2, line3: city, line4: region, postcode: postal_code },
    paymentterms: seeding.world.terms.find(({ key }) => key === company.terms)?.due_days ?? 0,
    taxable: !company.tax_exempt,
    currencyisocode: seeding.world.currency,
    customer_relationship: company.types.map((name, index) => ({ id: String(index + 1), name })),
  });
  for (const site of company.sites) seedSite(site, id, company, seeding);
  for (const contact of company.contacts) seedContact(contact, main, seeding);
  for (const contract of company.contracts) seedContract(contract, company, main, seeding);
}

function seedSite(site: Company["sites"][number], client: number, company: Company, seeding: Seeding): void {
  const billing = company.contacts.find((contact) => contact.billing);
  put("Site", Number(site.id), seeding, {
    name: site.name,
    client_id: client,
    phonenumber: nationalDigits(site.primary ? company.phone : site.phone),
    ...deliveryAddress(site.address),
    country_code: site.address.country,
    maincontact_id: site.primary ? Number(billing?.id ?? none.id) : none.id,
    isinvoicesite: site.primary,
  });
}

function deliveryAddress({ lines, city, region, postal_code }: WorldAddress): Row {
  const [first = "", second = ""] = lines;
  return {
    delivery_address_line1: first,
    delivery_address_line2: second,
    delivery_address_line3: city,
    delivery_address_line4: region,
    delivery_address_line5: postal_code,
  };
}

function seedContact(
  contact: Company["contacts"][number],
  main: Company["sites"][number] | undefined,
  seeding: Seeding,
): void {
  put("Users", Number(contact.id), seeding, {
    name: `${contact.first_name} ${contact.last_name}`,
    firstname: contact.first_name,
    surname: contact.last_name,
    emailaddress: contact.email,
    phonenumber: nationalDigits(contact.phone),
    site_id: Number(main?.id ?? none.id),
    isimportantcontact: contact.billing,
    ismaincontact: contact.billing,
    canaccessinvoices: contact.billing,
  });
}

function seedContract(
  contract: Contract,
  company: Company,
  main: Company["sites"][number] | undefined,
  seeding: Seeding,
): void {
  const id = Number(contract.id);
  const client = Number(company.ids.psa);
  put("ClientContract", id, seeding, {
    ref: `${contract.name} ${contract.id}`,
    client_id: client,
    site_id: Number(main?.id ?? none.id),
    start_date: midnight(contract.start_date),
    end_date: contract.end_date === null ? none.date : midnight(contract.end_date),
    ...contractState(contract),
    contracttype: contract.type === "telecom" ? 1 : 2,
  });
  // What a contract bills stands on a recurring invoice of its own, with a negative id in the lines.
  put("RecurringInvoice", id, seeding, {
    client_id: client,
    contract_id: id,
    nextcreationdate: midnight(seeding.world.today),
    lines: contract.lines.map((line) => ({
      id: Number(line.id),
      ihid: -id,
      item_code: line.product_code,
      item_shortdescription: line.description,
      qty_order: Number(line.quantity),
      unit_price: Number(line.unit_amount_decimal),
      contract_id: id,
      startdate: midnight(contract.start_date),
      recurring_invoice_quantity_type: 0,
      billingperiod: monthly.billingperiod,
    })),
  });
}

function contractState({ status }: Contract): Row {
  switch (status) {
    case "draft":
      return { status: contractStatuses.draft, active: false, expired: false };
    case "signed":
      return { status: contractStatuses.active, active: true, expired: false };
    case "expired":
      return { status: contractStatuses.expired, active: true, expired: true };
    default:
      return { status: contractStatuses.cancelled, active: false, expired: false };
  }
}

/** Records were last saved some days before the world's today, the same days at every start. */
function put(path: string, id: number, { ledger, world }: Seeding, row: Row): void {
  const resource = resources.find((candidate) => candidate.path === path);
  if (resource === undefined) throw new Error(`there is no resource ${path}`);
  const saved = stampBefore(world.today, 1 + (id % 60));
  const created = stampBefore(world.today, 100 + (id % 60));
  const customfields = emptyFields(path);
  const all = { ...resource.preset, ...row, customfields, ...stamps(resource, saved, created) };
  ledger.put(path, String(id), { id, ...all });
}

function stampBefore(today: string, days: number): string {
  return `${new Date(Date.parse(today) - days * 86_400_000).toISOString().slice(0, 10)}T12:00:00`;
}

function midnight(date: string): string {
  return `${date}T00:00:00`;
}

/** The vendor keeps a phone as people type it: without the country's prefix. */
function nationalDigits(phone: string): string {
  return phone.replace(/^\+1(?=\d{10}$)/, "");
}
