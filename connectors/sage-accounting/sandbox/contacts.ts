import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { type Books, hexId, newId, reference, refId, rowOf, stamped, textOf } from "./books.ts";
import { checkText, collect, invalid, notFound, type Problems } from "./problems.ts";

/** Contacts: customers and vendors. Their names need not be unique, their references must be. */

const TERMS = [
  "month_end_invoice",
  "date_from_invoice",
  "immediate_invoice",
  "month_end_payment",
  "date_from_payment",
  "immediate_payment",
];
const TEXTS = ["name", "reference", "tax_number", "notes", "credit_terms", "source_guid"] as const;
const ADDRESS = ["address_line_1", "address_line_2", "city", "region", "postal_code"] as const;
const PERSON = ["name", "email", "telephone", "mobile"] as const;

/** Creates a contact, or changes one: what is not sent stays. */
export function storeContact(body: Row, old: Row | undefined, books: Books): Row | Problems {
  const problems = collect(checkContact(body, old), checkReference(body, old, books), checkIds(body, books));
  if (problems !== undefined) return problems;
  const id = textOf(old?.["id"]) || newId(books);
  const texts = TEXTS.filter((field) => body[field] !== undefined);
  const row: Row = {
    ...reference("contacts", id, ""),
    deleted_at: null,
    ...old,
    ...Object.fromEntries(texts.map((field) => [field, body[field] ?? null])),
    ...(body["credit_days"] === undefined ? {} : { credit_days: body["credit_days"] ?? null }),
    ...stamped(old, books),
    contact_types: Array.isArray(body["contact_type_ids"])
      ? body["contact_type_ids"].map((type) =>
          reference("contact_types", textOf(type), titleOf(textOf(type))),
        )
      : (old?.["contact_types"] ?? []),
    default_sales_tax_rate: chosen("default_sales_tax_rate", "tax_rates", body, old, books),
    currency: old?.["currency"] ?? reference("currencies", books.world.currency, books.world.currency),
    main_address: addressOf(id, body, old),
    main_contact_person: personOf(id, body, old),
    is_active: old?.["is_active"] ?? true,
    system: false,
    deletable: true,
  };
  const shown = [textOf(row["name"]), textOf(row["reference"])].filter((text) => text !== "");
  const named = { ...row, displayed_as: shown.length > 1 ? `${shown[0]} (${shown[1]})` : (shown[0] ?? "") };
  books.ledger.put("contacts", id, named);
  return named;
}

function checkContact(body: Row, old: Row | undefined): readonly Row[] {
  const isNew = old === undefined;
  const types = body["contact_type_ids"];
  const hasTypes = Array.isArray(types) && types.every((type) => type === "CUSTOMER" || type === "VENDOR");
  const terms = body["credit_terms"] ?? null;
  const days = body["credit_days"] ?? null;
  const isWhole = Number.isInteger(days) && Number(days) >= 0 && Number(days) <= 365;
  return [
    ...checkText(body, "name", 100, isNew || body["name"] !== undefined),
    ...checkText(body, "reference", 10),
    ...checkText(body, "notes", 4000),
    ...((isNew || types !== undefined) && (!hasTypes || types.length === 0)
      ? [invalid("contact_type_ids", "This field is required.")]
      : []),
    ...(terms !== null && !TERMS.includes(textOf(terms))
      ? [invalid("credit_terms", "This is not a valid value.")]
      : []),
    ...(days !== null && !isWhole ? [invalid("credit_days", "This must be between 0 and 365.")] : []),
    ...["address_line_1", "address_line_2", "city", "region"].flatMap((field) =>
      checkText(rowOf(body["main_address"]), field, 50),
    ),
    ...checkText(rowOf(body["main_address"]), "postal_code", 10),
  ];
}

function checkReference(body: Row, old: Row | undefined, books: Books): readonly Row[] {
  const wanted = textOf(body["reference"]);
  const isTaken = books.ledger
    .all("contacts")
    .some((row) => row["reference"] === wanted && row["id"] !== old?.["id"]);
  return wanted !== "" && isTaken && books.rule("contact_reference")
    ? [invalid("reference", "Reference has already been taken.")]
    : [];
}

function checkIds(body: Row, { ledger, world }: Books): readonly Row[] {
  const rate = textOf(body["default_sales_tax_rate_id"]);
  const currency = textOf(body["currency_id"]);
  return [
    ...(rate !== "" && ledger.get("tax_rates", rate) === undefined ? [notFound()] : []),
    ...(currency !== "" && currency !== world.currency
      ? [invalid("currency_id", "This currency is not enabled.")]
      : []),
  ];
}

function chosen(field: string, path: string, body: Row, old: Row | undefined, { ledger }: Books): Row | null {
  const sent = body[`${field}_id`];
  if (sent === undefined)
    return old?.[field] === undefined ? null : refId(old[field]) === "" ? null : rowOf(old[field]);
  const id = textOf(sent);
  return id === "" ? null : reference(path, id, textOf(ledger.get(path, id)?.["name"]));
}

function addressOf(contact: string, body: Row, old: Row | undefined): Row {
  const sent = rowOf(body["main_address"]);
  const before = rowOf(old?.["main_address"]);
  const id = hexId(`address:${contact}`);
  const country = textOf(sent["country_id"]);
  return {
    ...reference("addresses", id, "Main address"),
    name: "Main address",
    ...Object.fromEntries(ADDRESS.map((field) => [field, sent[field] ?? before[field] ?? null])),
    country: country === "" ? (before["country"] ?? null) : reference("countries", country, country),
    is_main_address: true,
  };
}

function personOf(contact: string, body: Row, old: Row | undefined): Row {
  const sent = rowOf(body["main_contact_person"]);
  const before = rowOf(old?.["main_contact_person"]);
  const fields = PERSON.map((field) => [field, sent[field] ?? before[field] ?? null] as const);
  const id = hexId(`person:${contact}`);
  return {
    ...reference("contact_persons", id, "Main contact"),
    ...Object.fromEntries(fields),
    is_main_contact: true,
  };
}

function titleOf(type: string): string {
  return type === "CUSTOMER" ? "Customer" : "Vendor";
}
