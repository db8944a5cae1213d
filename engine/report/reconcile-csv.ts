import { type Cell, toCsv } from "./csv.ts";
import type { CustomerView } from "./ledger.ts";
import type { Reconciliation } from "./reconciliation.ts";

const COLUMNS = [
  ...["section", "customer", "customer_number", "linked", "billing_ids", "accounting_ids"],
  ...["period", "currency", "gl_code", "psa", "billing", "accounting", "difference"],
  ...["entity", "documents", "cause", "expected", "explanation", "task", "command"],
  ...["invoiced_by", "psa_difference", "psa_ids"],
] as const;

type Line = { readonly [column in (typeof COLUMNS)[number]]?: Cell };

/** Every sum and every difference as one table; the section says which a line is. */
export function reconciliationCsv(report: Reconciliation): string {
  const customers = new Map(report.customers.map((one) => [one.key, one]));
  const sums = (
    section: string,
    row: {
      readonly customer: string;
      readonly currency: string;
      readonly billing: number;
      readonly accounting: number;
      readonly difference: number;
    },
  ): Line => {
    const money = (amount: number): Cell => ({ amount, currency: row.currency });
    return {
      section,
      ...customerCells(customers.get(row.customer)),
      currency: row.currency,
      billing: money(row.billing),
      accounting: money(row.accounting),
      difference: money(row.difference),
    };
  };
  const lines: readonly Line[] = [
    ...report.revenue.map((row): Line => {
      const money = (amount: number | null): Cell =>
        amount === null ? null : { amount, currency: row.currency };
      return {
        ...sums("invoiced", row),
        period: row.period,
        gl_code: row.gl_code,
        psa: money(row.psa),
        invoiced_by: row.invoiced_by,
        psa_difference: money(row.psa_difference),
      };
    }),
    ...report.payments.map((row): Line => ({ ...sums("received", row), period: row.period })),
    ...report.balances.map((row): Line => sums("balance", row)),
    ...report.differences.map(
      (row): Line => ({
        ...sums("difference", row),
        period: row.period,
        psa: row.psa === null ? null : { amount: row.psa, currency: row.currency },
        gl_code: row.gl.map(({ gl_code }) => gl_code).join(" "),
        entity: row.entity,
        documents: row.documents.map(({ system, id, number }) => `${system}:${id} (${number})`).join(", "),
        cause: row.cause,
        expected: row.expected ? "yes" : "no",
        explanation: row.message,
        task: row.task,
        command: row.command,
      }),
    ),
    ...report.unreadable.map(
      (one): Line => ({
        section: "unreadable",
        entity: one.entity,
        documents: `${one.system}:${one.id}`,
        explanation: one.reason,
      }),
    ),
    ...report.not_compared.map(
      (one): Line => ({
        section: "not compared",
        entity: one.entity,
        explanation: `${one.system}: ${one.reason}`,
      }),
    ),
  ];
  return toCsv(
    COLUMNS,
    lines.map((line) => COLUMNS.map((column) => line[column] ?? null)),
  );
}

function customerCells(customer: CustomerView | undefined): Line {
  if (customer === undefined) return {};
  const { name, number, linked, psa_ids, billing_ids, accounting_ids } = customer;
  return {
    customer: name,
    customer_number: number,
    linked: linked ? "yes" : "no",
    billing_ids: billing_ids.join(" "),
    accounting_ids: accounting_ids.join(" "),
    psa_ids: psa_ids.join(" "),
  };
}
