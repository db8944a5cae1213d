import type { Ledger, Row } from "../../../engine/connector/sandbox/types.ts";
import {
  type Company,
  currenciesOf,
  type GlCode,
  type World,
  type WorldAddress,
} from "../../../engine/connector/sandbox/world.ts";
import { type Books, newId, stamped, textOf } from "./books.ts";
import { namedReferences } from "./check.ts";
import { METHOD_IDS, receiptPayment } from "./clerk.ts";
import { findEntity } from "./entities.ts";
import { putTransaction } from "./links.ts";
import { buildNamed, isEmail } from "./names.ts";
import { buildPayment } from "./payments.ts";
import { Refusal } from "./refusal.ts";
import { REALM, seedTokens } from "./session.ts";

/** A new company's books: chart of accounts, items, terms, methods, tax codes, customers and what strangers paid. */

const FIRST_TERM = 3;
const FIRST_ITEM = 21;
const FIRST_ACCOUNT = 80;

/** Fills an empty ledger from the world; throws where the world holds what the vendor itself would refuse. */
export function seed(ledger: Ledger, world: World, now: number): void {
  // Names are made unique here, without a search of all names for each.
  const books: Books = { ledger, world, now: () => now, rule: (name) => name !== "display_name" };
  seedTokens(ledger, now);
  seedCompany(books);
  seedTaxes(books);
  for (const [index, term] of world.terms.entries()) {
    add("Term", String(FIRST_TERM + index), { Name: term.name, DueDays: term.due_days }, books);
  }
  add("PaymentMethod", METHOD_IDS.check, { Name: "Check", Type: "NON_CREDIT_CARD" }, books);
  add("PaymentMethod", METHOD_IDS.card, { Name: "Credit Card", Type: "CREDIT_CARD" }, books);
  add("PaymentMethod", METHOD_IDS.ach, { Name: "ACH", Type: "NON_CREDIT_CARD" }, books);
  seedAccounts(books);
  const names = new Set<string>();
  for (const company of world.companies) seedCustomer(company, names, books);
  for (const stranger of world.strangers) seedStranger(stranger, names, books);
}

// A name as the product would have let a person type it: no colon, tab or newline, and unique.
function uniqueName(name: string, taken: Set<string>): string {
  const allowed = name
    .replace(/[:\t\r\n]+/g, " ")
    .replace(/ {2,}/g, " ")
    .trim();
  let candidate = allowed;
  for (let copy = 2; taken.has(candidate.toLowerCase()); copy++) candidate = `${allowed} (${copy})`;
  taken.add(candidate.toLowerCase());
  return candidate;
}

function seedCompany(books: Books): void {
  const info = { CompanyName: "Sandbox Company", LegalName: "Sandbox Company", Country: "US" };
  books.ledger.put("CompanyInfo", REALM, stamped({ Id: REALM, ...info }, undefined, books));
  const prefs = {
    Id: "1",
    AccountingInfoPrefs: {
      FirstMonthOfFiscalYear: "January",
      ClassTrackingPerTxnLine: true,
      TrackDepartments: true,
    },
    SalesFormsPrefs: { CustomTxnNumbers: true },
    CurrencyPrefs: {
      HomeCurrency: { value: books.world.currency },
      MultiCurrencyEnabled: currenciesOf(books.world).length > 1,
    },
    TaxPrefs: { UsingSalesTax: true },
  };
  books.ledger.put("Preferences", "1", stamped(prefs, undefined, books));
}

// TAX and NON are the pseudo codes of a US company; code 2 and rate 3 stand for one real tax.
function seedTaxes(books: Books): void {
  add("TaxCode", "TAX", { Name: "TAX", Taxable: true, TaxGroup: false }, books);
  add("TaxCode", "NON", { Name: "NON", Taxable: false, TaxGroup: false }, books);
  const rates = { TaxRateDetail: [{ TaxRateRef: { value: "3" } }] };
  add("TaxCode", "2", { Name: "Sales tax", Taxable: true, TaxGroup: true, SalesTaxRateList: rates }, books);
  add("TaxRate", "3", { Name: "Sales tax", RateValue: 8, AgencyRef: { value: "1" } }, books);
}

