import type { TestContext } from "node:test";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import type { JsonObject } from "./client-copy.ts";
import { type BookedCredit, creditsOf, creditWorld } from "./credits.ts";
import { type Demo, openDemo } from "./demo.ts";
import { GL_CODES } from "./tiny-demo.ts";

/** A client whose billing is a database with credit notes, and one of the ledgers. */

export type Ledger = keyof typeof SYSTEMS.accounting;

/** The pipelines of credit notes, by the names of their files. */
export const CREDIT_PIPELINES = {
  "credit-notes.yaml": pipeline("credit-notes", "invoices"),
  "credit-applications.yaml": pipeline("credit-applications", "credit-notes"),
};

/** The same of a billing system that has invoices below zero instead. */
export const NEGATIVE_INVOICE_PIPELINES = {
  "invoices.yaml": `pipeline: invoices
extends: ../base/invoices-to-accounting.yaml
after: [customers-accounting, customers-billing-accounting]
source: { filter: 'status in ["issued", "voided"] and total >= 0' }
tests: []
`,
  "negative-invoices.yaml": pipeline("negative-invoices", "invoices"),
};

/** The client's files: what openDemo and openTriangle take beside the systems. */
export const CREDIT_FILES = { "gl-codes.yaml": GL_CODES, ...CREDIT_PIPELINES };

export interface CreditDemo extends Demo {
  /** The credit notes that stand in the ledger's own books. */
  credits(): readonly BookedCredit[];
  /** Changes rows of billing's books as of now, as its people would. */
  bill(table: string, id: string, changes: { readonly [column: string]: string | number | null }): void;
}

export interface CreditOptions {
  readonly world?: World;
  readonly billing?: "sqlite-billing" | "csv-billing";
  /** Further settings of the ledger. */
  readonly settings?: JsonObject;
}

/** Starts everything, with nothing run; it ends with the test. */
export async function openCreditDemo(
  t: TestContext,
  ledger: Ledger,
  { world = creditWorld, billing: seat = "sqlite-billing", settings = {} }: CreditOptions = {},
): Promise<CreditDemo> {
  const given = SYSTEMS.accounting[ledger];
  const entry = {
    ...given,
    settings: { ...given.settings, ...settings },
    allow_unverified: ["credit_application"],
  };
  const systems = { billing: SYSTEMS.billing[seat], accounting: entry };
  const demo = await openDemo(t, { world, systems, files: CREDIT_FILES });
  const { billing, accounting } = demo.sandboxes;
  return {
    ...demo,
    credits: () => creditsOf(ledger, accounting.ledger.all),
    bill: (table, id, changes) => {
      const updated_at = new Date(demo.clock.now()).toISOString();
      billing.ledger.put(table, id, { ...billing.ledger.get(table, id), ...changes, updated_at });
      billing.show();
    },
  };
}

function pipeline(name: string, after: string): string {
  // The tests of the base have the demo's codes.
  return `pipeline: ${name}\nextends: ../base/${name}-to-accounting.yaml\nafter: [${after}]\ntests: []\n`;
}
