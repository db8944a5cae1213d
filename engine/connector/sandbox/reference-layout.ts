import { isObject } from "../../core/json.ts";
import type { Row } from "./types.ts";

/** The tables and columns of the reference layout, which the README of the database connector documents. */

/** A table of the layout: its columns, and the lists whose items are rows of a table of their own. */
export interface LayoutTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** List of a row → table of its items, the column that names the row, and the columns of an item. */
  readonly lists: {
    readonly [list: string]: {
      readonly table: string;
      readonly parent: string;
      readonly columns: readonly string[];
    };
  };
}

const HEAD = ["id", "updated_at"];
const ADDRESS = [1, 2, 3, 4, 5]
  .map((n) => `address_line${n}`)
  .concat(["city", "region", "postal_code", "country"]);

const LINE = [
  ...["line_number", "charge_type", "description", "quantity", "unit_amount_decimal", "amount"],
  ...["service_id", "location_id", "billable_item_id", "period_from", "period_to"],
];
const TAX = [
  ...["line_number", "tax_type", "name", "jurisdiction", "tax_code", "rate_decimal", "taxable_amount"],
  "amount",
];

/** The reference layout. Columns of money and counts are integers, all others text. */
export const LAYOUT: readonly LayoutTable[] = [
  {
    name: "customers",
    columns: [
      ...HEAD,
      ...["customer_number", "name", "customer_type", "status", "parent_id", ...ADDRESS, "phone"],
      ...[
        "payment_terms_id",
        "tax_id",
        "currency",
        "account_number",
        "account_status",
        "opened_date",
        "closed_date",
      ],
    ],
    lists: {
      emails: { table: "customer_emails", parent: "customer_id", columns: ["email"] },
      fields: { table: "customer_fields", parent: "customer_id", columns: ["label", "value"] },
      contracts: { table: "customer_contracts", parent: "customer_id", columns: ["contract_id"] },
    },
  },
  {
    name: "contacts",
    columns: [
      ...HEAD,
      "customer_id",
      "location_id",
      "name",
      "first_name",
      "last_name",
      "email",
      "phone",
      "status",
    ],
    lists: { roles: { table: "contact_roles", parent: "contact_id", columns: ["role"] } },
  },
  {
    name: "locations",
    columns: [...HEAD, "customer_id", "name", ...ADDRESS, "phone", "tax_jurisdiction_code", "status"],
    lists: { roles: { table: "location_roles", parent: "location_id", columns: ["role"] } },
  },
  {
    name: "services",
    columns: [
      ...[...HEAD, "kind", "customer_id", "location_id", "location_z_id", "parent_service_id", "number"],
      ...["circuit_id", "carrier", "trunk_group", "rate_plan_code", "description", "status"],
      ...["activation_date", "disconnection_date", "contract_line_id", "provenance"],
    ],
    lists: {},
  },
  {
    name: "invoices",
    columns: [
      ...[
        ...HEAD,
        "number",
        "invoice_type",
        "status",
        "customer_id",
        "invoice_date",
        "due_date",
        "period_from",
      ],
      ...[
        "period_to",
        "currency",
        "subtotal",
        "tax_total",
        "total",
        "balance",
        "memo",
        "void_date",
        "void_reason",
      ],
    ],
    lists: {
      lines: { table: "invoice_lines", parent: "invoice_id", columns: LINE },
      taxes: { table: "invoice_taxes", parent: "invoice_id", columns: TAX },
    },
  },
  {
    name: "credit_notes",
    columns: [
      ...[...HEAD, "number", "status", "customer_id", "invoice_id", "credit_note_date", "currency"],
      ...["subtotal", "tax_total", "total", "refunded_amount", "unapplied_amount"],
      ...["memo", "void_date", "void_reason"],
    ],
    lists: {
      lines: { table: "credit_note_lines", parent: "credit_note_id", columns: LINE },
      taxes: { table: "credit_note_taxes", parent: "credit_note_id", columns: TAX },
      // Each is a record of its own, too.
      applications: {
        table: "credit_note_applications",
        parent: "credit_note_id",
        columns: [...HEAD, "status", "customer_id", "invoice_id", "amount", "currency", "application_date"],
      },
    },
  },
  {
    name: "payments",
    columns: [
      ...[
        ...HEAD,
        "status",
        "customer_id",
        "payment_date",
        "amount",
        "currency",
        "method",
        "reference",
        "memo",
      ],
      ...["refunded_amount", "unapplied_amount", "void_date", "void_reason"],
    ],
    lists: {
      allocations: {
        table: "payment_allocations",
        parent: "payment_id",
        columns: ["invoice_id", "amount", "allocation_date"],
      },
    },
  },
  {
    name: "charges",
    columns: [
      ...[...HEAD, "kind", "customer_id", "charge_type", "description", "quantity", "unit"],
      ...["unit_amount_decimal", "amount", "currency", "tax_class", "item_date", "period_from", "period_to"],
      ...["contract_id", "contract_line_id", "work_reference", "source_item_id"],
      ...["invoice_id", "invoice_number"],
    ],
    lists: {},
  },
  {
    name: "refunds",
    columns: [
      ...[
        ...HEAD,
        "status",
        "customer_id",
        "refund_date",
        "amount",
        "currency",
        "method",
        "reference",
        "memo",
      ],
      ...["void_date", "void_reason"],
    ],
    lists: {
      allocations: {
        table: "refund_allocations",
        parent: "refund_id",
        columns: ["payment_id", "credit_note_id", "amount"],
      },
    },
  },
  { name: "payment_terms", columns: [...HEAD, "name", "due_rule", "due_days", "status"], lists: {} },
  { name: "imports", columns: ["key", "table_name", "id", "imported_at", "error"], lists: {} },
];

/** Items of a list of all rows of a table, each with the row that it belongs to. */
export function itemsOf(
  rows: readonly Row[],
  list: string,
  { parent, columns }: LayoutTable["lists"][string],
): readonly Row[] {
  return rows.flatMap((row) =>
    rowsOf(row[list]).map((item) => ({
      [parent]: row["id"] ?? null,
      ...Object.fromEntries(columns.map((column) => [column, item[column] ?? null])),
    })),
  );
}

/** The items of a list in a row; none where it has no such list. */
export function rowsOf(value: Row[string] | undefined): readonly Row[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
