/**
 * Every field name of this server that the fact sheet does not prove, in one place, so that a name proved on a tenant
 * is changed here alone. "weak" stands on one weak source, "assumed" on none.
 */
export const names = {
  customer: {
    // weak: the REST field page of customers was not available.
    parent: "parent_customer_id",
    billingAddress: "billing_address",
    serviceAddress: "service_address",
    listingAddress: "listing_address",
    activated: "activated_date",
  },
  bill: {
    // weak: bill_id, customer_id and these three.
    created: "created_date",
    due: "due_date",
    total: "total",
    // assumed
    number: "bill_number",
    status: "status",
    periodStart: "period_start_date",
    periodEnd: "period_end_date",
    amountDue: "amount_due",
    taxes: "taxes",
  },
  /** assumed: the rows of a bill's taxes; the vendor documents only tax_amount of a charge, which is their sum. */
  tax: {
    charge: "charge_id",
    code: "tax_code",
    description: "description",
    jurisdiction: "jurisdiction",
    type: "tax_type",
    rate: "rate",
    amount: "amount",
  },
  payment: {
    // assumed: a create is only known to take customer_id, amount and reference_number.
    date: "payment_date",
    allocations: "bills",
    allocatedBill: "bill_id",
    allocatedAmount: "amount",
  },
  // assumed
  address: { validatedByProvider: "is_validated_by_provider", validatedByUsps: "is_validated_by_usps" },
  // assumed
  billProfile: { name: "description" },
  // assumed
  productType: { code: "code", description: "description" },
  /** assumed: only the filters created_date_start and updated_date_start are known, not the fields they look at. */
  stamps: { created: "created_date", updated: "updated_date" },
} as const;

/** Bill status, assumed: whether and how a bill shows that it was voided is not documented. */
export const billStatuses = ["ISSUED", "VOIDED"] as const;

/** Custom fields of customers that this tenant has set up, in the order of their ids. */
export const customFields = [
  { field_id: 7, label: "PSA Company ID" },
  { field_id: 8, label: "Contract IDs" },
  { field_id: 9, label: "Accounting ID" },
] as const;
export const psaCompanyLabel = customFields[0].label;