function seedAccounts(books: Books): void {
  const used = new Set(books.world.gl.map((code) => code.gl_code));
  const own = [
    {
      AcctNum: "1000",
      Name: "Undeposited Funds",
      AccountType: "Other Current Asset",
      AccountSubType: "UndepositedFunds",
    },
    {
      AcctNum: "1200",
      Name: "Accounts Receivable (A/R)",
      AccountType: "Accounts Receivable",
      AccountSubType: "AccountsReceivable",
    },
  ];
  const accounts = new Set(own.map((account) => account.Name.toLowerCase()));
  const items = new Set<string>();
  for (const [index, { AcctNum, ...account }] of own.entries()) {
    const numbered = used.has(AcctNum) ? account : { AcctNum, ...account };
    add("Account", String(FIRST_ACCOUNT - own.length + index), numbered, books);
  }
  for (const [index, code] of books.world.gl.entries()) {
    const account = String(FIRST_ACCOUNT + index);
    add("Account", account, glAccount(code, accounts), books);
    const item = {
      Name: uniqueName(code.item, items),
      Type: "Service",
      IncomeAccountRef: { value: account },
    };
    add("Item", String(FIRST_ITEM + index), { ...item, UnitPrice: 0, Taxable: true }, books);
  }
}

function glAccount(code: GlCode, taken: Set<string>): Row {
  const type =
    code.kind === "revenue"
      ? { AccountType: "Income", AccountSubType: "SalesOfProductIncome" }
      : { AccountType: "Other Current Liability", AccountSubType: "SalesTaxPayable" };
  // Names of accounts hold no quotation mark either.
  return { ...type, Name: uniqueName(code.name.replaceAll('"', ""), taken), AcctNum: code.gl_code };
}

function seedCustomer(company: Company, names: Set<string>, books: Books): void {
  const id = company.ids.accounting;
  if (id === undefined) return;
  const term = books.ledger.all("Term")[books.world.terms.findIndex((item) => item.key === company.terms)];
  const customer = {
    DisplayName: uniqueName(company.name, names),
    CompanyName: company.name.slice(0, 100),
    Active: company.active,
    Taxable: !company.tax_exempt,
    ...(company.currency === undefined ? {} : { CurrencyRef: { value: company.currency } }),
    BillAddr: address(company.address),
    PrimaryPhone: { FreeFormNumber: nationalPhone(company.phone) },
    ...(isEmail(company.billing_email) ? { PrimaryEmailAddr: { Address: company.billing_email } } : {}),
    ...(term === undefined ? {} : { SalesTermRef: { value: textOf(term["Id"]) } }),
  };
  add("Customer", id, customer, books);
}

function seedStranger(stranger: World["strangers"][number], names: Set<string>, books: Books): void {
  add(
    "Customer",
    stranger.id,
    { DisplayName: uniqueName(stranger.name, names), CompanyName: stranger.name },
    books,
  );
  const id = newId(books);
  const draft = { ...receiptPayment(stranger.receipt, stranger.id, books), Id: id, Line: [] };
  const built = buildPayment(draft, undefined, books);
  if (built instanceof Refusal) throw new Error(`payment of ${stranger.id}: ${built.detail}`);
  putTransaction("Payment", id, stamped(withNames("Payment", built, books), undefined, books), books);
}

// What the vendor itself would refuse must not stand in its books: a world that holds it is wrong.
function add(entity: string, id: string, row: Row, books: Books): void {
  const built = buildNamed(entity, { ...row, Id: id }, id, books);
  if (built instanceof Refusal) throw new Error(`${entity} ${id} cannot be seeded: ${built.detail}`);
  books.ledger.put(entity, id, stamped(withNames(entity, built, books), undefined, books));
}

function withNames(entity: string, row: Row, books: Books): Row {
  return namedReferences(row, findEntity(entity)?.fields ?? {}, books);
}

function address(from: WorldAddress): Row {
  const lines = from.lines.slice(0, 5).map((line, index) => [`Line${index + 1}`, line] as const);
  return {
    ...Object.fromEntries(lines),
    City: from.city,
    CountrySubDivisionCode: from.region,
    PostalCode: from.postal_code,
    Country: from.country,
  };
}

// As a bookkeeper types it: +18135550100 is (813) 555-0100.
function nationalPhone(e164: string): string {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  return parts === null ? e164 : `(${parts[1]}) ${parts[2]}-${parts[3]}`;
}
