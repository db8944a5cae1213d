import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import { type Books, isUuid, newId, rowOf, rowsOf, textOf } from "./books.ts";
import { updatedNow } from "./dates.ts";
import { Refusal } from "./refusal.ts";

/** Contacts: customers and suppliers, unique by name as long as they are active. */

const LENGTHS: { readonly [field: string]: number } = {
  Name: 255,
  FirstName: 255,
  LastName: 255,
  EmailAddress: 255,
  ContactNumber: 50,
  AccountNumber: 50,
  CompanyNumber: 50,
  TaxNumber: 50,
  AccountsReceivableTaxType: 50,
  SalesDefaultAccountCode: 50,
};
const ADDRESS_LENGTHS: { readonly [field: string]: number } = {
  AddressLine1: 500,
  AddressLine2: 500,
  AddressLine3: 500,
  AddressLine4: 500,
  City: 255,
  Region: 255,
  PostalCode: 50,
  Country: 50,
  AttentionTo: 255,
};
const PHONE_LENGTHS: { readonly [field: string]: number } = {
  PhoneNumber: 50,
  PhoneAreaCode: 10,
  PhoneCountryCode: 20,
};
const TERM_TYPES = ["DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH"];

/** Creates a contact, or changes the one that the element names; `isCreate`: PUT, which never changes one. */
export function storeContact(element: Row, isCreate: boolean, books: Books): Row | Refusal {
  const found = isCreate ? undefined : findContact(element, books);
  if (found instanceof Refusal) return found;
  const problems = [...checkContact(element), ...checkName(element, found, isCreate, books)];
  if (problems.length > 0) return new Refusal(...problems);
  const id = textOf(found?.["ContactID"]) || newId(books);
  const row = merged(found ?? emptyContact(id), element, books);
  books.ledger.put("Contacts", id, row);
  return row;
}

/** The contact of a document: by its id, number or name; a name that nobody has makes a new contact. */
export function contactOf(reference: Row, books: Books): Row | Refusal {
  const found = findContact(reference, books);
  if (found instanceof Refusal) return found;
  if (found === undefined) {
    return textOf(reference["Name"]) === ""
      ? new Refusal("A Contact must be specified for this type of transaction")
      : storeContact(reference, true, books);
  }
  if (found["ContactStatus"] !== "ACTIVE") return new Refusal("The Contact is archived and cannot be used.");
  const name = textOf(reference["Name"]);
  // An id with another name renames the contact, without a word about it.
  return name === "" || name === found["Name"]
    ? found
    : storeContact({ ContactID: found["ContactID"] ?? "", Name: name }, false, books);
}

/** The contact as documents show it. */
export function contactReference(contact: Row): Row {
  return {
    ContactID: textOf(contact["ContactID"]),
    ContactNumber: textOf(contact["ContactNumber"]),
    Name: textOf(contact["Name"]),
    Addresses: [],
    Phones: [],
    ContactGroups: [],
    ContactPersons: [],
    HasValidationErrors: false,
  };
}

function findContact(element: Row, { ledger }: Books): Row | undefined | Refusal {
  const id = textOf(element["ContactID"]);
  if (id !== "") {
    const row = isUuid(id) ? ledger.get("Contacts", id.toLowerCase()) : undefined;
    return row ?? new Refusal("The contact with ContactID could not be found");
  }
  const number = textOf(element["ContactNumber"]);
  const name = sameName(element["Name"]);
  const all = ledger.all("Contacts");
  return (
    (number === "" ? undefined : all.find((row) => row["ContactNumber"] === number)) ??
    (name === ""
      ? undefined
      : all.find((row) => row["ContactStatus"] === "ACTIVE" && sameName(row["Name"]) === name))
  );
}

