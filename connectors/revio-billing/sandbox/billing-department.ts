import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { Company, World, WorldInvoice } from "../../../engine/connector/sandbox/world.ts";
import { type Books, midnight, money, newId, textOf, timestamp } from "./books.ts";
import { productId, productTypeId } from "./catalog.ts";
import { emptyRow } from "./check.ts";
import { psaCompanyOf } from "./customers.ts";
import { billStatuses, names } from "./names.ts";
import { provision } from "./provisioning.ts";
import { shapes } from "./shapes.ts";

/**
 * The people in billing: they bill a company as soon as it is a customer here. A company is known by the account
 * number or by the PSA's company id in its custom field. A bill appears once, whatever is done to customers later.
 */

/** Where new charge ids begin. */
export const firstChargeId = 100_001;

interface Companies {
  readonly byKey: Map<string, Company>;
  readonly invoices: Map<string, WorldInvoice[]>;
}
const indexed = new WeakMap<World, Companies>();

/** Bills and charges of the company that a stored customer turns out to be; none when it is nobody's. */
export function openBills(customer: Row, books: Books): void {
  const { byKey } = companiesOf(books.world);
  const company = byKey.get(textOf(customer["account_number"])) ?? byKey.get(psaCompanyOf(customer));
  if (company !== undefined) openBillsOf(company, customer, books);
}

/** Services and bills of a company whose customer is known from the start. */
export function openBillsOf(company: Company, customer: Row, books: Books): void {
  provision(company, customer, books);
  const { invoices } = companiesOf(books.world);
  for (const invoice of invoices.get(company.number) ?? []) openBill(invoice, customer, books);
}

function companiesOf(world: World): Companies {
  const known = indexed.get(world);
  if (known !== undefined) return known;
  const byKey = new Map<string, Company>();
  for (const company of world.companies) {
    for (const key of [company.number, company.ids.psa, company.billing_number ?? ""]) {
      if (key !== "" && !byKey.has(key)) byKey.set(key, company);
    }
  }
  const invoices = new Map<string, WorldInvoice[]>();
  for (const invoice of world.invoices) {
    const list = invoices.get(invoice.company);
    if (list === undefined) invoices.set(invoice.company, [invoice]);
    else list.push(invoice);
  }
  const companies = { byKey, invoices };
  indexed.set(world, companies);
  return companies;
}

/** The number in an invoice's id, such as 70010 in BILL-70010. Throws when it has none: the world is broken then. */
function billId(invoice: WorldInvoice): number {
  const id = Number(invoice.id.replace(/\D/g, ""));
  if (!Number.isSafeInteger(id) || id <= 0) throw new Error(`invoice ${invoice.id} has no number in its id`);
  return id;
}

/** One bill with its charges; a bill that is there already stays as it is. */
export function openBill(invoice: WorldInvoice, customer: Row, books: Books): void {
  const bill_id = billId(invoice);
  if (books.ledger.get("bills", String(bill_id)) !== undefined) return;
  const stamp = timestamp(books.now());
  const chargeIds = invoice.lines.map((_line, index) => {
    const charge_id = newId("charges", firstChargeId, books);
    const charge = chargeRow(invoice, index, books);
    books.ledger.put("charges", String(charge_id), {
      ...charge,
      charge_id,
      bill_id,
      customer_id: customer["customer_id"] ?? 0,
      [names.stamps.updated]: stamp,
    });
    return charge_id;
  });
  books.ledger.put("bills", String(bill_id), {
    ...billRow(invoice, chargeIds, books),
    bill_id,
    customer_id: customer["customer_id"] ?? 0,
    [names.stamps.updated]: stamp,
  });
}

function chargeRow(invoice: WorldInvoice, index: number, books: Books): Row {
  const line = invoice.lines[index];
  if (line === undefined) throw new Error(`invoice ${invoice.id} has no line ${index + 1}`);
  const taxes = invoice.taxes.filter((tax) => tax.line_number === index + 1);
  return {
    ...emptyRow(shapes.charge),
    product_id: productId(line.charge_type, books.world),
    product_type_id: productTypeId(line.charge_type, books.world),
    description: line.description,
    quantity: Number(line.quantity),
    // Usage is rated call by call and has no rate that ties: zero, as for everything this vendor does not know.
    rate: line.unit_amount_decimal === null ? 0 : Number(line.unit_amount_decimal),
    amount: money(line.amount, books),
    product_amount: money(line.amount, books),
    tax_amount: money(sum(taxes.map((tax) => tax.amount)), books),
    start_date: midnight(invoice.period.from),
    end_date: midnight(invoice.period.to),
    created_by: "billing",
    [names.stamps.created]: midnight(invoice.invoice_date),
  };
}

function billRow(invoice: WorldInvoice, chargeIds: readonly number[], books: Books): Row {
  const total = sum([...invoice.lines, ...invoice.taxes].map((row) => row.amount));
  if (total !== invoice.total) throw new Error(`invoice ${invoice.id}: lines and taxes are not its total`);
  return {
    [names.bill.number]: invoice.number,
    [names.bill.status]: billStatuses[0],
    [names.bill.created]: midnight(invoice.invoice_date),
    // A world without due dates stands for a tenant whose bills show none.
    [names.bill.due]: invoice.due_date === "" ? null : midnight(invoice.due_date),
    [names.bill.periodStart]: midnight(invoice.period.from),
    [names.bill.periodEnd]: midnight(invoice.period.to),
    [names.bill.total]: money(invoice.total, books),
    [names.bill.amountDue]: money(invoice.total, books),
    [names.bill.taxes]: invoice.taxes.map((tax) =>
      taxRow(tax, chargeIds[tax.line_number - 1], invoice, books),
    ),
  };
}

function taxRow(
  tax: WorldInvoice["taxes"][number],
  chargeId: number | undefined,
  invoice: WorldInvoice,
  books: Books,
): Row {
  if (chargeId === undefined) throw new Error(`invoice ${invoice.id}: a tax is levied on no line`);
  return {
    [names.tax.charge]: chargeId,
    [names.tax.code]: tax.charge_type,
    [names.tax.description]: tax.name,
    [names.tax.jurisdiction]: tax.jurisdiction,
    [names.tax.type]: tax.tax_type,
    [names.tax.rate]: tax.rate_decimal === null ? 0 : Number(tax.rate_decimal),
    [names.tax.amount]: money(tax.amount, books),
  };
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
