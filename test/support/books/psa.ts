import { isObject } from "../../../engine/core/json.ts";
import { type BookedCustomer, type Books, type Collection, rowsOf, textOf } from "../books.ts";

/** The companies of each PSA as plain books: they hold no money here, but the ids that were written back to them. */

type Values = ReturnType<typeof rowsOf>[number];

/** ConnectWise keeps values of custom fields by the field's id. */
export function readConnectWise(rows: Collection): Books {
  const captions = new Map(rows("userDefinedFields").map(({ id, caption }) => [id, textOf(caption)]));
  return companies(
    rows("companies").map((row) => ({
      id: textOf(row["id"]),
      name: textOf(row["name"]),
      number: textOf(row["identifier"]),
      fields: texts(rowsOf(row["customFields"]).map(({ id, value }) => [captions.get(id ?? null), value])),
    })),
  );
}

/** HaloPSA's custom fields have names that begin with CF. */
export function readHalo(rows: Collection): Books {
  return companies(
    rows("Client").map((row) => ({
      id: textOf(row["id"]),
      name: textOf(row["name"]),
      number: textOf(row["ref"]),
      fields: texts(
        rowsOf(row["customfields"]).map(({ name, value }) => [textOf(name).replace(/^CF/, ""), value]),
      ),
    })),
  );
}

/** Autotask's user-defined fields, by their names. */
export function readAutotask(rows: Collection): Books {
  return companies(
    rows("Companies").map((row) => ({
      id: textOf(row["id"]),
      name: textOf(row["companyName"]),
      number: textOf(row["companyNumber"]),
      fields: texts(objectEntries(row["userDefinedFields"])),
    })),
  );
}

/** Rev.io PSA's custom fields, by their names. */
export function readRevioPsa(rows: Collection): Books {
  return companies(
    rows("customers").map((row) => ({
      id: textOf(row["id"]),
      name: textOf(row["customerName"]),
      number: textOf(row["accountNumber"]),
      fields: texts(objectEntries(row["customFields"])),
    })),
  );
}

/** Dockside, which is made up, has labels. */
export function readDockside(rows: Collection): Books {
  return companies(
    rows("organisations").map((row) => ({
      id: textOf(row["ref"]),
      name: textOf(row["title"]),
      number: textOf(row["code"]),
      fields: texts(objectEntries(row["labels"])),
    })),
  );
}

function companies(customers: readonly Pick<BookedCustomer, "id" | "name" | "number" | "fields">[]): Books {
  return {
    customers: customers.map((customer) => ({ ...customer, active: true, due_days: null })),
    invoices: [],
    payments: [],
    gl_totals: {},
  };
}

function objectEntries(value: Values[string] | undefined): readonly (readonly [string, Values[string]])[] {
  return isObject(value) ? Object.entries(value) : [];
}

/** Only what has a name and a value. */
function texts(
  entries: readonly (readonly [string | undefined, Values[string] | undefined])[],
): BookedCustomer["fields"] {
  const held = entries.map(([name, value]) => [name ?? "", textOf(value)] as const);
  return Object.fromEntries(held.filter(([name, value]) => name !== "" && value !== ""));
}
