/**
 * Everything this server says that the fact sheet does not prove, in one place, so that what is proved on a tenant is
 * changed here alone. "weak" stands on one weak source, "assumed" on none.
 */

/** weak: how the links and counts of a page are called beside count and nextPageUrl, and the number of a count. */
export const pageNames = {
  requested: "requestCount",
  previous: "prevPageUrl",
  count: "queryCount",
} as const;

export interface Choice {
  readonly value: number;
  readonly label: string;
}

/**
 * Picklists by entity and field. Their numbers are each tenant's own and are read from the field metadata; of these
 * only companyType 1 (a customer) and contractType 7 (recurring service) are in the sheet. The rest is assumed.
 */
export const picklists: { readonly [field: string]: readonly Choice[] } = {
  "Companies.companyType": choices(
    "1 Customer, 2 Lead, 3 Prospect, 4 Dead, 6 Cancelation, 7 Vendor, 8 Partner",
  ),
  "Companies.classification": choices("200 Partner, 201 Telecom"),
  "Companies.billToAddressToUse": choices("1 Account Address, 2 Account Billing Address, 3 Parent Account"),
  "Contacts.isActive": choices("0 Inactive, 1 Active"),
  "Contracts.contractType": choices(
    "1 Time & Materials, 3 Fixed Price, 4 Block Hours, 6 Retainer, 7 Recurring Service, 8 Per Ticket",
  ),
  "Contracts.contractCategory": choices("11 Voice, 12 Managed Services"),
  "Contracts.contractPeriodType": choices("1 Monthly, 2 Quarterly, 3 Semi-Annual, 4 Yearly, 5 One-Time"),
  "Contracts.status": choices("0 Inactive, 1 Active, 2 Cancelled"),
  "Services.periodType": choices("1 Monthly, 2 Quarterly, 3 Semi-Annual, 4 Yearly, 5 One-Time"),
};

/** Custom fields ("UDFs") that this tenant has set up; a value is always a text. */
export const customFields: { readonly [entity: string]: readonly string[] } = {
  Companies: ["AccountingId", "BillingId"],
  Contracts: ["Signed"],
};

/** What a checkbox field holds. assumed: the sheet says only that every value is a text. */
export const checked = { yes: "true", no: "false" } as const;

/** assumed, but for the text about OR conditions, which is the vendor's own. */
export const texts = {
  login: "The logged in Resource does not have the adequate permissions, or the credentials are not valid.",
  tooManyOrs: "Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions.",
  missing: (field: string) => `Missing Required Field: ${field}`,
  unknownField: (field: string, entity: string) => `Unable to find ${field} in the ${entity} Entity.`,
  threshold: (limit: number) =>
    `The external request threshold of ${limit} requests per 60 minutes has been exceeded.`,
  threads: (limit: number) =>
    `The thread threshold of ${limit} threads for this object endpoint has been exceeded.`,
} as const;

function choices(list: string): Choice[] {
  return list.split(", ").map((choice) => {
    const space = choice.indexOf(" ");
    return { value: Number(choice.slice(0, space)), label: choice.slice(space + 1) };
  });
}
