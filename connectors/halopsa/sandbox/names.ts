/**
 * What the fact sheet marks as low or does not say, in one place: whoever proves it on a tenant changes it here alone.
 * Names of fields are the vendor's own (swagger); what they hold, and the keys of lists, is partly assumed.
 */

/** Keys under which lists stand. `sites`, `invoices` and `record_count` were seen; the others are assumed. */
export const listKeys = {
  TopLevel: "tree",
  Client: "clients",
  Site: "sites",
  Users: "users",
  ClientContract: "contracts",
  RecurringInvoice: "invoices",
  Invoice: "invoices",
  Item: "items",
  Tickets: "tickets",
  Actions: "actions",
} as const;

/** Rows of a page when none is asked for, and the most that one holds; quoted by third parties. */
export const pageSizes = { usual: 50, max: 100 } as const;

/** Life of an access token. */
export const tokenLifeS = 3600;

/** Requests in five minutes, as users report them; another source has 450. */
export const rateLimit = { requests: 300, window_ms: 300_000 } as const;

/** What stands for "no date", and for a foreign key or a text that is not there. */
export const none = { date: "1900-01-01T00:00:00", id: 0, text: "" } as const;

/** Numbers of a contract's status in this made-up tenant; each tenant has its own list. */
export const contractStatuses = { draft: 1, active: 2, expired: 3, cancelled: 4 } as const;

/** due_date_type 0: `paymentterms` days after the invoice's date. */
export const dueAfterInvoice = 0;

/** Number of the billing period for which the swagger only has an integer; 1 with "Monthly" is from the sheet's sample. */
export const monthly = { billingperiod: 1, billing_period_string: "Monthly" } as const;

/** Whole numbers that the swagger types as doubles, and that may therefore come as 412.0. */
export const doubles: { readonly [path: string]: readonly string[] } = {
  Site: ["client_id"],
  Users: ["site_id"],
};

/** Custom fields of this tenant. A name begins with CF; `usage` 4 and 13 (client, contract) are assumed numbers. */
export const customFields = [
  { id: 155, name: "CFAccountingId", label: "AccountingId", type: 0, usage: 4, table: "Client" },
  { id: 156, name: "CFBillingId", label: "BillingId", type: 0, usage: 4, table: "Client" },
  { id: 157, name: "CFSalesRegion", label: "Sales region", type: 0, usage: 13, table: "ClientContract" },
] as const;
