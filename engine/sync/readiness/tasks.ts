import type { TaskCode } from "../../config/readiness.ts";
import type { ServiceFacts, UnreadRecord } from "./facts.ts";

/** What a person has to do before, or while, an account bills. */
export interface OpenTask {
  readonly code: TaskCode;
  /** What it is about (a service, a location, a contract line), so that its age can be told; "" for the account. */
  readonly subject: string;
  readonly contract_id: string | null;
  /** Name of the location that it is about; null for the account as a whole. */
  readonly location: string | null;
  readonly message: string;
  readonly assignee: string;
  /** Whether invoices wait for it. */
  readonly blocks: boolean;
}

/** A task before its rule has said whose it is. `service`: the kind that the rule may leave out. */
export interface Found extends Pick<OpenTask, "code" | "subject" | "contract_id" | "location" | "message"> {
  readonly service?: ServiceFacts;
  /** Of a record that cannot be read: its entity. */
  readonly of?: UnreadRecord["entity"];
}
