/** The vendor's resources that this server keeps, and how each is listed. */
export interface Resource {
  /** Segment of the path, and name of its collection. */
  readonly path: string;
  /** What a body is wrapped in. */
  readonly wrapper: string;
  /** List parameter → field that holds the reference it names. */
  readonly filters: { readonly [parameter: string]: string };
  /** Fields in which `search` looks: low confidence. */
  readonly search: readonly string[];
  /** Lists show records inside records by name alone, unless nested_attributes=all is asked for. */
  readonly nests?: true;
}

const LIST: readonly Resource[] = [
  { path: "contacts", wrapper: "contact", filters: {}, search: ["name", "reference"], nests: true },
  {
    path: "sales_invoices",
    wrapper: "sales_invoice",
    filters: { contact_id: "contact", status_id: "status" },
    search: ["reference", "invoice_number", "contact_name"],
  },
  {
    path: "sales_credit_notes",
    wrapper: "sales_credit_note",
    filters: { contact_id: "contact", status_id: "status" },
    search: ["reference", "credit_note_number", "contact_name"],
  },
  {
    path: "contact_allocations",
    wrapper: "contact_allocation",
    filters: { contact_id: "contact", transaction_type_id: "transaction_type" },
    search: [],
  },
  {
    path: "contact_payments",
    wrapper: "contact_payment",
    filters: {
      contact_id: "contact",
      bank_account_id: "bank_account",
      transaction_type_id: "transaction_type",
    },
    search: [],
  },
  { path: "ledger_accounts", wrapper: "ledger_account", filters: {}, search: ["name"] },
  { path: "bank_accounts", wrapper: "bank_account", filters: {}, search: [] },
  { path: "tax_rates", wrapper: "tax_rate", filters: {}, search: [] },
  { path: "payment_methods", wrapper: "payment_method", filters: {}, search: [] },
  {
    path: "analysis_type_categories",
    wrapper: "analysis_type_category",
    filters: {},
    search: [],
  },
  { path: "businesses", wrapper: "business", filters: {}, search: [] },
];

const BY_PATH = new Map(LIST.map((resource) => [resource.path, resource]));

/** The resource of a path; undefined for an unknown one. */
export function findResource(path: string): Resource | undefined {
  return BY_PATH.get(path);
}

/** Collection of what was removed of a resource. */
export function tombstones({ path }: Pick<Resource, "path">): string {
  return `deleted_${path}`;
}
