import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject } from "../../../engine/core/json.ts";
import { type Books, CUSTOMER, groupOf, newKey, save, textOf } from "./books.ts";
import { checkRequired, readBody } from "./check.ts";
import { Refusal } from "./errors.ts";
import { contact as names } from "./names.ts";
import type { ObjectType } from "./shapes.ts";

/** Customers: their id is theirs for good and given once; address and e-mail are those of their default contact. */

export function createCustomer(body: Row, type: ObjectType, books: Books): Row {
  const sent = readBody(body, type, books);
  checkRequired(sent, type, books);
  const id = textOf(sent["id"]);
  const taken = books.ledger
    .all(CUSTOMER)
    .some((row) => textOf(row["id"]).toLowerCase() === id.toLowerCase());
  if (taken && books.rule("unique_id"))
    throw new Refusal("duplicate", `Another customer with the ID ${id} already exists`);
  const row = { status: "active", currency: books.world.currency, ...sent, key: newKey(books) };
  return save(CUSTOMER, withContact(row), books);
}

export function updateCustomer(old: Row, body: Row, type: ObjectType, books: Books): Row {
  const sent = readBody(body, type, books);
  if (sent["id"] !== undefined && sent["id"] !== old["id"]) {
    throw new Refusal("business", "The ID of a customer cannot be changed");
  }
  const row: Row = { ...old, ...sent, contacts: merged(groupOf(old["contacts"]), groupOf(sent["contacts"])) };
  checkRequired(row, type, books);
  return save(CUSTOMER, withContact(row), books);
}

/** A customer has a default contact, called after it. */
export function withContact(row: Row): Row {
  const contacts = groupOf(row["contacts"]);
  const own = groupOf(contacts["default"]);
  const name = textOf(row["name"]);
  const id = textOf(own["id"]) || `${name}(${textOf(row["id"])})`;
  return { ...row, contacts: { ...contacts, default: { [names.printAs]: name, ...own, id } } };
}

/** Groups are changed field by field, at every level (assumed: the sheet says "only sent fields"). */
function merged(old: Row, sent: Row): Row {
  const result: Row = { ...old };
  for (const [name, value] of Object.entries(sent)) {
    const before = old[name];
    result[name] = isObject(value) && isObject(before) ? merged({ ...before }, { ...value }) : value;
  }
  return result;
}