function checkContact(element: Row): string[] {
  const email = textOf(element["EmailAddress"]);
  const terms = rowOf(rowOf(element["PaymentTerms"])["Sales"]);
  return [
    ...tooLong(element, LENGTHS),
    ...rowsOf(element["Addresses"]).flatMap((row) => tooLong(row, ADDRESS_LENGTHS)),
    ...rowsOf(element["Phones"]).flatMap((row) => tooLong(row, PHONE_LENGTHS)),
    ...(email !== "" && !/^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+\.[\x21-\x3f\x41-\x7e]+$/.test(email)
      ? [`Email address '${email}' is not valid.`]
      : []),
    ...(terms["Type"] !== undefined && !TERM_TYPES.includes(textOf(terms["Type"]))
      ? ["Payment terms type is not valid"]
      : []),
  ];
}

function checkName(element: Row, found: Row | undefined, isCreate: boolean, books: Books): string[] {
  const name = textOf(element["Name"]);
  if (found === undefined && name.trim() === "") return ["The contact name must be specified."];
  if (found === undefined && element["ContactStatus"] === "ARCHIVED")
    return ["A new contact cannot be archived."];
  const others = books.ledger.all("Contacts").filter((row) => row["ContactID"] !== found?.["ContactID"]);
  const number = textOf(element["ContactNumber"]);
  if (isCreate && number !== "" && others.some((row) => row["ContactNumber"] === number)) {
    return [`The contact number ${number} is already assigned to another contact.`];
  }
  const isTaken = others.some(
    (row) => row["ContactStatus"] === "ACTIVE" && sameName(row["Name"]) === sameName(name),
  );
  if (name === "" || !isTaken || !books.rule("contact_name")) return [];
  return [
    `The contact name ${name} is already assigned to another contact. The contact name must be unique across all active contacts.`,
  ];
}

// What is not sent stays; an address or phone replaces the one of its type; "" or null clears a text.
function merged(old: Row, element: Row, books: Books): Row {
  const texts = Object.keys(LENGTHS)
    .filter((field) => element[field] !== undefined)
    .map((field) => [field, textOf(element[field])] as const);
  const status = textOf(element["ContactStatus"]);
  return {
    ...old,
    ...Object.fromEntries(texts),
    ...(status === "" ? {} : { ContactStatus: status }),
    ...(element["PaymentTerms"] === undefined ? {} : { PaymentTerms: element["PaymentTerms"] ?? {} }),
    ...(element["DefaultCurrency"] === undefined
      ? {}
      : { DefaultCurrency: element["DefaultCurrency"] ?? "" }),
    Addresses: replaced(rowsOf(old["Addresses"]), rowsOf(element["Addresses"]), "AddressType"),
    Phones: replaced(rowsOf(old["Phones"]), rowsOf(element["Phones"]), "PhoneType"),
    ...updatedNow(books),
  };
}

function replaced(old: readonly Row[], sent: readonly Row[], type: string): Row[] {
  return old.map((row) => ({ ...row, ...sent.find((item) => item[type] === row[type]) }));
}

function emptyContact(id: string): Row {
  const address = { City: "", Region: "", PostalCode: "", Country: "" };
  const phone = { PhoneNumber: "", PhoneAreaCode: "", PhoneCountryCode: "" };
  return {
    ContactID: id,
    ContactStatus: "ACTIVE",
    Name: "",
    EmailAddress: "",
    BankAccountDetails: "",
    Addresses: ["STREET", "POBOX"].map((AddressType) => ({ AddressType, ...address })),
    Phones: ["DEFAULT", "DDI", "FAX", "MOBILE"].map((PhoneType) => ({ PhoneType, ...phone })),
    ContactGroups: [],
    ContactPersons: [],
    IsSupplier: false,
    IsCustomer: false,
    HasAttachments: false,
    HasValidationErrors: false,
  };
}

function tooLong(row: Row, lengths: { readonly [field: string]: number }): string[] {
  return Object.entries(lengths)
    .filter(([field, max]) => textOf(row[field]).length > max)
    .map(([field, max]) => `${field} must not be longer than ${max} characters`);
}

function sameName(value: Json | undefined): string {
  return textOf(value).trim().toLowerCase();
}
