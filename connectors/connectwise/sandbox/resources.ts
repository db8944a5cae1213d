import type { Entity } from "./define.ts";
import { entities } from "./fields.ts";

/** One endpoint family: where it lives, what it holds, what hangs above it. */
export interface Resource {
  /** Below /apis/3.0; {parent} stands for the parent's id. */
  readonly path: string;
  readonly collection: string;
  readonly entity: Entity;
  /** As in "Company 99999 not found"; its first letter in lower case is the resource of an error. */
  readonly label: string;
  readonly parent?: Parent;
  /** Kept inside the parent's record instead of a collection of its own. */
  readonly inside?: "communicationItems" | "types";
  readonly unique?: string;
  /** DELETE only marks the record. */
  readonly soft?: boolean;
  readonly readOnly?: boolean;
  /** The list refuses lastUpdated in conditions, as some of the vendor's lists do; which ones is not documented. */
  readonly noLastUpdated?: boolean;
  /** Its custom fields are those defined for this pod. */
  readonly pod?: number;
}

export interface Parent {
  readonly collection: string;
  readonly label: string;
  /** Field of the child that points up: a reference, or a number for agreementId and contactId. */
  readonly field: string;
}

export const COMPANY_POD = 1;
export const AGREEMENT_POD = 2;
export const TIME_POD = 3;
export const EXPENSE_POD = 4;
export const PRODUCT_POD = 5;

const setup = { noLastUpdated: true } as const;
const company: Parent = { collection: "companies", label: "Company", field: "company" };
const agreement: Parent = { collection: "agreements", label: "Agreement", field: "agreementId" };

export const resources: readonly Resource[] = [
  {
    path: "/company/companies",
    collection: "companies",
    entity: entities.company,
    label: "Company",
    unique: "identifier",
    soft: true,
    pod: COMPANY_POD,
  },
  {
    path: "/company/companies/statuses",
    collection: "companyStatuses",
    entity: entities.companyStatus,
    label: "CompanyStatus",
    ...setup,
  },
  {
    path: "/company/companies/types",
    collection: "companyTypes",
    entity: entities.companyType,
    label: "CompanyType",
    ...setup,
  },
  {
    path: "/company/companies/{parent}/typeAssociations",
    collection: "typeAssociations",
    entity: entities.typeAssociation,
    label: "CompanyTypeAssociation",
    parent: company,
    inside: "types",
    ...setup,
  },
  {
    path: "/company/companyTypeAssociations",
    collection: "typeAssociations",
    entity: entities.typeAssociation,
    label: "CompanyTypeAssociation",
    inside: "types",
    readOnly: true,
    ...setup,
  },
  {
    path: "/company/companies/{parent}/sites",
    collection: "sites",
    entity: entities.site,
    label: "CompanySite",
    parent: company,
  },
  { path: "/company/contacts", collection: "contacts", entity: entities.contact, label: "Contact" },
  {
    path: "/company/contacts/{parent}/communications",
    collection: "communications",
    entity: entities.communication,
    label: "ContactCommunication",
    parent: { collection: "contacts", label: "Contact", field: "contactId" },
    inside: "communicationItems",
    ...setup,
  },
  {
    path: "/company/communicationTypes",
    collection: "communicationTypes",
    entity: entities.communicationType,
    label: "CommunicationType",
    ...setup,
  },
  {
    path: "/company/countries",
    collection: "countries",
    entity: entities.country,
    label: "Country",
    ...setup,
  },
  {
    path: "/finance/agreements",
    collection: "agreements",
    entity: entities.agreement,
    label: "Agreement",
    pod: AGREEMENT_POD,
  },
  {
    path: "/finance/agreements/types",
    collection: "agreementTypes",
    entity: entities.agreementType,
    label: "AgreementType",
    ...setup,
  },
  {
    path: "/finance/agreements/{parent}/additions",
    collection: "additions",
    entity: entities.addition,
    label: "Addition",
    parent: agreement,
  },
  {
    path: "/finance/billingTerms",
    collection: "billingTerms",
    entity: entities.billingTerm,
    label: "BillingTerm",
  },
  {
    path: "/finance/billingCycles",
    collection: "billingCycles",
    entity: entities.billingCycle,
    label: "BillingCycle",
    ...setup,
  },
  {
    path: "/finance/billingStatuses",
    collection: "billingStatuses",
    entity: entities.billingStatus,
    label: "BillingStatus",
    ...setup,
  },
  { path: "/finance/invoices", collection: "invoices", entity: entities.invoice, label: "Invoice" },
  {
    path: "/finance/invoices/{parent}/payments",
    collection: "payments",
    entity: entities.payment,
    label: "Payment",
    parent: { collection: "invoices", label: "Invoice", field: "invoice" },
  },
  {
    path: "/time/entries",
    collection: "timeEntries",
    entity: entities.timeEntry,
    label: "TimeEntry",
    pod: TIME_POD,
  },
  {
    path: "/expense/entries",
    collection: "expenseEntries",
    entity: entities.expenseEntry,
    label: "ExpenseEntry",
    pod: EXPENSE_POD,
  },
  {
    path: "/procurement/products",
    collection: "products",
    entity: entities.productItem,
    label: "ProductItem",
    pod: PRODUCT_POD,
  },
  { path: "/procurement/catalog", collection: "catalog", entity: entities.catalogItem, label: "CatalogItem" },
  {
    path: "/system/userDefinedFields",
    collection: "userDefinedFields",
    entity: entities.userDefinedField,
    label: "UserDefinedField",
    ...setup,
  },
  {
    path: "/system/callbacks",
    collection: "callbacks",
    entity: entities.callback,
    label: "CallbackEntry",
    ...setup,
  },
];

// The spec gives country references an identifier too; what it holds is not documented, so it is left out here.
// Names that a reference to a record of a collection carries beside its id, by the spec's …Reference schemas.
const REFERENCE_NAMES: { readonly [collection: string]: readonly string[] } = {
  companies: ["identifier", "name"],
  states: ["identifier", "name"],
  catalog: ["identifier"],
  invoices: ["identifier"],
  currencies: ["symbol", "currencyCode", "name"],
};

/** Names under a reference, such as company/identifier. */
export function referenceNames(collection: string | undefined): readonly string[] {
  if (collection === undefined) return ["identifier", "name"];
  return REFERENCE_NAMES[collection] ?? ["name"];
}
