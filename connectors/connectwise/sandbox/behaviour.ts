import type { Row, SandboxContext } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { timesRoundHalfUp } from "../../../engine/core/money.ts";
import type { FieldError } from "./errors.ts";
import { fieldError } from "./normalize.ts";
import { upward } from "./records.ts";
import type { Resource } from "./resources.ts";

/** What the vendor adds of its own: defaults of a new record, computed fields, fields that only it may change. */

type Sent = { readonly [key: string]: Json };

const DEFAULTS: { readonly [collection: string]: Sent } = {
  companies: { status: { id: 1 }, deletedFlag: false, leadFlag: false, unsubscribeFlag: false, types: [] },
  contacts: { inactiveFlag: false, defaultFlag: false, defaultBillingFlag: false, communicationItems: [] },
  sites: {
    primaryAddressFlag: false,
    defaultShippingFlag: false,
    defaultBillingFlag: false,
    defaultMailingFlag: false,
    inactiveFlag: false,
    billSeparateFlag: false,
  },
  agreements: {
    agreementStatus: "Active",
    cancelledFlag: false,
    employeeCompRate: "Actual",
    employeeCompNotExceed: "Billing",
    invoicingCycle: "CalendarYear",
    billTime: "NoDefault",
    billExpenses: "NoDefault",
    billProducts: "NoDefault",
  },
  additions: { quantity: 1, lessIncluded: 0, unitPrice: 0, unitCost: 0, taxableFlag: false },
  communications: { defaultFlag: false },
};

// "at least one address field is required -- addressLine1, addressLine2, city, state, zip and/or country" (spec)
const ADDRESS_FIELDS = ["addressLine1", "addressLine2", "city", "state", "zip", "country"];

/** The sent record with the vendor's defaults below it. */
export function beforeCreate(sent: Sent, resource: Resource, context: SandboxContext): Sent {
  const full = { ...DEFAULTS[resource.collection], ...sent };
  if (resource.collection !== "companies") return full;
  return { ...full, types: typeIds(full["types"], context), deletedFlag: false };
}

/** Errors that only a create has. */
export function createErrors(row: Row, resource: Resource): FieldError[] {
  if (resource.collection !== "companies" || ADDRESS_FIELDS.some((name) => row[name] !== undefined))
    return [];
  const message = "At least one address field is required.";
  return [fieldError(resource, "addressLine1", "MissingRequiredField", message)];
}

/** The record as it is stored: computed fields filled, fields that an update cannot change put back. */
export function afterSave(row: Row, old: Row | undefined, resource: Resource, context: SandboxContext): Row {
  switch (resource.collection) {
    case "companies":
      // "To update existing companies type, use the … typeAssociations endpoints" (spec)
      return old === undefined
        ? row
        : { deletedFlag: old["deletedFlag"] ?? false, ...row, types: old["types"] ?? [] };
    case "contacts":
      return { ...row, communicationItems: describedItems(row, old, context) };
    case "communications":
      return describedItem(row, context);
    case "agreements":
      return { ...row, ...agreementState(row, old) };
    case "additions":
      return { ...row, ...additionAmounts(row) };
    default:
      return row;
  }
}

function agreementState(row: Row, old: Row | undefined): Row {
  const cancelled = row["cancelledFlag"] === true;
  return {
    noEndingDateFlag: row["endDate"] === undefined,
    agreementStatus: cancelled
      ? "Cancelled"
      : (row["agreementStatus"] ?? old?.["agreementStatus"] ?? "Active"),
  };
}

/** billedQuantity = quantity − lessIncluded; extended amounts are that times the unit's, to the cent. */
export function additionAmounts(row: Row): Row {
  const difference = Number(row["quantity"] ?? 0) - Number(row["lessIncluded"] ?? 0);
  const billed = Math.round(difference * 1e6) / 1e6;
  const price = extended(billed, row["unitPrice"]);
  const cost = extended(billed, row["unitCost"]);
  return {
    billedQuantity: billed,
    extPrice: price,
    extCost: cost,
    margin: Math.round((price - cost) * 100) / 100,
  };
}

function extended(quantity: number, unit: Json | undefined): number {
  return (timesRoundHalfUp(quantity, typeof unit === "number" ? unit : 0, "USD") ?? 0) / 100;
}

/** `types` of a new company: ids, as the spec has it, or references. */
function typeIds(sent: Json | undefined, { ledger }: SandboxContext): Json {
  if (!Array.isArray(sent)) return sent ?? [];
  return sent
    .map((entry) => upward(entry))
    .filter((id) => ledger.get("companyTypes", String(id)) !== undefined)
    .map((id) => ({ id: id ?? null }));
}

/** A contact's communications; one that the contact did not have yet gets its id. */
function describedItems(row: Row, old: Row | undefined, context: SandboxContext): Json {
  const before = objects(old?.["communicationItems"]).map((item) => item["id"]);
  return objects(row["communicationItems"]).map((item) => {
    const id = item["id"] !== undefined && before.includes(item["id"]) ? item["id"] : undefined;
    return { ...describedItem(item, context), id: id ?? context.ledger.next("communications", 1) };
  });
}

function objects(list: Json | undefined): { readonly [key: string]: Json }[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** A communication with what its type says of it; an e-mail shows its domain. */
function describedItem(item: Sent, { ledger }: SandboxContext): Row {
  const id = upward(item["type"]);
  const type = ledger.get("communicationTypes", String(id));
  if (type === undefined) return { ...item };
  const kind = type["emailFlag"] === true ? "Email" : type["faxFlag"] === true ? "Fax" : "Phone";
  const value = String(item["value"] ?? "");
  const domain =
    kind === "Email" && value.includes("@") ? { domain: value.slice(value.lastIndexOf("@")) } : {};
  return { ...item, type: { id: id ?? null }, communicationType: kind, ...domain };
}
