import { agreementPath, names } from "./names.ts";

/** The lists of this server. */
export interface Resource {
  /** Path below the origin. */
  readonly path: string;
  readonly collection: string;
  readonly noun: string;
  readonly id: string;
  /** Query parameter → field that it must equal; any other parameter is ignored, as the vendor does. */
  readonly filters: { readonly [parameter: string]: string };
  /** assumed: that a customer can be changed at all is not known; PATCH then changes parts, which the guide does say. */
  readonly patchable?: true;
}

const { customer, contact, agreement } = names;

export const resources: readonly Resource[] = [
  {
    path: "/billing/api/v1/customers",
    collection: "customers",
    noun: "Customer",
    id: customer.id,
    filters: { customerId: customer.id, status: customer.status },
    patchable: true,
  },
  {
    path: "/billing/api/v1/contacts",
    collection: "contacts",
    noun: "Contact",
    id: contact.id,
    filters: { customerId: contact.customer },
  },
  {
    path: `/${agreementPath.service}/api/v1/${agreementPath.list}`,
    collection: "agreements",
    noun: "Agreement",
    id: agreement.id,
    filters: { customerId: agreement.customer, status: agreement.status },
  },
  {
    path: "/psac/api/v1/ticket-list",
    collection: "tickets",
    noun: "Ticket",
    id: "ticketId",
    filters: { customerId: "customerId", status: "ticketStatus" },
  },
];
