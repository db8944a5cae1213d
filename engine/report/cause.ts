import { printMoney } from "../core/money.ts";
import type { LedgerDocument, Ledgers } from "./ledger.ts";

/** What is said of a difference between two ledgers. */

export interface Cause {
  /** Stable word. */
  readonly cause: string;
  /** By the client's own rules: nothing is wrong. */
  readonly expected: boolean;
  readonly message: string;
  /** What a person does first; null when the command does all. */
  readonly task: string | null;
  /** To be typed as it stands, but for what is in <>; null when no command helps. */
  readonly command: string | null;
}

/** What is said of one document more than the pair shows. */
export interface CauseContext {
  readonly ledgers: Pick<
    Ledgers,
    | "flows"
    | "customers"
    | "invoiceKey"
    | "unreadable"
    | "psa_compared"
    | "applications_pipeline"
    | "refunds_pipeline"
  >;
  readonly client: string;
  /** Other documents of its side with the same number, or payments like it. */
  readonly alike: (document: LedgerDocument) => readonly LedgerDocument[];
}

/** A cause that is no rule of the client. */
export function cause(
  word: string,
  message: string,
  { task = null, command = null }: { readonly task?: string | null; readonly command?: string | null },
): Cause {
  return { cause: word, expected: false, message, task, command };
}

/** "invoice INV-1042 over 826.05 USD", "payment CHK-501 over 50.00 USD". */
export function name({ kind, number, total, currency }: LedgerDocument): string {
  return `${word(kind)} ${number} over ${printMoney(total, currency)}`;
}

/** The kind of a document in words. */
export function word(kind: LedgerDocument["kind"]): string {
  return kind === "credit_note" ? "credit note" : kind;
}
