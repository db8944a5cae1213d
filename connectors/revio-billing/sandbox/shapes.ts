import type { Json } from "../../../engine/core/json.ts";
import { billStatuses, names } from "./names.ts";

/** The fields of each resource: kind, length and what a request must give. A field that is not here is ignored. */

export type Kind =
  | { readonly kind: "text"; readonly max: number }
  | { readonly kind: "int" }
  | { readonly kind: "double"; readonly least?: number }
  | { readonly kind: "flag" }
  | { readonly kind: "date" }
  /** Case of the letters is free in a request; stored in upper case. */
  | { readonly kind: "choice"; readonly of: readonly string[]; readonly preset: string }
  /** A number such as 235 in the vendor's guide, a code such as USA in its reference: both are taken. */
  | { readonly kind: "country" }
  | { readonly kind: "address" }
  | { readonly kind: "custom_fields" }
  | { readonly kind: "allocations" }
  /** Set by the vendor alone: ignored in a request, refused in a patch. */
  | { readonly kind: "server"; readonly empty: Json };
export type Shape = Kind & { readonly required?: true };
export type Fields = { readonly [name: string]: Shape };

// The sheet gives no length for these; this one keeps a request from being endless.
const UNSTATED = 4000;

const text = (max = UNSTATED): Shape => ({ kind: "text", max });
const choice = (preset: string, ...others: string[]): Shape => ({
  kind: "choice",
  of: [preset, ...others],
  preset,
});
const required = (shape: Shape): Shape => ({ ...shape, required: true });
const int: Shape = { kind: "int" };
const double: Shape = { kind: "double" };
const flag: Shape = { kind: "flag" };
const date: Shape = { kind: "date" };
const address: Shape = { kind: "address" };
const serverNumber: Shape = { kind: "server", empty: 0 };
const serverText: Shape = { kind: "server", empty: "" };
const serverFlag: Shape = { kind: "server", empty: false };
const serverDate: Shape = { kind: "server", empty: null };

const stamps: Fields = { [names.stamps.created]: serverDate, [names.stamps.updated]: serverDate };

/** What can be written of an address, standing alone or inside a customer. */
export const addressFields: Fields = {
  first_name: text(),
  middle_initial: text(10),
  last_name: text(),
  company_name: text(255),
  line_1: text(500),
  line_2: text(500),
  city: text(255),
  state_or_province: text(50),
  postal_code: text(12),
  postal_code_extension: text(),
  country_code: { kind: "country" },
};

export const shapes = {
  customer: {
    customer_id: serverNumber,
    [names.customer.parent]: int,
    is_parent: flag,
    account_number: text(),
    bill_profile_id: int,
    class: choice("BUSINESS", "RESIDENTIAL"),
    status: choice("OPEN", "PENDING", "PROSPECT", "CLOSED"),
    email: text(),
    bill_method: choice("NONE", "PRINT_ONLY", "EMAIL_ONLY", "BOTH"),
    language: text(),
    [names.customer.serviceAddress]: address,
    [names.customer.billingAddress]: address,
    [names.customer.listingAddress]: address,
    agent_id: int,
    [names.customer.activated]: date,
    ...stamps,
    fields: { kind: "custom_fields" },
  },
  // weak: the field page of contacts was not available; these names are those of the one sample.
  contact: {
    contact_id: serverNumber,
    customer_id: required(int),
    name: text(),
    email: text(),
    mobile: text(),
    ...stamps,
  },
  address: {
    address_id: serverNumber,
    customer_id: int,
    ...addressFields,
    [names.address.validatedByProvider]: serverFlag,
    [names.address.validatedByUsps]: serverFlag,
    ...stamps,
  },
  service: {
    service_id: serverNumber,
    customer_id: required(int),
    provider_id: required(int),
    service_type_id: int,
    package_id: int,
    usage_plan_group_id: int,
    number: text(255),
    number2: text(255),
    pic: text(10),
    lpic: text(10),
    provider_account_id: int,
    description: text(1000),
    address_id: int,
    addressz_id: int,
    effective_date: date,
    activated_date: date,
    disconnected_date: date,
  },
  serviceProduct: {
    service_product_id: serverNumber,
    customer_id: int,
    product_id: required(int),
    package_id: int,
    service_id: required(int),
    description: text(500),
    code_1: text(),
    code_2: text(),
    // Positive only: a credit is said by credit_flag.
    rate: { kind: "double", least: 0 },
    credit_flag: flag,
    quantity: double,
    status: choice("PENDING", "ACTIVE", "DENIED", "DISCONNECTED"),
    status_date: date,
    activated_date: date,
    canceled_date: date,
    billed_through_date: date,
    effective_date: date,
    generate_proration: required(flag),
  },
  product: {
    product_id: serverNumber,
    product_type_id: required(int),
    description: required(text()),
    code_1: text(),
    code_2: text(),
    rate: double,
    cost: double,
    buy_rate: double,
    active: flag,
    creates_order: flag,
    provider_id: required(int),
    bills_in_arrears: flag,
    bill_every: text(),
    prorates: flag,
    customer_class: text(),
    ledger_code: text(),
    free_months: int,
    tax_class_id: int,
    currency_code: text(),
  },
  productType: {
    product_type_id: serverNumber,
    [names.productType.code]: text(),
    [names.productType.description]: required(text()),
  },
  billProfile: { bill_profile_id: serverNumber, [names.billProfile.name]: serverText },
  bill: {
    bill_id: serverNumber,
    customer_id: serverNumber,
    [names.bill.number]: serverText,
    [names.bill.status]: { kind: "server", empty: billStatuses[0] },
    [names.bill.created]: serverDate,
    [names.bill.due]: serverDate,
    [names.bill.periodStart]: serverDate,
    [names.bill.periodEnd]: serverDate,
    [names.bill.total]: serverNumber,
    [names.bill.amountDue]: serverNumber,
    [names.bill.taxes]: { kind: "server", empty: [] },
    [names.stamps.updated]: serverDate,
  },
  charge: {
    charge_id: serverNumber,
    bill_id: serverNumber,
    customer_id: required(int),
    service_id: int,
    service_product_id: int,
    product_id: int,
    product_type_id: int,
    description: required(text(1500)),
    quantity: required(double),
    rate: required(double),
    cost: required(double),
    amount: double,
    product_amount: double,
    tax_amount: double,
    is_tax_included: required(flag),
    is_prorated: required(flag),
    is_commission_exempted: required(flag),
    tax_class_id: int,
    geocode: text(50),
    start_date: required(date),
    end_date: required(date),
    created_by: serverText,
    ...stamps,
  },
  payment: {
    payment_id: serverNumber,
    customer_id: required(int),
    amount: required(double),
    reference_number: text(),
    [names.payment.date]: date,
    [names.payment.allocations]: { kind: "allocations" },
    ...stamps,
  },
} satisfies { [resource: string]: Fields };
