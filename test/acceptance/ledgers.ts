import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { atPath } from "../../engine/core/json.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { type BookedCustomer, rowsOf, textOf } from "../support/books.ts";
import type { Demo, DemoOptions } from "../support/demo.ts";
import { changeBooks } from "../support/edits.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";

/** The two ledgers with which requirements are accepted, and what stands in either, in no vendor's words. */

export const LEDGERS = ["quickbooks", "xero"] as const;
export type Ledger = (typeof LEDGERS)[number];

/** The small world's client with this ledger. */
export function openWith(
  t: TestContext,
  ledger: keyof (typeof SYSTEMS)["accounting"],
  options: Omit<DemoOptions, "world"> & { readonly world?: World } = {},
): Promise<Demo> {
  const { world, ...rest } = options;
  return openTinyDemo(t, world, {
    ...rest,
    systems: { accounting: SYSTEMS.accounting[ledger], ...rest.systems },
  });
}

export interface Card {
  readonly phone: string;
  readonly street: string;
  readonly email: string;
  readonly exempt: boolean;
  readonly active: boolean;
  readonly due_days: number | null;
}

/** The one customer of a name in a system's books. */
export function customerIn(demo: Demo, system: "billing" | "accounting", name: string): BookedCustomer {
  const [found, ...more] = demo.books(system).customers.filter((one) => one.name === name);
  assert.ok(found !== undefined && more.length === 0, `${more.length + 1} of ${name} in ${system}`);
  return found;
}

/** What accounting's customer card says. */
export function cardOf(demo: Demo, ledger: Ledger, name: string): Card {
  const { id, active, due_days } = customerIn(demo, "accounting", name);
  const shown = { active, due_days };
  if (ledger === "quickbooks") {
    const row = demo.sandboxes.accounting.ledger.get("Customer", id);
    return {
      ...shown,
      phone: textOf(atPath(row, "PrimaryPhone.FreeFormNumber")),
      street: textOf(atPath(row, "BillAddr.Line1")),
      email: textOf(atPath(row, "PrimaryEmailAddr.Address")),
      exempt: row?.["Taxable"] === false,
    };
  }
  const row = demo.sandboxes.accounting.ledger.get("Contacts", id);
  const phone = rowsOf(row?.["Phones"]).find(({ PhoneType }) => PhoneType === "DEFAULT");
  const address = rowsOf(row?.["Addresses"]).find(({ AddressType }) => AddressType === "POBOX");
  const digits = textOf(phone?.["PhoneNumber"]);
  return {
    ...shown,
    phone:
      digits === ""
        ? ""
        : `+${textOf(phone?.["PhoneCountryCode"])}${textOf(phone?.["PhoneAreaCode"])}${digits}`,
    street: textOf(address?.["AddressLine1"]),
    email: textOf(row?.["EmailAddress"]),
    exempt: row?.["AccountsReceivableTaxType"] === "NONE",
  };
}

/** A person changes phone and e-mail on accounting's customer card. */
export function editCard(
  demo: Demo,
  ledger: Ledger,
  name: string,
  { phone, email }: { readonly phone: string; readonly email: string },
): void {
  const { id } = customerIn(demo, "accounting", name);
  if (ledger === "quickbooks") {
    const fields = { PrimaryPhone: { FreeFormNumber: phone }, PrimaryEmailAddr: { Address: email } };
    changeBooks(demo, "Customer", id, fields);
    return;
  }
  const { ledger: books } = demo.sandboxes.accounting;
  const row: Row = books.get("Contacts", id) ?? {};
  const number = {
    PhoneType: "DEFAULT",
    PhoneCountryCode: "1",
    PhoneAreaCode: "",
    PhoneNumber: phone.slice(2),
  };
  books.put("Contacts", id, {
    ...row,
    Phones: [number],
    EmailAddress: email,
    UpdatedDateUTC: `/Date(${demo.clock.now()}+0000)/`,
  });
}

/** A second customer in accounting that nobody can tell from another one. */
export function addTwin(demo: Demo, ledger: Ledger, name: string): void {
  const { id } = customerIn(demo, "accounting", name);
  const books = demo.sandboxes.accounting.ledger;
  if (ledger === "quickbooks") {
    books.put("Customer", "7001", { ...books.get("Customer", id), Id: "7001", DisplayName: `${name} (2)` });
    return;
  }
  const twin = "0f7a1111-2222-4333-8444-555566667777";
  books.put("Contacts", twin, { ...books.get("Contacts", id), ContactID: twin, Name: name.toUpperCase() });
}
