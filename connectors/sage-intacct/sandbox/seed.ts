import type { Ledger, Row } from "../../../engine/connector/sandbox/types.ts";
import type { Company, World, WorldAddress } from "../../../engine/connector/sandbox/world.ts";
import { ACCOUNT, type Books, CUSTOMER, money, referenceTo, save, TERM } from "./books.ts";
import { receiptPayment } from "./clerk.ts";
import { withContact } from "./customers.ts";
import { contact as names } from "./names.ts";
import { postPayment } from "./payments.ts";

/** A new company's books: chart of accounts, terms, dimensions, a bank, customers and what strangers paid. */

const FIRST_TERM = 3;
const FIRST_ACCOUNT = 80;

export function seed(ledger: Ledger, world: World, now: number): void {
  const books: Books = { ledger, world, now: () => now, rule: () => true };
  ledger.put("company", "1", { id: "LAKESIDE", booksClosedThrough: "" });
  for (const [index, { name, due_days }] of world.terms.entries()) {
    const due = { days: due_days, from: "fromInvoiceDate" };
    add(TERM, String(FIRST_TERM + index), { id: name, description: name, due }, books);
  }
  const accounts = [
    { id: "1000", name: "Bank" },
    { id: "1200", name: "Accounts receivable" },
    ...world.gl.map(({ gl_code, name }) => ({ id: gl_code, name })),
  ];
  for (const [index, account] of accounts.entries()) {
    add(ACCOUNT, String(FIRST_ACCOUNT + index), account, books);
  }
  add("company-config/location", "1", { id: "US-FL", name: "Florida" }, books);
  add("company-config/department", "1", { id: "20", name: "Telecom" }, books);
  add("company-config/class", "1", { id: "VOIP", name: "Voice" }, books);
  add("cash-management/bank-account", "1", { id: "BOA", name: "Operating account" }, books);
  for (const company of world.companies) seedCustomer(company, books);
  for (const { id, name, receipt } of world.strangers) {
    const row = { id: `C-${id}`, name, status: "active", currency: world.currency };
    const customer = add(CUSTOMER, id, withContact(row), books);
    // The vendor also has advances for such money; here the clerk entered it as an overpayment without invoice.
    const over = { paymentDetails: [], overPaymentAmount: money(receipt.amount, books) };
    postPayment({ ...receiptPayment(receipt, customer), ...over }, books);
  }
}

function seedCustomer(company: Company, books: Books): void {
  const key = company.ids.accounting;
  if (key === undefined) return;
  const term = books.ledger.all(TERM)[books.world.terms.findIndex((item) => item.key === company.terms)];
  const row: Row = {
    // The books have numbered it before anybody thought of the PSA's number.
    id: `C-${key.padStart(5, "0")}`,
    name: company.name,
    status: company.active ? "active" : "inactive",
    currency: books.world.currency,
    ...(term === undefined ? {} : { term: referenceTo(TERM, term) }),
    contacts: {
      default: {
        [names.email]: company.billing_email,
        [names.phone]: company.phone,
        [names.address]: addressOf(company.address),
        tax: { isTaxable: !company.tax_exempt },
      },
    },
  };
  add(CUSTOMER, key, withContact(row), books);
}

function addressOf({ lines, city, region, postal_code, country }: WorldAddress): Row {
  const [first = null, second = null, third = null] = lines;
  return {
    [names.line1]: first,
    [names.line2]: second,
    [names.line3]: third,
    [names.city]: city,
    [names.region]: region,
    [names.postalCode]: postal_code,
    [names.country]: country,
  };
}

function add(object: string, key: string, row: Row, books: Books): Row {
  return save(object, { status: "active", ...row, key }, books);
}
