import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { atPath } from "../../../engine/core/json.ts";
import { firstChargeId, openBills } from "./billing-department.ts";
import { type Books, textOf } from "./books.ts";
import * as consistency from "./consistency.ts";
import { completeCustomer, firstAddressId } from "./customers.ts";
import { names } from "./names.ts";
import { checkPayment, settlePayment } from "./payments.ts";
import { firstServiceId } from "./provisioning.ts";
import { type Fields, shapes } from "./shapes.ts";

/** The vendor's resources: where they are, what may be done to them and what they can be searched by. */

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Filter {
  readonly matches: (row: Row, value: string) => boolean;
  /** Several values are alternatives; of any other parameter only the first counts. */
  readonly repeatable?: true;
  /** Rule without which the vendor would not know this filter. */
  readonly rule?: string;
}

export interface Resource {
  /** Path noun; some are singular at this vendor. */
  readonly path: string;
  /** What a row is called in messages. */
  readonly noun: string;
  readonly collection: string;
  readonly idField: string;
  /** Where new ids begin. */
  readonly firstId: number;
  readonly fields: Fields;
  readonly methods: readonly Method[];
  readonly filters: { readonly [parameter: string]: Filter };
  /** Takes created_date_start and updated_date_start. */
  readonly dated?: true;
  /** What is wrong with a row beside the others; `old` is undefined at creation. */
  readonly check?: (row: Row, old: Row | undefined, books: Books) => readonly string[];
  /** The row as it is kept, with what the vendor fills in. */
  readonly complete?: (row: Row, old: Row | undefined, books: Books) => Row;
  /** What follows from a row that was stored. */
  readonly stored?: (row: Row, books: Books) => void;
}

const exact = (field: string): Filter => ({ matches: (row, value) => String(row[field]) === value });
const anyCase = (field: string): Filter => ({
  matches: (row, value) => String(row[field]).toUpperCase() === value.toUpperCase(),
});
const customerId = { customer_id: exact("customer_id") };

// Whether search.name compares whole names is not documented. Part of a name matches here, so that a client which
// takes the first hit unread is found out.
const customerName: Filter = {
  matches: (row, value) => nameOf(row).toLowerCase().includes(value.toLowerCase()),
};

function nameOf(row: Row): string {
  const part = (field: string) => textOf(atPath(row, `${names.customer.billingAddress}.${field}`));
  return part("company_name") || [part("first_name"), part("last_name")].join(" ").trim();
}

// account_number is not documented to be unique, so two customers may have the same.
const customers: Resource = {
  path: "Customers",
  noun: "Customer",
  collection: "customers",
  idField: "customer_id",
  firstId: 20_001,
  fields: shapes.customer,
  // PUT stands in the sheet with a question mark: a rule refuses it.
  methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
  filters: {
    ...customerId,
    account_number: exact("account_number"),
    name: customerName,
    bill_profile_id: { ...exact("bill_profile_id"), repeatable: true },
    status: anyCase("status"),
  },
  dated: true,
  check: consistency.checkCustomer,
  complete: completeCustomer,
  stored: openBills,
};

const contacts: Resource = {
  path: "Contacts",
  noun: "Contact",
  collection: "contacts",
  idField: "contact_id",
  firstId: 50_001,
  fields: shapes.contact,
  methods: ["GET", "POST", "PATCH", "DELETE"],
  filters: customerId,
  dated: true,
  check: consistency.checkOwner,
};

const addresses: Resource = {
  path: "Addresses",
  noun: "Address",
  collection: "addresses",
  idField: "address_id",
  firstId: firstAddressId,
  fields: shapes.address,
  methods: ["GET", "POST"],
  filters: customerId,
  dated: true,
  check: consistency.checkAddress,
};

const services: Resource = {
  path: "Services",
  noun: "Service",
  collection: "services",
  idField: "service_id",
  firstId: firstServiceId,
  fields: shapes.service,
  methods: ["GET", "POST", "PATCH"],
  filters: { ...customerId, service_id: exact("service_id"), number: exact("number") },
  check: consistency.checkService,
};

const serviceProducts: Resource = {
  path: "ServiceProduct",
  noun: "ServiceProduct",
  collection: "service_products",
  idField: "service_product_id",
  firstId: 9001,
  fields: shapes.serviceProduct,
  methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
  filters: { ...customerId, service_id: exact("service_id"), status: anyCase("status") },
  check: consistency.checkServiceProduct,
  complete: consistency.completeServiceProduct,
};

const products: Resource = {
  path: "Products",
  noun: "Product",
  collection: "products",
  idField: "product_id",
  firstId: 301,
  fields: shapes.product,
  methods: ["GET", "POST"],
  filters: {},
  check: consistency.checkProduct,
};

const productTypes: Resource = {
  path: "ProductTypes",
  noun: "ProductType",
  collection: "product_types",
  idField: "product_type_id",
  firstId: 1,
  fields: shapes.productType,
  methods: ["GET", "POST"],
  filters: {},
};

const billProfiles: Resource = {
  path: "BillProfiles",
  noun: "BillProfile",
  collection: "bill_profiles",
  idField: "bill_profile_id",
  firstId: 3,
  fields: shapes.billProfile,
  methods: ["GET"],
  filters: {},
};

// A POST exists at the vendor, but nothing is known of its body: bills come from the billing department alone.
const bills: Resource = {
  path: "Bills",
  noun: "Bill",
  collection: "bills",
  idField: "bill_id",
  firstId: 900_001,
  fields: shapes.bill,
  methods: ["GET"],
  filters: { ...customerId, status: anyCase(names.bill.status) },
  dated: true,
};

// No filter by bill is known: search.bill_id is ignored like any unknown field.
const charges: Resource = {
  path: "Charges",
  noun: "Charge",
  collection: "charges",
  idField: "charge_id",
  firstId: firstChargeId,
  fields: shapes.charge,
  methods: ["GET", "POST"],
  filters: { ...customerId, service_id: exact("service_id") },
  dated: true,
  check: consistency.checkCharge,
  complete: consistency.completeCharge,
};

const payments: Resource = {
  path: "Payments",
  noun: "Payment",
  collection: "payments",
  idField: "payment_id",
  firstId: 501,
  fields: shapes.payment,
  methods: ["GET", "POST"],
  filters: {
    ...customerId,
    reference_number: { ...exact("reference_number"), rule: "payment_search" },
  },
  dated: true,
  check: checkPayment,
  complete: (row, _old, books) => consistency.dated(row, names.payment.date, books),
  stored: settlePayment,
};

export const resources = {
  customers,
  contacts,
  addresses,
  services,
  serviceProducts,
  products,
  productTypes,
  billProfiles,
  bills,
  charges,
  payments,
} as const;
