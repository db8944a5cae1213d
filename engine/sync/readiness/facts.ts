import type { TaskCode } from "../../config/readiness.ts";

/** What the gate looks at: the parts of canonical records that readiness rests on, gathered for one account. */

export interface AccountFacts {
  readonly id: string;
  /** What people call it: its number, else its id. */
  readonly label: string;
  /** Name of the customer, else its id. */
  readonly customer: string;
  readonly customer_id: string;
  /** Contracts that stand on it in billing. */
  readonly contract_ids: readonly string[];
  /** Billing has closed it. */
  readonly closed: boolean;
  readonly locations: readonly LocationFacts[];
  readonly services: readonly ServiceFacts[];
  readonly contracts: readonly ContractFacts[];
  /** False when no contracts can be read: then nothing is said about them. */
  readonly contracts_known: boolean;
  /** Records that could not be read and that the account has, or may have for all that anybody knows. */
  readonly unread: readonly UnreadRecord[];
}

export interface UnreadRecord {
  readonly system: "psa" | "billing";
  readonly entity: "billing_account" | "location" | "service" | "contract";
  readonly id: string;
  readonly reason: string;
}

export interface LocationFacts {
  readonly id: string;
  readonly name: string;
  readonly jurisdiction: Jurisdiction;
}

/** The taxing place of a location; `why` says what is missing when there is none. */
export interface Jurisdiction {
  readonly code: string | null;
  readonly why: string;
}

export interface ServiceFacts {
  readonly id: string;
  readonly kind: "circuit" | "btn" | "did" | "other";
  readonly status: "pending" | "active" | "disconnected";
  readonly location_id: string | null;
  readonly parent_service_id: string | null;
  /** E.164 */
  readonly number: string | null;
  readonly circuit_id: string | null;
  readonly rate_plan_code: string | null;
  readonly contract_line_id: string | null;
  readonly provenance: "manual" | "provisioning" | "import";
  /** Rules that leave it alone. */
  readonly exempt: ReadonlySet<TaskCode>;
}

export interface ContractFacts {
  readonly id: string;
  readonly number: string;
  readonly status: "draft" | "signed" | "expired" | "cancelled";
  readonly cancellation_date: string | null;
  readonly currency: string;
  readonly lines: readonly ContractLineFacts[];
}

export interface ContractLineFacts {
  readonly id: string;
  readonly description: string;
  /** Null when nobody says. */
  readonly service_type: "number" | "circuit" | "voice_package" | "none" | null;
  /** Decimal text. */
  readonly quantity: string;
  /** Decimal text; null where the PSA names no price. */
  readonly unit_amount_decimal: string | null;
  readonly start_date: string | null;
  readonly end_date: string | null;
}

/** A contract that lets one expect services: signed, or signed and cancelled for a later day. */
export function isInForce({ status, cancellation_date }: ContractFacts, today: string): boolean {
  if (status === "signed") return true;
  return status === "cancelled" && cancellation_date !== null && cancellation_date > today;
}
