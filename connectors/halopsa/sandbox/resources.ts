import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { dueAfterInvoice, listKeys, monthly, none } from "./names.ts";

/** The resources of this server: their fields by the vendor's swagger, and which of them a list row shows. */

export type FieldType = "text" | "int" | "number" | "bool" | "date" | "list" | "object";

export interface Resource {
  /** Name in the path, below /api. */
  readonly path: string;
  /** Key of the list in its envelope; undefined: a small list, answered as a bare array. */
  readonly key: string | undefined;
  /** Fields that a client may write, by type. Anything else in a body is ignored. */
  readonly fields: { readonly [name: string]: FieldType };
  /** Fields of a list row beside `id`; the record by id has all. */
  readonly summary: readonly string[];
  /** A new record without one of these is refused. */
  readonly required: readonly string[];
  /** Foreign key → resource that it names. */
  readonly references: { readonly [field: string]: string };
  /** Query parameter → field that it must equal. */
  readonly filters: { readonly [parameter: string]: string };
  /** Field with the time of the last change, where lastupdatefromdate and lastupdatetodate look at it. */
  readonly changed?: string;
  /** Texts that `search` looks into. */
  readonly searched: readonly string[];
  /** True for an inactive row, which lists hide. */
  readonly isInactive: (row: Row) => boolean;
  /** What a new row starts with. */
  readonly preset: Row;
  /** First id that is given here. */
  readonly firstId: number;
  readonly readOnly?: true;
}

const flaggedInactive = (row: Row): boolean => row["inactive"] === true;
const never = (): boolean => false;

const client: Resource = {
  path: "Client",
  key: listKeys.Client,
  fields: {
    name: "text",
    toplevel_id: "int",
    inactive: "bool",
    ref: "text",
    accountsid: "text",
    accountsemailaddress: "text",
    accountsccemailaddress: "text",
    accountsfirstname: "text",
    accountslastname: "text",
    main_site_id: "int",
    main_contact_id: "int",
    main_invoice_address: "object",
    paymentterms: "int",
    due_date_type: "int",
    taxable: "bool",
    tax_number: "text",
    currencyisocode: "text",
    customer_relationship: "list",
    stopped: "int",
    is_account: "bool",
    emailinvoice: "bool",
    customfields: "list",
    external_links: "list",
  },
  summary:
    "name toplevel_id toplevel_name inactive ref accountsid taxable due_date_type stopped is_account customfields".split(
      " ",
    ),
  required: ["name"],
  references: { toplevel_id: "TopLevel" },
  filters: { toplevel_id: "toplevel_id" },
  changed: "alastupdate",
  searched: ["name", "ref", "accountsid"],
  isInactive: flaggedInactive,
  preset: {
    toplevel_id: 1,
    inactive: false,
    ref: none.text,
    accountsid: none.text,
    accountsemailaddress: none.text,
    accountsccemailaddress: none.text,
    accountsfirstname: none.text,
    accountslastname: none.text,
    main_site_id: none.id,
    main_contact_id: none.id,
    main_invoice_address: {
      line1: none.text,
      line2: none.text,
      line3: none.text,
      line4: none.text,
      postcode: none.text,
    },
    paymentterms: 30,
    due_date_type: dueAfterInvoice,
    taxable: true,
    tax_number: none.text,
    currencyisocode: none.text,
    customer_relationship: [],
    stopped: 0,
    is_account: true,
    emailinvoice: true,
    customfields: [],
    external_links: [],
  },
  firstId: 412,
};

const ADDRESS = [1, 2, 3, 4, 5].map((line) => `delivery_address_line${line}`);

const site: Resource = {
  path: "Site",
  key: listKeys.Site,
  fields: {
    name: "text",
    client_id: "number",
    inactive: "bool",
    phonenumber: "text",
    timezone: "text",
    ...Object.fromEntries(ADDRESS.map((line) => [line, "text" as const])),
    country_code: "text",
    maincontact_id: "int",
    isinvoicesite: "bool",
    accountsid: "text",
    ref: "text",
    customfields: "list",
    external_links: "list",
  },
  summary: [
    ..."name client_id client_name clientsite_name inactive phonenumber timezone ref".split(" "),
    ...ADDRESS,
    ..."country_code_name maincontact_id customfields".split(" "),
  ],
  required: ["name", "client_id"],
  references: { client_id: "Client" },
  filters: { client_id: "client_id", site_id: "id" },
  changed: "slastupdate",
  searched: ["name", "client_name"],
  isInactive: flaggedInactive,
  preset: {
    inactive: false,
    phonenumber: none.text,
    timezone: none.text,
    ...Object.fromEntries(ADDRESS.map((line) => [line, none.text])),
    country_code: none.text,
    maincontact_id: none.id,
    isinvoicesite: false,
    accountsid: none.text,
    ref: none.text,
    customfields: [],
    external_links: [],
  },
  firstId: 530,
};

