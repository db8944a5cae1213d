import type {
  Company,
  Expected,
  WorldInvoice,
  WorldReceipt,
} from "../../../engine/connector/sandbox/world.ts";
import { GL } from "./chart.ts";
import { isTelecomCustomer } from "./invoices.ts";

/** What the books must show in the end, added up from what was generated. */
export function expectedBooks(
  companies: readonly Company[],
  invoices: readonly WorldInvoice[],
  receipts: readonly WorldReceipt[],
): Expected {
  const charges = invoices.flatMap(({ lines, taxes }) => [...lines, ...taxes]);
  const gl_totals = GL.map(({ gl_code, charge_types }) => {
    const posted = charges.filter(({ charge_type }) => charge_types.includes(charge_type));
    return [gl_code, posted.reduce((sum, { amount }) => sum + amount, 0)] as const;
  });
  return {
    gl_totals: Object.fromEntries(gl_totals),
    invoice_count: invoices.length,
    invoice_total: invoices.reduce((sum, { total }) => sum + total, 0),
    billing_customers: companies.filter(isTelecomCustomer).map(({ number }) => number),
    accounting_customers: companies
      .filter(({ active, types }) => active && types.includes("Client"))
      .map(({ number }) => number),
    payments: receipts.map(({ date, amount, reference, allocations }) => ({
      date,
      amount,
      reference,
      allocations,
    })),
  };
}
