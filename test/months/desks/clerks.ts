import type { Demo } from "../../support/demo.ts";
import type { Clerk } from "../scene.ts";
import { quickBooksClerk } from "./quickbooks.ts";
import { xeroClerk } from "./xero.ts";

const CLERKS: { readonly [ledger: string]: (demo: Demo) => Clerk } = {
  quickbooks: quickBooksClerk,
  xero: xeroClerk,
};

/** Who keeps the books of a client. Throws for a ledger that nobody here knows. */
export function clerkOf(demo: Demo, ledger: string): Clerk {
  const clerk = CLERKS[ledger]?.(demo);
  if (clerk === undefined) throw new Error(`nobody keeps the books of ${ledger}`);
  return clerk;
}
