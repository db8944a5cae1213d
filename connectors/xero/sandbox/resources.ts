/** The vendor's resources that this server keeps, and how each is listed. */
export interface Resource {
  readonly name: string;
  readonly id: string;
  readonly paged: boolean;
  /** List parameters beside where, order and If-Modified-Since: parameter → path of the value it names. */
  readonly filters: { readonly [parameter: string]: string };
}

const LIST: readonly Resource[] = [
  { name: "Contacts", id: "ContactID", paged: true, filters: { IDs: "ContactID" } },
  {
    name: "Invoices",
    id: "InvoiceID",
    paged: true,
    filters: {
      IDs: "InvoiceID",
      InvoiceNumbers: "InvoiceNumber",
      ContactIDs: "Contact.ContactID",
      Statuses: "Status",
    },
  },
  { name: "CreditNotes", id: "CreditNoteID", paged: true, filters: {} },
  { name: "Payments", id: "PaymentID", paged: true, filters: {} },
  { name: "BatchPayments", id: "BatchPaymentID", paged: false, filters: {} },
  { name: "Overpayments", id: "OverpaymentID", paged: true, filters: { References: "Reference" } },
  { name: "Prepayments", id: "PrepaymentID", paged: true, filters: { InvoiceNumbers: "InvoiceNumber" } },
  { name: "BankTransactions", id: "BankTransactionID", paged: true, filters: {} },
  { name: "Accounts", id: "AccountID", paged: false, filters: {} },
  { name: "TaxRates", id: "TaxType", paged: false, filters: {} },
  { name: "TrackingCategories", id: "TrackingCategoryID", paged: false, filters: {} },
  { name: "Organisation", id: "OrganisationID", paged: false, filters: {} },
];

const BY_NAME = new Map(LIST.map((resource) => [resource.name, resource]));

/** The resource of a path; undefined for an unknown one. */
export function findResource(name: string): Resource | undefined {
  return BY_NAME.get(name);
}
