/** What client.yaml says of readiness; the schema fills in what is left out. */

export const TASK_CODES = [
  "location_missing",
  "circuit_missing",
  "btn_missing",
  "number_duplicate",
  "number_unmatchable",
  "rate_plan_missing",
  "tax_jurisdiction_missing",
  "numbers_missing",
  "circuit_details_missing",
  "rate_plan_choice",
  "service_without_contract",
  "record_unreadable",
] as const;

/** Stable word for what is missing (schemas/entities/billing_account.schema.json). */
export type TaskCode = (typeof TASK_CODES)[number];

export interface ReadinessRule {
  /** Who supplies what is missing. */
  readonly assignee: string;
  /** Whether the account's invoices wait for it. */
  readonly blocks: boolean;
  /** Kinds of service that the rule leaves alone; not there where it is about no service. */
  readonly except?: readonly ("circuit" | "btn" | "did" | "other")[];
  /** JSONata over a service that the rule leaves alone; null: none. */
  readonly except_when?: string | null;
}

export interface ReadinessConfig {
  readonly invoices: "hold" | "ignore";
  /** Name of the code map by which addresses become tax jurisdictions; null: billing's own codes alone. */
  readonly tax_jurisdictions: string | null;
  /** How a file of call records is read (tripoint cdr). */
  readonly cdr: {
    /** Columns with a number by which a call may belong to a service. */
    readonly numbers: readonly string[];
    readonly charge: string | null;
    readonly delimiter: string;
    /** Where numbers without a country are dialled, ISO 3166-1 alpha-2. */
    readonly country: string;
  };
  readonly rules: { readonly [code in TaskCode]: ReadinessRule | "off" };
}
