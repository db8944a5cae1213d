import type { Ledger, Row } from "../../../engine/connector/sandbox/types.ts";
import type { Company, GlCode, World, WorldAddress } from "../../../engine/connector/sandbox/world.ts";
import { type Books, uuid, worldId } from "./books.ts";
import { BANK_CODE, receiveOnAccount } from "./clerk.ts";
import { storeContact } from "./contacts.ts";
import { updatedNow } from "./dates.ts";
import { Refusal } from "./refusal.ts";
import { seedTokens } from "./session.ts";

/** A new organisation's books: chart of accounts, tax rates, contacts and what strangers paid. */

/** Fills an empty ledger from the world; throws where the world holds what the vendor itself would refuse. */
export function seed(ledger: Ledger, world: World, now: number): void {
  const books: Books = { ledger, world, now: () => now, rule: () => true };
  seedTokens(ledger, now);
  seedOrganisation(books);
  seedAccounts(books);
  const names = new Set<string>();
  for (const company of world.companies) seedCompany(company, names, books);
  for (const { id, name, receipt } of world.strangers) {
    const contact = addContact(worldId(id), { Name: uniqueName(name, names) }, books);
    receiveOnAccount(receipt, contact, books);
  }
}

function seedOrganisation(books: Books): void {
  const id = uuid("organisation");
  books.ledger.put("Organisation", id, {
    OrganisationID: id,
    Name: "Sandbox Organisation",
    LegalName: "Sandbox Organisation",
    PaysTax: true,
    Version: "US",
    OrganisationType: "COMPANY",
    BaseCurrency: books.world.currency,
    CountryCode: "US",
    IsDemoCompany: true,
    OrganisationStatus: "ACTIVE",
    SalesTaxBasis: "ACCRUALS",
    Timezone: "EASTERNSTANDARDTIME",
  });
  taxRate("NONE", "Tax Exempt", 0, books);
  taxRate("OUTPUT", "Tax on Sales", 8, books);
}

function taxRate(type: string, name: string, rate: number, books: Books): void {
  books.ledger.put("TaxRates", type, {
    Name: name,
    TaxType: type,
    CanApplyToAssets: true,
    CanApplyToEquity: true,
    CanApplyToExpenses: true,
    CanApplyToLiabilities: true,
    CanApplyToRevenue: true,
    DisplayTaxRate: rate,
    EffectiveRate: rate,
    Status: "ACTIVE",
    TaxComponents: [{ Name: name, Rate: rate, IsCompound: false, IsNonRecoverable: false }],
  });
}

function seedAccounts(books: Books): void {
  addAccount({ Code: BANK_CODE, Name: "Checking", Type: "BANK", Class: "ASSET" }, books);
  addAccount(
    { Code: "610", Name: "Accounts Receivable", Type: "CURRENT", Class: "ASSET", SystemAccount: "DEBTORS" },
    books,
  );
  for (const code of books.world.gl) addAccount(glAccount(code), books);
}

function glAccount({ gl_code, name, kind }: GlCode): Row {
  const type =
    kind === "revenue" ? { Type: "REVENUE", Class: "REVENUE" } : { Type: "CURRLIAB", Class: "LIABILITY" };
  return { Code: gl_code, Name: name.slice(0, 150), ...type };
}

function addAccount(fields: Row, books: Books): void {
  const id = uuid(`account:${String(fields["Code"])}`);
  books.ledger.put("Accounts", id, {
    AccountID: id,
    Status: "ACTIVE",
    TaxType: "NONE",
    EnablePaymentsToAccount: false,
    ShowInExpenseClaims: false,
    ReportingCode: "",
    HasAttachments: false,
    AddToWatchlist: false,
    ...fields,
    ...updatedNow(books),
  });
}

function seedCompany(company: Company, names: Set<string>, books: Books): void {
  const id = company.ids.accounting;
  if (id === undefined) return;
  const term = books.world.terms.find(({ key }) => key === company.terms);
  const contact = addContact(
    worldId(id),
    {
      Name: uniqueName(company.name, names),
      AccountNumber: company.number,
      ...(/^[\x21-\x7e]+@[\x21-\x7e]+$/.test(company.billing_email)
        ? { EmailAddress: company.billing_email }
        : {}),
      Addresses: [address(company.address)],
      Phones: [phone(company.phone)],
      ...(company.tax_exempt ? { AccountsReceivableTaxType: "NONE" } : {}),
      ...(term === undefined
        ? {}
        : { PaymentTerms: { Sales: { Day: term.due_days, Type: "DAYSAFTERBILLDATE" } } }),
    },
    books,
  );
  if (!company.active) {
    const refusal = storeContact({ ContactID: contact, ContactStatus: "ARCHIVED" }, false, books);
    if (refusal instanceof Refusal) throw new Error(`contact ${id}: ${refusal.messages.join(" ")}`);
  }
}

// What the vendor itself would refuse must not stand in its books: a world that holds it is wrong.
function addContact(id: string, fields: Row, books: Books): string {
  const scratch: Books = {
    ...books,
    ledger: { ...books.ledger, put: (name, _, row) => books.ledger.put(name, id, { ...row, ContactID: id }) },
  };
  const stored = storeContact(fields, true, scratch);
  if (stored instanceof Refusal)
    throw new Error(`contact ${id} cannot be seeded: ${stored.messages.join(" ")}`);
  return id;
}

function uniqueName(name: string, taken: Set<string>): string {
  let candidate = name.slice(0, 255);
  for (let copy = 2; taken.has(candidate.toLowerCase()); copy++)
    candidate = `${name.slice(0, 245)} (${copy})`;
  taken.add(candidate.toLowerCase());
  return candidate;
}

function address(from: WorldAddress): Row {
  const lines = from.lines.slice(0, 4).map((line, index) => [`AddressLine${index + 1}`, line] as const);
  return {
    AddressType: "POBOX",
    ...Object.fromEntries(lines),
    City: from.city,
    Region: from.region,
    PostalCode: from.postal_code,
    Country: from.country,
  };
}

// As a bookkeeper types it into three boxes: +18135550100 is 1, 813, 5550100.
function phone(e164: string): Row {
  const [, area, number] = /^\+1(\d{3})(\d{7})$/.exec(e164) ?? [];
  return area === undefined || number === undefined
    ? { PhoneType: "DEFAULT", PhoneNumber: e164 }
    : { PhoneType: "DEFAULT", PhoneCountryCode: "1", PhoneAreaCode: area, PhoneNumber: number };
}
