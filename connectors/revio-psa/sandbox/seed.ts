import type { Ledger, Row } from "../../../engine/connector/sandbox/types.ts";
import type { Company, World } from "../../../engine/connector/sandbox/world.ts";
import { agreementStatuses, customFields, names } from "./names.ts";

/** The world's companies, people and contracts in the shapes of this server. Sites it has none of. */

/** Fills an empty ledger; ids are the world's own. */
export function seed(ledger: Ledger, world: World): void {
  const put = (collection: string, id: string, row: Row): void => {
    const days = 1 + (Number(id) % 60);
    const at = new Date(Date.parse(world.today) - days * 86_400_000).toISOString().slice(0, 10);
    ledger.put(collection, id, { ...row, [names.modified]: `${at}T12:00:00Z` });
  };
  for (const company of world.companies) {
    put("customers", company.ids.psa, customer(company, world));
    for (const contact of company.contacts) put("contacts", contact.id, person(contact, company));
    for (const contract of company.contracts) put("agreements", contract.id, agreement(contract, company));
  }
}

function customer(company: Company, world: World): Row {
  const field = names.customer;
  const { lines, city, region, postal_code } = company.address;
  const [zip = "", zip4 = ""] = postal_code.split("-");
  const billing = company.contacts.find((contact) => contact.billing);
  return {
    [field.id]: Number(company.ids.psa),
    [field.name]: company.name,
    [field.number]: company.number,
    [field.status]: !company.active ? "Closed" : company.types.includes("Prospect") ? "Prospect" : "Open",
    [field.class]: "Business",
    [field.accountType]: "Standard",
    [field.billMethod]: "Email",
    [field.types]: [...company.types],
    [field.email]: company.billing_email,
    [field.phone]: nationalDigits(company.phone),
    [field.line1]: lines[0] ?? "",
    [field.line2]: lines[1] ?? "",
    [field.city]: city,
    [field.state]: region,
    [field.zip]: zip,
    [field.zip4]: zip4,
    [field.terms]: world.terms.findIndex(({ key }) => key === company.terms) + 1,
    [field.taxExempt]: company.tax_exempt,
    [field.billingContact]: billing === undefined ? null : Number(billing.id),
    [field.customFields]: Object.fromEntries(customFields.map((name) => [name, ""])),
  };
}

function person(contact: Company["contacts"][number], company: Company): Row {
  const field = names.contact;
  return {
    [field.id]: Number(contact.id),
    [field.customer]: Number(company.ids.psa),
    [field.name]: `${contact.first_name} ${contact.last_name}`,
    [field.firstName]: contact.first_name,
    [field.lastName]: contact.last_name,
    [field.email]: contact.email,
    [field.phone]: nationalDigits(contact.phone),
    [field.title]: "",
    [field.type]: contact.billing ? "Primary" : "Standard",
    [field.active]: true,
  };
}

function agreement(contract: Company["contracts"][number], company: Company): Row {
  const field = names.agreement;
  return {
    [field.id]: Number(contract.id),
    [field.number]: `AGR-${contract.id}`,
    [field.name]: contract.name,
    [field.customer]: Number(company.ids.psa),
    [field.type]: contract.type === "telecom" ? "Voice" : "Managed Services",
    [field.status]: agreementStatuses[contract.status],
    // The vendor sends date-times in UTC.
    [field.start]: `${contract.start_date}T00:00:00Z`,
    [field.end]: contract.end_date === null ? null : `${contract.end_date}T00:00:00Z`,
    [field.cycle]: "Monthly",
    [field.lines]: contract.lines.map((line) => ({
      itemId: Number(line.id),
      productCode: line.product_code,
      description: line.description,
      quantity: Number(line.quantity),
      unitPrice: Number(line.unit_amount_decimal),
    })),
  };
}

/** A phone as people type it: without the country's prefix. */
function nationalDigits(phone: string): string {
  return phone.replace(/^\+1(?=\d{10}$)/, "");
}
