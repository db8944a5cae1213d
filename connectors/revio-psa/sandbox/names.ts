/**
 * What of this server rests on nothing but likelihood, in one place: whoever reads the vendor's endpoint reference, or a
 * tenant, changes it here alone. "seen" is in public client code, "guess" in the fact sheet's samples, "assumed" nowhere.
 */

/** assumed: no agreement is documented. Both the service and the list below it. */
export const agreementPath = { service: "psac", list: "agreements" } as const;

export const names = {
  customer: {
    // seen
    id: "customerId",
    name: "customerName",
    // guess
    status: "status",
    class: "class",
    email: "email",
    // assumed; the vendor's help shows labels of the first seven
    accountType: "accountType",
    billMethod: "billMethod",
    phone: "primaryPhone",
    line1: "addressLine1",
    line2: "addressLine2",
    city: "city",
    state: "state",
    zip: "zip",
    zip4: "zip4",
    number: "accountNumber",
    types: "customerTypes",
    terms: "paymentTermsId",
    taxExempt: "isTaxExempt",
    billingContact: "billingContactId",
    customFields: "customFields",
  },
  contact: {
    // guess
    id: "id",
    name: "name",
    email: "email",
    title: "title",
    // seen
    customer: "customerId",
    // assumed
    firstName: "firstName",
    lastName: "lastName",
    phone: "phone",
    type: "contactType",
    active: "isActive",
  },
  /** assumed, all of them */
  agreement: {
    id: "agreementId",
    number: "agreementNumber",
    name: "agreementName",
    customer: "customerId",
    type: "agreementType",
    status: "status",
    start: "startDate",
    end: "endDate",
    cycle: "billingCycle",
    lines: "items",
  },
  /** assumed: tickets have modifiedDate, the others may too. */
  modified: "modifiedDate",
} as const;

/** assumed: the words of a status. Those of customers are labels of the vendor's help. */
export const agreementStatuses = {
  draft: "Draft",
  signed: "Active",
  expired: "Expired",
  cancelled: "Cancelled",
} as const;

/** assumed: custom fields of customers that this tenant has set up. */
export const customFields = ["AccountingId", "BillingId"] as const;

/** How long a token is good (unverified), rows of a page when none are asked for (assumed), and most of a page (seen). */
export const tokenLifeS = 900;
export const pageSizes = { usual: 50, max: 500 } as const;

/** Calls in a minute: the number that the vendor publishes for its billing API; none is known for this one. */
export const perMinute = 500;
