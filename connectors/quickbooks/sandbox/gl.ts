import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject } from "../../../engine/core/json.ts";
import { parseMoney } from "../../../engine/core/money.ts";
import { refId, rowsOf, textOf } from "./books.ts";

/** As much of a ledger as a sum needs: a running one, or one read from its file. */
export interface ReadableLedger {
  all(collection: string): readonly Row[];
}

/**
 * Minor units per account number over all invoices less credit memos, each line by its item's income account: what a
 * profit and loss report would show. Voided documents add nothing, since their amounts are 0; tax fields of a document
 * are not lines and are left out. An item without account counts under "".
 */
export function glTotals(ledger: ReadableLedger, currency = "USD"): { [acctNum: string]: number } {
  const accounts = new Map(ledger.all("Account").map((row) => [textOf(row["Id"]), textOf(row["AcctNum"])]));
  const items = new Map(
    ledger.all("Item").map((row) => [textOf(row["Id"]), accounts.get(refId(row["IncomeAccountRef"])) ?? ""]),
  );
  const totals: { [acctNum: string]: number } = {};
  for (const [entity, sign] of [
    ["Invoice", 1],
    ["CreditMemo", -1],
  ] as const) {
    for (const line of ledger.all(entity).flatMap((row) => rowsOf(row["Line"]))) {
      const detail = line["SalesItemLineDetail"];
      if (line["DetailType"] !== "SalesItemLineDetail" || !isObject(detail)) continue;
      const account = items.get(refId(detail["ItemRef"])) ?? "";
      totals[account] = (totals[account] ?? 0) + sign * minorOf(line, currency);
    }
  }
  return totals;
}

function minorOf(line: Row, currency: string): number {
  const amount = line["Amount"];
  const minor = typeof amount === "number" ? parseMoney(amount, currency) : undefined;
  if (minor === undefined) throw new Error(`line ${textOf(line["Id"])} has no amount in ${currency}`);
  return minor;
}
