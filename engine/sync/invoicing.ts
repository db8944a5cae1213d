import type { InvoicingConfig, InvoicingMode } from "../config/types.ts";

/**
 * $invoicing(customer_id, date) of a client: "separate" or "consolidated", by the PSA's id of the customer and the first
 * day of the service. Throws without a customer, and without a day where the day decides: a guess could bill twice.
 */
export function invoicingOf(invoicing: InvoicingConfig): (customer: unknown, date: unknown) => InvoicingMode {
  const { mode, customers, switch_over, before } = invoicing;
  return (customer, date) => {
    if (typeof customer !== "string") throw new Error("$invoicing needs the id of a customer");
    if (switch_over !== null) {
      if (typeof date !== "string") throw new Error("$invoicing needs the first day of the service");
      if (date < switch_over) return before;
    }
    return (Object.hasOwn(customers, customer) ? customers[customer] : undefined) ?? mode;
  };
}
