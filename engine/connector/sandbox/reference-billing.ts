import { isObject } from "../../core/json.ts";
import { servicesOf, sitesOf } from "./provisioning.ts";
import { rowsOf } from "./reference-layout.ts";
import type { FolderContext, Ledger, Row, SandboxContext } from "./types.ts";
import type { Company, World, WorldAddress, WorldCredit, WorldInvoice } from "./world.ts";

/**
 * A billing system that keeps the reference layout (its README documents it): one table for each entity, lists as child
 * rows, amounts in minor units. Its department bills a company as soon as it is a customer, and books payments.
 */

/** Rules of the importer that a test can switch off. */
export const referenceRules = {
  import_once: "a line whose key was imported before is passed over",
  known_references: "a row that names a customer or an invoice that is not there is refused",
  unique_number: "a second customer with the number of another one is refused",
} as const;

/** Tables that others write to through the importer. */
const WRITABLE = ["customers", "contacts", "locations", "services", "payments", "refunds", "charges"];
const FIRST_TERM = 3;
const PSA_FIELD = "PSA Company ID";

/** Fills an empty ledger: terms, then the companies that billing has, with their bills. */
export function seedReference(ledger: Ledger, world: World, now: number): void {
  for (const [place, terms] of world.terms.entries()) {
    const id = String(FIRST_TERM + place);
    const row = {
      id,
      name: terms.name,
      due_rule: "days_after_invoice",
      due_days: terms.due_days,
      status: "active",
    };
    ledger.put("payment_terms", id, { ...row, updated_at: stamp(now) });
  }
  for (const company of world.companies) {
    const { billing } = company.ids;
    if (billing === undefined) continue;
    ledger.put("customers", billing, customerOf(company, billing, world, now));
    openAccount(company, billing, { ledger, world, now: () => now });
  }
}

/** One line of the outbox, as the layout's README describes it. */
interface Line {
  readonly key: string;
  readonly table: string;
  readonly operation: string;
  readonly id: string;
  readonly row: Row;
}

type Books = Pick<SandboxContext, "ledger" | "world" | "now">;
type Department = Books & Pick<SandboxContext, "rule">;

/** Carries out the lines of an outbox, in their order; each is logged with what became of it. */
export function importLines(texts: readonly string[], context: FolderContext): void {
  for (const text of texts) {
    const line = parseLine(text);
    if (line === undefined) {
      context.log({ to: "unreadable", status: 422, body: text });
      continue;
    }
    const before = context.ledger.get("imports", line.key);
    if (before !== undefined && context.rule("import_once")) continue;
    // Without that rule a line that comes twice makes two records, and they must be told apart.
    const own = before === undefined ? line : { ...line, id: `${line.id}-again` };
    const error = changeRow(own, context) ?? null;
    const imported_at = stamp(context.now());
    context.ledger.put("imports", line.key, {
      key: line.key,
      table_name: line.table,
      id: own.id,
      imported_at,
      error,
    });
    context.log({ to: `${line.operation}/${line.table}`, status: error === null ? 200 : 422, body: text });
  }
}

/** Makes or changes a row; answers with why it is refused, undefined when it was done. */
export function changeRow(change: Omit<Line, "key">, context: Department): string | undefined {
  const error = refusal(change, context);
  if (error === undefined) carryOut(change, context);
  return error;
}

function parseLine(text: string): Line | undefined {
  const value: unknown = JSON.parse(text);
  if (!isObject(value) || !isObject(value["row"])) return undefined;
  const [key, table, operation, id] = ["key", "table", "operation", "id"].map((name) => value[name]);
  return [key, table, operation, id].every((part) => typeof part === "string" && part !== "")
    ? {
        key: String(key),
        table: String(table),
        operation: String(operation),
        id: String(id),
        row: value["row"],
      }
    : undefined;
}

