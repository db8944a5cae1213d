import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { parseMoney } from "../../../engine/core/money.ts";
import { groupOf, INVOICE, rowsOf, textOf } from "./books.ts";

/** As much of a ledger as a sum needs: a running one, or one read from its file. */
export interface ReadableLedger {
  all(collection: string): readonly Row[];
}

/**
 * Minor units per GL account over the lines of all invoices that are posted. A reversed one and its reversal are both
 * in it, and come to nothing.
 */
export function glTotals(ledger: ReadableLedger, currency = "USD"): { [account: string]: number } {
  const totals: { [account: string]: number } = {};
  for (const invoice of ledger.all(INVOICE)) {
    if (invoice["state"] === "draft") continue;
    for (const line of rowsOf(invoice["lines"])) {
      const account = textOf(groupOf(line["glAccount"])["id"]);
      const minor = parseMoney(textOf(line["txnAmount"]), currency);
      if (minor === undefined) throw new Error(`line ${textOf(line["key"])} has no amount in ${currency}`);
      totals[account] = (totals[account] ?? 0) + minor;
    }
  }
  return totals;
}
