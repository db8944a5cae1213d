import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { type Books, textOf } from "./books.ts";
import { invalid } from "./problems.ts";

/** Nothing is dated up to the year end lockdown; how the vendor says so is not known. */
export function checkLock(date: string, { ledger, rule }: Books): readonly Row[] {
  const lock = textOf(ledger.get("financial_settings", "1")?.["year_end_lockdown_date"]);
  return lock !== "" && date <= lock && rule("lock_date")
    ? [invalid("date", `The date must be after the year end lockdown date ${lock}.`)]
    : [];
}
