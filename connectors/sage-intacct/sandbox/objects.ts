import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { type Books, CUSTOMER, INVOICE, LINE, PAYMENT, textOf } from "./books.ts";
import { createCustomer, updateCustomer } from "./customers.ts";
import { Refusal } from "./errors.ts";
import { createInvoice, updateInvoice } from "./invoices.ts";
import { createPayment } from "./payments.ts";
import { recordsOf } from "./query.ts";
import { findType, type ObjectType } from "./shapes.ts";

/** Reading and writing one object by its key. */

export function typeOf(name: string): ObjectType {
  const type = findType(name);
  if (type !== undefined) return type;
  throw new Refusal("path", `${name} is not an object`);
}

/** The record as GET shows it: nested, with every list. */
export function readObject(name: string, key: string, books: Books): Row {
  const type = typeOf(name);
  const row =
    name === LINE ? recordsOf(type, books).find((line) => line["key"] === key) : books.ledger.get(name, key);
  if (row !== undefined) return { ...row, href: `/objects/${name}/${key}` };
  throw new Refusal("notFound", `There is no ${name} with the key ${key}`);
}

/** POST: {key, id, href}. */
export function createObject(name: string, body: Row, books: Books): Row {
  const type = typeOf(name);
  switch (name) {
    case CUSTOMER:
      return createCustomer(body, type, books);
    case INVOICE:
      return createInvoice(body, type, books);
    case PAYMENT:
      return createPayment(body, type, books);
    default:
      throw new Refusal("path", `${name} is not created here`);
  }
}

/** PATCH: {key, id, href}. */
export function updateObject(name: string, key: string, body: Row, books: Books): Row {
  const type = typeOf(name);
  const old = books.ledger.get(name, key);
  if (old === undefined) throw new Refusal("notFound", `There is no ${name} with the key ${key}`);
  if (name === CUSTOMER) return updateCustomer(old, body, type, books);
  if (name === INVOICE) return updateInvoice(old, body, type, books);
  throw new Refusal("path", `${name} is not changed here`);
}

/** DELETE: of invoices and payments only drafts; of customers those that nothing was booked on. */
export function deleteObject(name: string, key: string, books: Books): void {
  const row = readObject(name, key, books);
  if (!typeOf(name).writable) throw new Refusal("path", `${name} is not deleted here`);
  const isBooked = (object: string): boolean =>
    books.ledger
      .all(object)
      .some(({ customer }) => JSON.stringify(customer ?? null).includes(`"key":"${key}"`));
  const isInUse =
    name === CUSTOMER ? isBooked(INVOICE) || isBooked(PAYMENT) : textOf(row["state"]) !== "draft";
  if (isInUse) throw new Refusal("business", "Only a draft can be deleted. Reverse it instead");
  books.ledger.remove(name, key);
}
