import { type Books, textOf } from "./books.ts";
import { storedDay } from "./dates.ts";
import { Refusal } from "./refusal.ts";

/** Refuses a document dated on or before a lock date of the organisation. */
export function checkLock(day: string, books: Books): Refusal | undefined {
  const [organisation] = books.ledger.all("Organisation");
  const dates = ["EndOfYearLockDate", "PeriodLockDate"].map((field) => storedDay(organisation?.[field]));
  const lock = dates
    .filter((date) => date !== "")
    .sort()
    .at(-1);
  if (lock === undefined || day === "" || day > lock || !books.rule("lock_date")) return undefined;
  const [year = "", month = "", date = ""] = lock.split("-");
  const shown = `${Number(date)}/${month}/${year}`;
  return new Refusal(
    `The document date cannot be before the ${textOf(lock) === dates[0] ? "end of year lock date" : "period lock date"}, currently set at ${shown}`,
  );
}
