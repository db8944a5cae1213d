import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { atPath, isObject, type Json } from "../../../engine/core/json.ts";
import { timesRoundHalfUp } from "../../../engine/core/money.ts";
import { type Books, findRow, midnight, money, timestamp } from "./books.ts";
import { customerAddresses, isBlank } from "./customers.ts";
import { names } from "./names.ts";

/**
 * What a row must be beside the others, and what the vendor fills in. That references must exist is not documented;
 * the sandbox is strict, so that a client which sends the wrong system's id is found out.
 */

/** A customer's profile and parent exist, and its addresses name whom the class demands. */
export function checkCustomer(row: Row, _old: Row | undefined, books: Books): readonly string[] {
  const messages = [
    ...missingReference(row, "bill_profile_id", "bill_profiles", books),
    ...missingReference(row, names.customer.parent, "customers", books),
  ];
  for (const name of customerAddresses) {
    const address = row[name];
    if (!isObject(address) || isBlank(address)) continue;
    const named = row["class"] === "RESIDENTIAL" ? hasPerson(address) : hasCompany(address);
    const wanted = row["class"] === "RESIDENTIAL" ? "first_name and last_name" : "company_name";
    if (!named) messages.push(`The ${name} needs ${wanted} for this class.`);
  }
  return messages;
}

/** Contacts belong to a customer that exists. */
export function checkOwner(row: Row, _old: Row | undefined, books: Books): readonly string[] {
  return missingReference(row, "customer_id", "customers", books);
}

/** An address names a company or a person; its customer may be left out. */
export function checkAddress(row: Row, _old: Row | undefined, books: Books): readonly string[] {
  const messages = missingReference(row, "customer_id", "customers", books);
  const named = hasCompany(row) || hasPerson(row);
  return named ? messages : [...messages, "An address needs company_name, or first_name and last_name."];
}

/** A service's customer and addresses exist, and a changed date agrees with all its products. */
export function checkService(row: Row, old: Row | undefined, books: Books): readonly string[] {
  const messages = [
    ...missingReference(row, "customer_id", "customers", books),
    ...missingAddress(row, "address_id", books),
    ...missingAddress(row, "addressz_id", books),
  ];
  if (old === undefined || !books.rule("service_dates")) return messages;
  const products = books.ledger
    .all("service_products")
    .filter((item) => item["service_id"] === row["service_id"]);
  for (const [date, productDate] of [
    ["activated_date", "activated_date"],
    ["disconnected_date", "canceled_date"],
  ] as const) {
    if (row[date] === old[date]) continue;
    if (products.some((item) => item[productDate] !== row[date])) {
      messages.push(`The ${date} field must match the ${productDate} of all service products.`);
    }
  }
  return messages;
}

/**
 * A service product's references exist; its status is not set to disconnected, nor changed beside its price. The sheet
 * says so of PUT; that PATCH is no way round it is assumed.
 */
export function checkServiceProduct(row: Row, old: Row | undefined, books: Books): readonly string[] {
  const messages = [
    ...missingReference(row, "service_id", "services", books),
    ...missingReference(row, "product_id", "products", books),
    ...missingReference(row, "customer_id", "customers", books),
  ];
  if (old === undefined || row["status"] === old["status"]) return messages;
  if (row["status"] === "DISCONNECTED") messages.push("The status field cannot be set to DISCONNECTED.");
  if (row["rate"] !== old["rate"] || row["quantity"] !== old["quantity"]) {
    messages.push("The rate and quantity fields cannot be changed together with status.");
  }
  return messages;
}

/** A service product belongs to its service's customer. */
export function completeServiceProduct(row: Row, _old: Row | undefined, books: Books): Row {
  const service = findRow("services", row["service_id"], books);
  return row["customer_id"] === 0 ? { ...row, customer_id: service?.["customer_id"] ?? 0 } : row;
}

/** A product's type exists. */
export function checkProduct(row: Row, _old: Row | undefined, books: Books): readonly string[] {
  return missingReference(row, "product_type_id", "product_types", books);
}

/** A charge's references exist. */
export function checkCharge(row: Row, _old: Row | undefined, books: Books): readonly string[] {
  return [
    ...missingReference(row, "customer_id", "customers", books),
    ...missingReference(row, "service_id", "services", books),
    ...missingReference(row, "service_product_id", "service_products", books),
    ...missingReference(row, "product_id", "products", books),
    ...missingReference(row, "product_type_id", "product_types", books),
  ];
}

/** A charge without an amount gets quantity × rate, and with a product its type. */
export function completeCharge(row: Row, _old: Row | undefined, books: Books): Row {
  const product = findRow("products", row["product_id"], books);
  const computed = timesRoundHalfUp(Number(row["quantity"]), Number(row["rate"]), books.world.currency) ?? 0;
  const amount = row["amount"] === 0 ? money(computed, books) : (row["amount"] ?? 0);
  return {
    ...row,
    amount,
    product_amount: row["product_amount"] === 0 ? amount : (row["product_amount"] ?? 0),
    product_type_id:
      row["product_type_id"] === 0 ? (product?.["product_type_id"] ?? 0) : (row["product_type_id"] ?? 0),
  };
}

/** The row with today's date in a field that was left out. */
export function dated(row: Row, field: string, books: Books): Row {
  const today = midnight(timestamp(books.now()).slice(0, 10));
  return row[field] === null ? { ...row, [field]: today } : row;
}

function missingReference(row: Row, field: string, collection: string, books: Books): string[] {
  const id: Json | undefined = row[field];
  if (id === 0 || id === undefined || !books.rule("references")) return [];
  return findRow(collection, id, books) === undefined
    ? [`The ${field} field names nothing that exists.`]
    : [];
}

/** A service may stand at an address of its own or at one inside its customer. */
function missingAddress(row: Row, field: string, books: Books): string[] {
  const customer = findRow("customers", row["customer_id"], books) ?? {};
  const inside = customerAddresses.some((name) => atPath(customer, `${name}.address_id`) === row[field]);
  return inside ? [] : missingReference(row, field, "addresses", books);
}

function hasCompany(address: Row): boolean {
  return address["company_name"] !== "";
}

function hasPerson(address: Row): boolean {
  return address["first_name"] !== "" && address["last_name"] !== "";
}
