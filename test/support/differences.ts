import type { Company, World } from "../../engine/connector/sandbox/world.ts";
import type { BookedCustomer, Books } from "./books.ts";

/** What money records of the books are missing, too many or other than the world expects, as sentences; none when all ties. */
export function differences(
  world: World,
  books: { readonly billing?: Books; readonly accounting?: Books },
): readonly string[] {
  const { billing, accounting } = books;
  return [
    ...(accounting === undefined
      ? []
      : compare("invoice", wantedInvoices(world), bookedInvoices(accounting))),
    ...(accounting === undefined ? [] : compareTotals(world.expected.gl_totals, accounting.gl_totals)),
    ...(billing === undefined ? [] : compare("payment", wantedPayments(world), bookedPayments(billing))),
  ];
}

/** The same of customers in all three systems: who is there, their terms, and the ids that one keeps of another. */
export function customerDifferences(
  world: World,
  { psa, billing, accounting }: { readonly psa: Books; readonly billing: Books; readonly accounting: Books },
): readonly string[] {
  const inBilling = world.expected.billing_customers.map((number) => companyOf(world, number));
  const inBooks = world.expected.accounting_customers.map((number) => companyOf(world, number));
  const gone = world.companies.filter((one) => one.ids.accounting !== undefined && !inBooks.includes(one));
  const booked = new Map(accounting.customers.map(({ name, id }) => [name, id]));
  return [
    ...compare(
      "billing's customer",
      inBilling.map((one) => line(one.name, one.ids.psa, signedContracts(one))),
      billing.customers.map(({ name, fields }) =>
        line(name, fields["PSA Company ID"] ?? "", fields["Contract IDs"] ?? ""),
      ),
    ),
    ...compare(
      "accounting's customer",
      [...inBooks, ...gone, ...world.strangers].map(({ name }) => line(name)),
      accounting.customers.map(({ name }) => line(name)),
    ),
    ...compare("billing's terms", inBilling.map(termsOf(world)), billing.customers.map(bookedTerms)),
    ...compare(
      "accounting's terms",
      inBooks.map(termsOf(world)),
      accounting.customers.filter(({ name }) => inBooks.some((one) => one.name === name)).map(bookedTerms),
    ),
    ...compare(
      "accounting's id in the PSA",
      inBooks.map(({ name }) => line(name, booked.get(name) ?? "no customer")),
      psa.customers.flatMap(({ name, fields: { AccountingId } }) =>
        AccountingId === undefined ? [] : [line(name, AccountingId)],
      ),
    ),
  ];
}

function line(...parts: readonly (string | number | null)[]): string {
  return JSON.stringify(parts);
}

function termsOf({ terms }: World): (company: Company) => string {
  return (company) =>
    line(company.name, terms.find(({ key }) => key === company.terms)?.due_days ?? "no such terms");
}

function bookedTerms({ name, due_days }: BookedCustomer): string {
  return line(name, due_days);
}

function companyOf(world: World, number: string): Company {
  const company = world.companies.find((one) => one.number === number);
  if (company === undefined) throw new Error(`the world has no ${number}`);
  return company;
}

function signedContracts({ contracts }: Company): string {
  const signed = contracts.filter(({ type, status }) => type === "telecom" && status === "signed");
  return signed
    .map(({ id }) => id)
    .sort()
    .join(" ");
}

function wantedInvoices(world: World): readonly string[] {
  return world.invoices.map(({ number, invoice_date, due_date, total }) =>
    line(number, invoice_date, due_date, total),
  );
}

function bookedInvoices({ invoices }: Books): readonly string[] {
  return invoices.map(({ number, date, due_date, total }) => line(number, date, due_date, total));
}

function wantedPayments({ expected }: World): readonly string[] {
  return expected.payments.map(({ date, amount, reference, allocations }) => {
    const paid = [...allocations].sort((a, b) => a.invoice.localeCompare(b.invoice));
    return JSON.stringify([reference, date, amount, paid.map((one) => [one.invoice, one.amount])]);
  });
}

function bookedPayments({ payments }: Books): readonly string[] {
  return payments.map(({ date, amount, reference, allocations }) =>
    JSON.stringify([reference, date, amount, allocations.map((one) => [one.invoice, one.amount])]),
  );
}

function compare(what: string, wanted: readonly string[], booked: readonly string[]): readonly string[] {
  return [...new Set([...wanted, ...booked])].flatMap((one) => {
    const right = wanted.filter((text) => text === one).length;
    const there = booked.filter((text) => text === one).length;
    return right === there ? [] : [`${what} ${one} is there ${there} times, not ${right}`];
  });
}

function compareTotals(wanted: Books["gl_totals"], booked: Books["gl_totals"]): readonly string[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(booked)])].flatMap((code) =>
    (wanted[code] ?? 0) === (booked[code] ?? 0)
      ? []
      : [`GL code ${code} shows ${booked[code] ?? 0}, not ${wanted[code] ?? 0}`],
  );
}
