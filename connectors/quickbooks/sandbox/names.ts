import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject } from "../../../engine/core/json.ts";
import { type Books, refId, textOf } from "./books.ts";
import { business, missing, Refusal } from "./refusal.ts";

/** Name lists: customers, vendors, employees, items, accounts, terms and the like. */

// One name may stand once over the three, inactive ones included.
const PEOPLE = ["Customer", "Vendor", "Employee"];
// Lists whose entries can stand below one another have a name with the whole path.
const TREES = ["Class", "Department"];
const NAME_PARTS = ["Title", "GivenName", "MiddleName", "FamilyName", "Suffix"];
const PRINTED_NAME_MAX = 100;

const CLASSIFICATIONS: { readonly [type: string]: string } = {
  Income: "Revenue",
  "Other Income": "Revenue",
  Expense: "Expense",
  "Other Expense": "Expense",
  "Cost of Goods Sold": "Expense",
  Equity: "Equity",
  "Accounts Payable": "Liability",
  "Credit Card": "Liability",
  "Other Current Liability": "Liability",
  "Long Term Liability": "Liability",
};

/** The record as it is stored, with what the vendor computes; or why it is refused. `id` is its own, "" for a new one. */
export function buildNamed(entity: string, row: Row, id: string, books: Books): Row | Refusal {
  const built = PEOPLE.includes(entity) ? buildPerson(entity, row) : buildEntry(entity, row, books);
  if (built instanceof Refusal) return built;
  const isTaken = books.rule("display_name") && hasOwner(entity, nameOf(entity, built), id, books);
  return isTaken ? duplicateName() : built;
}

// The name under which a record is unique: DisplayName of a person or company, Name of the rest.
function nameOf(entity: string, row: Row): string {
  return textOf(row[PEOPLE.includes(entity) ? "DisplayName" : "Name"]);
}

// True when another record of the same name space has the name; case does not count (low confidence).
function hasOwner(entity: string, name: string, id: string, books: Books): boolean {
  const space = PEOPLE.includes(entity) ? PEOPLE : [entity];
  const wanted = name.toLowerCase();
  return space.some((list) =>
    books.ledger
      .all(list)
      .some((row) => nameOf(list, row).toLowerCase() === wanted && !(list === entity && row["Id"] === id)),
  );
}

function buildPerson(entity: string, row: Row): Row | Refusal {
  const parts = NAME_PARTS.map((part) => textOf(row[part])).filter((part) => part !== "");
  const name = textOf(row["DisplayName"]).trim() || parts.join(" ");
  if (name === "") {
    const detail = `${NAME_PARTS.join(", ")}, DisplayName - one of these must be non-empty`;
    return new Refusal("6080", "No Name Provided", detail);
  }
  // Text seen in public error reports; the code is of low confidence.
  if (/[:\t\r\n]/.test(name)) {
    return business(
      "Please enter a valid customer name. Names must have at least one character and cannot include tabs, newlines or ':'.",
    );
  }
  const email = isObject(row["PrimaryEmailAddr"]) ? textOf(row["PrimaryEmailAddr"]["Address"]) : "";
  if (email !== "" && !isEmail(email)) {
    const detail = "Email Address does not conform to the syntax rules of RFC 822.";
    return new Refusal("2210", "Invalid Email Address format", detail, "PrimaryEmailAddr");
  }
  const person = {
    PrintOnCheckName: name.slice(0, PRINTED_NAME_MAX),
    Active: true,
    Balance: 0,
    ...row,
    DisplayName: name,
    FullyQualifiedName: name,
  };
  return entity === "Customer"
    ? {
        Taxable: true,
        Job: false,
        BillWithParent: false,
        BalanceWithJobs: 0,
        PreferredDeliveryMethod: "None",
        ...person,
      }
    : person;
}

function pathOf(entity: string, row: Row, { ledger }: Books): string {
  const above = textOf(ledger.get(entity, refId(row["ParentRef"]))?.["FullyQualifiedName"]);
  return above === "" ? textOf(row["Name"]) : `${above}:${textOf(row["Name"])}`;
}

function buildEntry(entity: string, row: Row, books: Books): Row | Refusal {
  const name = textOf(row["Name"]);
  if (name === "") return missing("Name");
  if (entity !== "Term" && /[:\t\r\n]/.test(name)) return business("Please enter a valid name.");
  const entry: Row = { Active: true, ...row, Name: name };
  if (entity === "Item") return buildItem(entry);
  if (entity === "Account") return buildAccount(entry);
  if (entity === "Term")
    return { ...entry, Type: typeof entry["DueDays"] === "number" ? "STANDARD" : "DATE_DRIVEN" };
  return TREES.includes(entity) ? { ...entry, FullyQualifiedName: pathOf(entity, entry, books) } : entry;
}

function buildItem(row: Row): Row | Refusal {
  const item = { Type: "Service", UnitPrice: 0, Taxable: false, TrackQtyOnHand: false, ...row };
  const needsIncome = item.Type === "Service" && refId(row["IncomeAccountRef"]) === "";
  return needsIncome ? missing("IncomeAccountRef") : { ...item, FullyQualifiedName: textOf(row["Name"]) };
}

function buildAccount(row: Row): Row | Refusal {
  if (textOf(row["Name"]).includes('"')) return business("Please enter a valid account name.");
  const type = textOf(row["AccountType"]);
  if (type === "") {
    const detail = "Either an Account.AccountType or an Account.AccountSubType must be specified";
    return new Refusal("6010", "Invalid Account.AccountType && Account.SubType", detail);
  }
  const classification = CLASSIFICATIONS[type] ?? "Asset";
  return {
    CurrentBalance: 0,
    ...row,
    Classification: classification,
    FullyQualifiedName: textOf(row["Name"]),
  };
}

/** What the vendor takes as an address: it holds "@" and ".". */
export function isEmail(address: string): boolean {
  return address.includes("@") && address.includes(".");
}

function duplicateName(): Refusal {
  const detail =
    "The name supplied already exists. : Another customer, vendor or employee is already using this name. Please use a different name.";
  return new Refusal("6240", "Duplicate Name Exists Error", detail);
}