function refusal({ table, operation, id, row }: Omit<Line, "key">, context: Department): string | undefined {
  const { ledger, rule } = context;
  if (!WRITABLE.includes(table)) return `nobody may write to ${table}`;
  const there = ledger.get(table, id);
  if (operation === "create" && there !== undefined) return `${table} has a row ${id}`;
  if (operation !== "create" && there === undefined) return `${table} has no row ${id}`;
  const number = row["customer_number"];
  const isTaken = ledger
    .all("customers")
    .some((one) => one["customer_number"] === number && one["id"] !== id);
  if (table === "customers" && typeof number === "string" && isTaken && rule("unique_number"))
    return `customer_number ${number} is taken`;
  return rule("known_references") ? danglingReference(table, row, there, ledger) : undefined;
}

function danglingReference(
  table: string,
  row: Row,
  there: Row | undefined,
  ledger: Ledger,
): string | undefined {
  const customer = row["customer_id"] ?? there?.["customer_id"];
  if (
    table !== "customers" &&
    customer !== undefined &&
    ledger.get("customers", String(customer)) === undefined
  )
    return `there is no customer ${String(customer)}`;
  for (const one of rowsOf(row["allocations"])) {
    if (table === "refunds") {
      const payment = ledger.get("payments", String(one["payment_id"]));
      if (payment?.["customer_id"] === customer) continue;
      return `there is no payment ${String(one["payment_id"])} of customer ${String(customer)}`;
    }
    const invoice = ledger.get("invoices", String(one["invoice_id"]));
    if (invoice === undefined || invoice["customer_id"] !== customer)
      return `there is no invoice ${String(one["invoice_id"])} of customer ${String(customer)}`;
  }
  return undefined;
}

function carryOut({ table, id, row }: Omit<Line, "key">, context: Department): void {
  const { ledger, now } = context;
  const before = ledger.get(table, id) ?? EMPTY[table] ?? {};
  const fields = table === "customers" ? { fields: mergedFields(before, row) } : {};
  const after: Row = { ...before, ...row, ...fields, id, updated_at: stamp(now()) };
  ledger.put(table, id, after);
  if (table === "customers") billCustomer(after, context);
  if (table === "payments") bookPayment(before, after, context);
  if (table === "refunds") bookRefund(before, after, context);
}

/** Fields have labels; those that a line does not name stay. */
function mergedFields(before: Row, row: Row): readonly Row[] {
  const values = new Map(
    [...rowsOf(before["fields"]), ...rowsOf(row["fields"])].map(
      ({ label, value }) => [label, value] as const,
    ),
  );
  return [...values].map(([label, value]) => ({ label: label ?? null, value: value ?? null }));
}

/** What a row has of which its line says nothing. */
const EMPTY: { readonly [table: string]: Row } = {
  customers: { status: "active", account_status: "shell", emails: [], fields: [], contracts: [] },
  contacts: { status: "active", roles: [] },
  locations: { status: "active", roles: [] },
  services: { status: "pending", provenance: "import" },
  payments: { status: "posted", allocations: [], refunded_amount: 0 },
  refunds: { status: "posted", allocations: [] },
};

/** Invoices owe what the payment does not pay any more, and no longer what it pays now. */
function bookPayment(before: Row, after: Row, { ledger, now }: Books): void {
  const paid = partsOf(after, "invoice_id");
  const applied = [...paid.values()].reduce((sum, amount) => sum + amount, 0);
  const left = Number(after["amount"]) - applied - Number(after["refunded_amount"] ?? 0);
  const unapplied_amount = after["status"] === "voided" ? 0 : left;
  ledger.put("payments", String(after["id"]), { ...after, unapplied_amount });
  const had = partsOf(before, "invoice_id");
  for (const id of new Set([...had.keys(), ...paid.keys()])) {
    lowerBalance(id, (paid.get(id) ?? 0) - (had.get(id) ?? 0), { ledger, now });
  }
}

