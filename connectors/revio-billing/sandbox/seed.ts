import type { Ledger, Row } from "../../../engine/connector/sandbox/types.ts";
import type { Company, World } from "../../../engine/connector/sandbox/world.ts";
import { addressRow } from "./addresses.ts";
import { openBillsOf } from "./billing-department.ts";
import { type Books, midnight, timestamp } from "./books.ts";
import { billProfileId, catalogRows } from "./catalog.ts";
import { checkBody } from "./check.ts";
import { completeCustomer } from "./customers.ts";
import { names, psaCompanyLabel } from "./names.ts";
import { shapes } from "./shapes.ts";

/** Fills an empty ledger: catalogue, then the companies that billing has, with their bills. */
export function seed(ledger: Ledger, world: World, now: number): void {
  const books: Books = { ledger, world, now: () => now, rule: () => true };
  for (const [collection, id, row] of catalogRows(world)) ledger.put(collection, String(id), row);
  for (const company of world.companies) {
    if (company.ids.billing === undefined) continue;
    const customer = customerRow(company, Number(company.ids.billing), books);
    ledger.put("customers", company.ids.billing, customer);
    openBillsOf(company, customer, books);
  }
}

function customerRow(company: Company, customer_id: number, books: Books): Row {
  const starts = company.contracts.map((contract) => contract.start_date).sort();
  const said: Row = {
    account_number: company.billing_number ?? company.number,
    bill_profile_id: billProfileId(company.terms, books.world),
    class: "BUSINESS",
    status: company.active ? "OPEN" : "CLOSED",
    email: company.billing_email,
    bill_method: "EMAIL_ONLY",
    language: "en",
    [names.customer.billingAddress]: addressRow(company.name, company.address),
    [names.customer.serviceAddress]: addressRow(company.name, company.address),
    [names.customer.activated]: starts[0] === undefined ? null : midnight(starts[0]),
    fields: [{ label: psaCompanyLabel, value: company.psa_id_known_in_billing ? company.ids.psa : "" }],
  };
  const { row, messages } = checkBody(shapes.customer, said, undefined, books);
  if (messages.length > 0) throw new Error(`company ${company.number}: ${messages.join(" ")}`);
  const stamp = timestamp(books.now());
  const stamped = { ...row, customer_id, [names.stamps.created]: stamp, [names.stamps.updated]: stamp };
  return completeCustomer(stamped, undefined, books);
}
