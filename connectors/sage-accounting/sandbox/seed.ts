import type { Ledger, Row } from "../../../engine/connector/sandbox/types.ts";
import type { Company, World, WorldAddress } from "../../../engine/connector/sandbox/world.ts";
import { type Books, hexId, reference, stamped, textOf, worldId } from "./books.ts";
import { BANK, METHODS, receiveOnAccount } from "./clerk.ts";
import { storeContact } from "./contacts.ts";
import { Problems } from "./problems.ts";
import { BUSINESS, seedTokens } from "./session.ts";

/** A new business's books: chart of accounts, tax rates, methods, contacts and what strangers paid. */

/** Fills an empty ledger from the world; throws where the world holds what the vendor itself would refuse. */
export function seed(ledger: Ledger, world: World, now: number): void {
  const books: Books = { ledger, world, now: () => now, rule: () => true };
  seedTokens(ledger, now);
  const add = (path: string, id: string, shown: string, fields: Row): void =>
    ledger.put(path, id, { ...reference(path, id, shown), ...stamped(undefined, books), ...fields });
  add("businesses", BUSINESS, "Sandbox Business", { name: "Sandbox Business" });
  ledger.put("financial_settings", "1", { year_end_lockdown_date: null, base_currency: world.currency });
  add("tax_rates", "US_NO_TAX", "No tax 0.0%", { name: "No tax", percentage: "0.0", is_visible: true });
  add("tax_rates", "US_STANDARD", "Standard 8.0%", { name: "Standard", percentage: "8.0", is_visible: true });
  add("payment_methods", METHODS.check, "Check", { name: "Check" });
  add("payment_methods", METHODS.card, "Credit/Debit", { name: "Credit/Debit" });
  add("payment_methods", METHODS.ach, "Electronic", { name: "Electronic" });
  add("payment_methods", "CASH", "Cash", { name: "Cash" });
  for (const { gl_code, name, kind } of world.gl)
    addAccount(Number(gl_code), name, kind === "revenue" ? "SALES" : "CURRENT_LIABILITY", true, books);
  const bankLedger = addAccount(1200, "Checking", "BANK", false, books);
  add("bank_accounts", BANK, "Checking (1200)", {
    ledger_account: bankLedger,
    nominal_code: 1200,
    is_active: true,
  });
  for (const company of world.companies) seedCompany(company, books);
  for (const { id, name, receipt } of world.strangers) {
    addContact(worldId(id), { name, contact_type_ids: ["CUSTOMER"] }, books);
    receiveOnAccount(receipt, worldId(id), books);
  }
}

function addAccount(code: number, name: string, type: string, isSales: boolean, books: Books): Row {
  const id = hexId(`account:${code}`);
  const shown = reference("ledger_accounts", id, `${name} (${code})`);
  books.ledger.put("ledger_accounts", id, {
    ...shown,
    ...stamped(undefined, books),
    name,
    display_name: name,
    nominal_code: code,
    ledger_account_type: reference("ledger_account_types", type, type.toLowerCase()),
    visible_in_sales: isSales,
    is_control_account: false,
  });
  return shown;
}

function seedCompany(company: Company, books: Books): void {
  const id = company.ids.accounting;
  if (id === undefined) return;
  const term = books.world.terms.find(({ key }) => key === company.terms);
  const contact = addContact(
    worldId(id),
    {
      name: company.name.slice(0, 100),
      contact_type_ids: ["CUSTOMER"],
      reference: company.number.slice(0, 10),
      main_address: address(company.address),
      main_contact_person: {
        name: "Main contact",
        email: company.billing_email,
        telephone: phone(company.phone),
      },
      ...(company.tax_exempt ? { default_sales_tax_rate_id: "US_NO_TAX" } : {}),
      ...(term === undefined ? {} : { credit_days: term.due_days, credit_terms: "date_from_invoice" }),
    },
    books,
  );
  if (!company.active) books.ledger.put("contacts", textOf(contact["id"]), { ...contact, is_active: false });
}

// What the vendor itself would refuse must not stand in its books: a world that holds it is wrong.
function addContact(id: string, body: Row, books: Books): Row {
  const stored = storeContact(body, { ...reference("contacts", id, "") }, books);
  if (stored instanceof Problems)
    throw new Error(`contact ${id} cannot be seeded: ${JSON.stringify(stored.rows)}`);
  return stored;
}

function address(from: WorldAddress): Row {
  const [first, ...rest] = from.lines;
  return {
    address_line_1: first ?? "",
    address_line_2: rest.join(", "),
    city: from.city,
    region: from.region,
    postal_code: from.postal_code,
    country_id: from.country,
  };
}

// As a bookkeeper types it: +18135550100 is (813) 555-0100.
function phone(e164: string): string {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  return parts === null ? e164 : `(${parts[1]}) ${parts[2]}-${parts[3]}`;
}