/** Payments have returned what a refund takes out of them, and no longer what it took before. */
function bookRefund(before: Row, after: Row, books: Books): void {
  const taken = partsOf(after, "payment_id");
  const had = partsOf(before, "payment_id");
  for (const id of new Set([...had.keys(), ...taken.keys()])) {
    const payment = books.ledger.get("payments", id);
    if (payment === undefined) continue;
    const refunded = Number(payment["refunded_amount"] ?? 0) + (taken.get(id) ?? 0) - (had.get(id) ?? 0);
    const updated_at = stamp(books.now());
    bookPayment(payment, { ...payment, refunded_amount: refunded, updated_at }, books);
  }
}

/** Id of each record that a payment or refund is on → how much of it is. */
function partsOf(row: Row, on: "invoice_id" | "payment_id"): ReadonlyMap<string, number> {
  const parts = new Map<string, number>();
  if (row["status"] === "voided") return parts;
  for (const { [on]: id, amount } of rowsOf(row["allocations"])) {
    parts.set(String(id), (parts.get(String(id)) ?? 0) + Number(amount));
  }
  return parts;
}

function lowerBalance(id: string, amount: number, { ledger, now }: Pick<Books, "ledger" | "now">): void {
  const invoice = ledger.get("invoices", id);
  if (invoice === undefined || amount === 0) return;
  const balance = Number(invoice["balance"]) - amount;
  ledger.put("invoices", id, { ...invoice, balance, updated_at: stamp(now()) });
}

/** Bills the company that a customer turns out to be, by its number or by the PSA's id in its field. */
function billCustomer(customer: Row, books: Books): void {
  const psa = rowsOf(customer["fields"]).find(({ label }) => label === PSA_FIELD)?.["value"];
  const number = customer["customer_number"];
  const company = books.world.companies.find(
    (one) =>
      one.number === number || one.billing_number === number || one.ids.psa === psa || one.ids.psa === number,
  );
  if (company !== undefined) openAccount(company, String(customer["id"]), books);
}

function openAccount(company: Company, customer: string, books: Books): void {
  provision(company, customer, books);
  openBills(company, customer, books);
}

/** Services of the company at addresses of their own, once; whatever is done to them later stays. */
export function provision(company: Company, customer_id: string, { ledger, now }: Books): void {
  const updated_at = stamp(now());
  for (const [index, service] of servicesOf(company).entries()) {
    const id = `SVC-${company.ids.psa}-${index + 1}`;
    if (ledger.get("services", id) !== undefined) continue;
    const site = sitesOf(company).find((one) => one.id === service.site);
    if (site === undefined) throw new Error(`${company.number} has no site ${service.site}`);
    const location_id = `LOC-${site.id}`;
    if (ledger.get("locations", location_id) === undefined) {
      const place = { name: site.name, ...addressColumns(site.address), phone: null };
      const row = { id: location_id, updated_at, customer_id, ...place, status: "active" };
      ledger.put("locations", location_id, { ...row, roles: [{ role: "service" }] });
    }
    const { kind, number, circuit_id, carrier, rate_plan: rate_plan_code, activation_date } = service;
    ledger.put("services", id, {
      ...{ id, updated_at, kind, customer_id, location_id, number, circuit_id, carrier, rate_plan_code },
      ...{ description: null, status: "active", activation_date, provenance: "manual" },
    });
  }
}

function openBills(company: Company, customer: string, books: Books): void {
  const { ledger, world } = books;
  for (const invoice of world.invoices) {
    if (invoice.company !== company.number || ledger.get("invoices", invoice.id) !== undefined) continue;
    issueInvoice(invoice, customer, books);
  }
  for (const credit of world.credits ?? []) {
    if (credit.company !== company.number || ledger.get("credit_notes", credit.id) !== undefined) continue;
    issueCredit(credit, customer, books);
  }
}

/** One bill of a customer. */
export function issueInvoice(invoice: WorldInvoice, customer: string, { ledger, world, now }: Books): void {
  const currency = ledger.get("customers", customer)?.["currency"] ?? world.currency;
  ledger.put("invoices", invoice.id, { ...invoiceOf(invoice, customer, world, now()), currency });
}

