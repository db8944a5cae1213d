import { listKeys, monthly, none } from "./names.ts";
import type { Resource } from "./resource.ts";

/** Contracts, and the invoices that they bill by. */

export const contract: Resource = {
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

export function invoices(path: "Invoice" | "RecurringInvoice", firstId: number): Resource {
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
    isInactive: () => false,
    preset: { posted: false, contract_id: none.id, duedate: none.date, total: 0, lines: [] },
    firstId,
  };
}

export const tickets: Resource = {
  path: "Tickets",
  key: listKeys.Tickets,
  fields: { summary: "text", client_id: "int", site_id: "int" },
  summary: ["summary", "client_id", "client_name", "site_id"],
  required: ["summary", "client_id"],
  references: { client_id: "Client", site_id: "Site" },
  filters: { client_id: "client_id" },
  searched: ["summary"],
  isInactive: () => false,
  preset: { site_id: none.id },
  firstId: 20_455,
};

/** Work on tickets, whose numbers begin anew in every ticket and whose list has no pages. */
export const actions: Resource = {
  path: "Actions",
  key: listKeys.Actions,
  within: "ticket_id",
  dated: "datetime",
  fields: { ticket_id: "int", note: "text", externalinvoicenumber: "text" },
  summary:
    "ticket_id who_agentid datetime timetaken actisbillable actionchargehours actionchargeamount chargerate actioncontractid actioninvoicenumber action_invoice_line_id actreviewed externalinvoicenumber note".split(
      " ",
    ),
  required: ["ticket_id"],
  references: { ticket_id: "Tickets" },
  filters: { ticket_id: "ticket_id" },
  searched: ["note"],
  isInactive: () => false,
  preset: {},
  firstId: 1,
};