const users: Resource = {
  path: "Users",
  key: listKeys.Users,
  fields: {
    name: "text",
    firstname: "text",
    surname: "text",
    emailaddress: "text",
    email2: "text",
    phonenumber: "text",
    mobilenumber: "text",
    title: "text",
    site_id: "number",
    inactive: "bool",
    isimportantcontact: "bool",
    ismaincontact: "bool",
    canaccessinvoices: "bool",
    isserviceaccount: "bool",
    third_party_guid: "text",
    customfields: "list",
  },
  summary:
    "name firstname surname emailaddress phonenumber mobilenumber title site_id site_name client_id client_name inactive isimportantcontact isserviceaccount customfields".split(
      " ",
    ),
  required: ["site_id"],
  references: { site_id: "Site" },
  filters: { client_id: "client_id", site_id: "site_id" },
  changed: "ulastupdate",
  searched: ["name", "emailaddress"],
  isInactive: flaggedInactive,
  preset: {
    firstname: none.text,
    surname: none.text,
    emailaddress: none.text,
    email2: none.text,
    phonenumber: none.text,
    mobilenumber: none.text,
    title: none.text,
    inactive: false,
    isimportantcontact: false,
    ismaincontact: false,
    canaccessinvoices: false,
    isserviceaccount: false,
    third_party_guid: none.text,
    customfields: [],
  },
  firstId: 901,
};

const contract: Resource = {
  path: "ClientContract",
  key: listKeys.ClientContract,
  fields: {
    ref: "text",
    client_id: "int",
    site_id: "int",
    start_date: "date",
    end_date: "date",
    active: "bool",
    expired: "bool",
    status: "int",
    contracttype: "int",
    subtype: "int",
    billingperiod: "int",
    billing_period_string: "text",
    periodchargeamount: "number",
    next_invoice_date: "date",
    invoicedescription: "text",
    note: "text",
    customfields: "list",
  },
  summary:
    "ref client_id client_name site_id site_name start_date end_date active expired status contracttype contracttype_name subtype billingperiod periodchargeamount next_invoice_date last_modified note customfields".split(
      " ",
    ),
  required: ["ref", "client_id", "start_date"],
  references: { client_id: "Client", site_id: "Site" },
  filters: { client_id: "client_id", site_id: "site_id" },
  searched: ["ref", "client_name"],
  isInactive: (row) => row["active"] !== true,
  preset: {
    site_id: none.id,
    end_date: none.date,
    active: true,
    expired: false,
    status: 2,
    contracttype: none.id,
    subtype: 0,
    ...monthly,
    periodchargeamount: 0,
    next_invoice_date: none.date,
    invoicedescription: none.text,
    note: none.text,
    customfields: [],
  },
  firstId: 88,
};

const INVOICE_FIELDS: Resource["fields"] = {
  invoicenumber: "text",
  thirdpartyinvoicenumber: "text",
  client_id: "int",
  contract_id: "int",
  invoice_date: "date",
  duedate: "date",
  posted: "bool",
  paymentterms: "int",
  currency_code_name: "text",
  notes_1: "text",
  reference: "text",
  startdate: "date",
  enddate: "date",
  nextcreationdate: "date",
  period: "int",
  lines: "list",
};

function invoices(path: "Invoice" | "RecurringInvoice", firstId: number): Resource {
  return {
    path,
    key: listKeys[path],
    fields: INVOICE_FIELDS,
    summary:
      "invoicenumber thirdpartyinvoicenumber client_id client_name contract_id invoice_date duedate posted total nextcreationdate last_modified".split(
        " ",
      ),
    required: ["client_id"],
    references: { client_id: "Client" },
    filters: { client_id: "client_id", contract_id: "contract_id" },
    searched: ["invoicenumber", "client_name"],
    isInactive: never,
    preset: { posted: false, contract_id: none.id, duedate: none.date, total: 0, lines: [] },
    firstId,
  };
}

function table(path: string, firstId: number, key?: string): Resource {
  return {
    path,
    key,
    fields: { name: "text" },
    summary: ["name", "code", "symbol", "value", "label", "type", "usage"],
    required: ["name"],
    references: {},
    filters: {},
    searched: ["name"],
    isInactive: never,
    preset: {},
    firstId,
    readOnly: true,
  };
}

/** By name in the path. */
export const resources: readonly Resource[] = [
  client,
  site,
  users,
  contract,
  invoices("RecurringInvoice", 310),
  invoices("Invoice", 6100),
  table("TopLevel", 1, listKeys.TopLevel),
  table("Item", 1, listKeys.Item),
  table("Tax", 1),
  table("Currency", 1),
  table("FieldInfo", 155),
];