/** One credit note of a customer, and what it is used for; the invoices are there. */
export function issueCredit(credit: WorldCredit, customer: string, books: Books): void {
  for (const { invoice, amount } of credit.applications) lowerBalance(idOf(invoice, books), amount, books);
  books.ledger.put("credit_notes", credit.id, creditOf(credit, customer, books));
}

function idOf(number: string, { ledger }: Books): string {
  return String(ledger.all("invoices").find((invoice) => invoice["number"] === number)?.["id"] ?? "");
}

function creditOf(credit: WorldCredit, customer_id: string, books: Books): Row {
  const { world, now } = books;
  const currency = books.ledger.get("customers", customer_id)?.["currency"] ?? world.currency;
  const { id, number, date, invoice, total } = credit;
  const updated_at = stamp(now());
  const applications = credit.applications.map(({ invoice: applied, amount }) => {
    const invoice_id = idOf(applied, books);
    const own = { id: `${id}:${invoice_id}`, updated_at, status: "posted", customer_id, invoice_id, amount };
    return { ...own, currency, application_date: date };
  });
  return {
    id,
    updated_at,
    number,
    status: "issued",
    customer_id,
    invoice_id: invoice === null ? null : idOf(invoice, books),
    credit_note_date: date,
    currency,
    ...amountsOf(credit),
    refunded_amount: 0,
    unapplied_amount: total - sum(applications),
    applications,
  };
}

/** Lines and taxes as rows, and their sums; throws where they are not the total. */
function amountsOf({ id, total, ...document }: Pick<WorldInvoice, "id" | "total" | "lines" | "taxes">): Row {
  const lines = document.lines.map((line, index) => ({ line_number: index + 1, ...line }));
  const taxes = document.taxes.map(({ charge_type: tax_code, ...tax }) => ({ ...tax, tax_code }));
  const subtotal = sum(lines);
  const tax_total = sum(taxes);
  if (subtotal + tax_total !== total) throw new Error(`${id}: lines and taxes are not its total`);
  return { subtotal, tax_total, total, lines, taxes };
}

function customerOf(company: Company, id: string, world: World, now: number): Row {
  const place = world.terms.findIndex(({ key }) => key === company.terms);
  return {
    ...EMPTY["customers"],
    id,
    updated_at: stamp(now),
    customer_number: company.billing_number ?? company.number,
    name: company.name,
    customer_type: "business",
    status: company.active ? "active" : "inactive",
    parent_id: null,
    ...addressColumns(company.address),
    phone: company.phone,
    payment_terms_id: place < 0 ? null : String(FIRST_TERM + place),
    currency: company.currency ?? world.currency,
    account_number: company.billing_number ?? company.number,
    emails: [{ email: company.billing_email }],
    fields: [{ label: PSA_FIELD, value: company.psa_id_known_in_billing ? company.ids.psa : null }],
    contracts: [],
  };
}

function addressColumns({ lines, city, region, postal_code, country }: WorldAddress): Row {
  const columns = [1, 2, 3, 4, 5].map((n) => [`address_line${n}`, lines[n - 1] ?? null] as const);
  return { ...Object.fromEntries(columns), city, region, postal_code, country };
}

function invoiceOf(invoice: WorldInvoice, customer_id: string, { currency }: World, now: number): Row {
  const { id, number, invoice_date, due_date, period, total } = invoice;
  const { lines, ...amounts } = amountsOf(invoice);
  const dated = { period_from: period.from, period_to: period.to };
  return {
    id,
    updated_at: stamp(now),
    number,
    invoice_type: "telecom",
    status: "issued",
    customer_id,
    invoice_date,
    due_date,
    period_from: period.from,
    period_to: period.to,
    currency,
    ...amounts,
    balance: total,
    lines: rowsOf(lines).map((line) => ({ ...line, ...dated })),
  };
}

function sum(rows: readonly { readonly amount: number }[]): number {
  return rows.reduce((total, { amount }) => total + amount, 0);
}

function stamp(ms: number): string {
  return new Date(ms).toISOString();
}
