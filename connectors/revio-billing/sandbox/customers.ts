import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject } from "../../../engine/core/json.ts";
import { type Books, newId, rowsOf } from "./books.ts";
import { customFields, names, psaCompanyLabel } from "./names.ts";
import { addressFields } from "./shapes.ts";

/** What is peculiar to customers: addresses inside them, and custom fields at places of their own. */

/** Where new address ids begin, inside customers and beside them. */
export const firstAddressId = 5001;

export const customerAddresses = [
  names.customer.serviceAddress,
  names.customer.billingAddress,
  names.customer.listingAddress,
] as const;

/** The customer as kept: its addresses have ids, and a new one's custom fields their order. */
export function completeCustomer(row: Row, old: Row | undefined, books: Books): Row {
  const complete: Row = { ...row };
  for (const name of customerAddresses) {
    const address = row[name];
    if (!isObject(address) || address["address_id"] !== 0 || isBlank(address)) continue;
    // Whether such an address is listed under /Addresses too is not documented; here it is only part of its customer.
    complete[name] = { ...address, address_id: newId("addresses", firstAddressId, books) };
  }
  if (old === undefined) complete["fields"] = ordered(row);
  return complete;
}

/** True for an address in which nothing was said. */
export function isBlank(address: Row): boolean {
  return Object.keys(addressFields).every((name) => (address[name] ?? "") === "");
}

/** The company id of the PSA that a customer's custom field holds; "" when it holds none. */
export function psaCompanyOf(customer: Row): string {
  const field = rowsOf(customer["fields"]).find((item) => item["label"] === psaCompanyLabel);
  return typeof field?.["value"] === "string" ? field["value"] : "";
}

/**
 * Custom fields in an order that differs from customer to customer. The vendor says that a patch counts positions in
 * the list as it was just read; a client that remembers one customer's positions for another shall not get away.
 */
function ordered(customer: Row): readonly Row[] {
  const fields = rowsOf(customer["fields"]);
  const turn = Number(customer["customer_id"]) % customFields.length;
  return [...fields.slice(turn), ...fields.slice(0, turn)];
}
