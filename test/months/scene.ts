import type { WorldReceipt } from "../../engine/connector/sandbox/world.ts";
import type { Random } from "../../mappings/demo/world/random.ts";
import type { BookedCredit } from "../support/credits.ts";
import type { Demo } from "../support/demo.ts";
import type { BillingDesk } from "./desks/billing.ts";
import type { PsaDesk } from "./desks/psa.ts";
import type { ServiceInvoiceDesk } from "./desks/psa-invoices.ts";
import type { PostedBooks } from "./posted.ts";
import type { Rules } from "./rules.ts";
import type { Splits } from "./splits.ts";
import type { OpenItem, Truth } from "./truth.ts";

/** Where events happen: a client's three systems with the people who work in them, on one day. */
export interface Scene {
  readonly demo: Demo;
  readonly truth: Truth;
  readonly psa: PsaDesk;
  readonly services: ServiceInvoiceDesk;
  readonly billing: BillingDesk;
  readonly clerk: Clerk;
  /** What the ledger must show of the bills. */
  readonly posted: PostedBooks;
  readonly rules: Rules;
  readonly splits: Splits;
  /** YYYY-MM-DD */
  readonly today: string;
  /** Draws of this event alone: an event that is left out changes no other. */
  readonly random: Random;
  /** Number for what an event makes; never given twice. */
  next(): number;
}

/** One thing that can happen to a client. */
export interface EventKind {
  readonly name: string;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /** Lets it happen and says what happened; undefined where nothing is there that it could happen to. */
  happen(scene: Scene): Promise<string | undefined> | string | undefined;
}

/** The people who keep the ledger. They work in the product, by its own rules, and not through its API. */
export interface Clerk {
  /** What the ledger itself says is owed, by invoice; withdrawn ones owe nothing. */
  items(): readonly OpenItem[];
  /** What the ledger itself says was received or credited and not applied, by the customer's name. */
  onAccount(): ReadonlyMap<string, number>;
  /** The credit notes that stand in the ledger. */
  credits(): readonly BookedCredit[];
  /** The last day of the closed books; null: all are open. */
  closedUntil(): string | null;
  /** Closes the books up to a day, the day included; null opens them. */
  close(until: string | null): void;
  /** How many lines each invoice has, by its number. */
  lines(): ReadonlyMap<string, number>;
  /** True where an invoice with money or credit on it takes no other text. */
  readonly fixesTextOfPaid: boolean;
  /** The text that each invoice bears, by its number. */
  memos(): ReadonlyMap<string, string>;
  /** What was posted for one customer, by where it is booked (splits.ts). */
  postings(customer: string): ReadonlyMap<string, number>;
  /**
   * Enters money of a customer, by the customer's id here, for documents by their numbers, in the home currency unless
   * given; answers with the payment's id.
   */
  receive(receipt: WorldReceipt, customer: string, currency?: string): string;
}
