import { type Cause, type CauseContext, name } from "./cause.ts";
import { type LedgerDocument, signed } from "./ledger.ts";
import { appliedSums, FOREVER } from "./open-items.ts";
import { documentsIn, type Pair } from "./pairs.ts";
import { createSums } from "./sums.ts";

/** Documents that differ because their books were closed, and come to the same in the end. Pure. */

/** Cause of a document that others adjust to what its source says. */
const ADJUSTED = "adjusted";
/** Cause of a document that is dated on the first day that was open, since its own was in closed books. */
const FIRST_OPEN_DAY = "first_open_day";

/** Causes of documents that come to the same on both sides once all days are counted. */
export const EVEN_IN_THE_END: ReadonlySet<string> = new Set([ADJUSTED, FIRST_OPEN_DAY]);

/** The document changed after its books were closed, and what was posted later makes up for it to the cent. */
export function adjustedLater(pair: Pair): Cause | undefined {
  const adjusting = pair.accounting.filter(({ adjusts }) => adjusts !== null);
  const [original] = pair.accounting.filter(({ adjusts }) => adjusts === null);
  if (original === undefined || adjusting.length === 0) return undefined;
  if (!isEven(pair, original.customer_id)) return undefined;
  const [source] = [...pair.psa, ...pair.billing];
  // No other document makes up for another due date.
  const due =
    source?.status === "issued" && source.due_date !== original.due_date
      ? `, but for its due date: ${original.due_date} there, ${source.due_date} in ${source.side}`
      : "";
  const message = `${name(original)} changed after its books were closed: ${adjusting.map((one) => `${name(one)} of ${one.date}`).join(" and ")} makes up for it${due}`;
  return { cause: ADJUSTED, expected: true, message, task: null, command: null };
}

/** The books of its day were closed when it was posted, and nothing else of it differs. */
export function movedTo(
  pair: Pair,
  source: LedgerDocument,
  found: LedgerDocument,
  { customers, invoiceKey }: CauseContext["ledgers"],
): Cause | undefined {
  const { standing, side, date, due_date, status, customer_id } = source;
  if (standing?.kind !== "written" || standing.moved === null) return undefined;
  const { from, to } = standing.moved;
  const isAlike =
    date === from &&
    found.date === to &&
    (found.due_date === due_date || (due_date < to && found.due_date === to)) &&
    found.status === status &&
    customers.of(side, customer_id).key === customers.of(found.side, found.customer_id).key &&
    isEven(pair, found.customer_id) &&
    appliedSums(documentsIn(pair), invoiceKey, FOREVER).every(({ difference }) => difference === 0);
  if (!isAlike) return undefined;
  const message = `${name(source)} of ${from} is dated ${to} in ${found.side}: the books of its own day were closed`;
  return { cause: FIRST_OPEN_DAY, expected: true, message, task: null, command: null };
}

/** True when both sides add the same to every GL code and in all, and accounting's documents are of this customer there. */
export function isEven(pair: Pair, customer_id: string): boolean {
  const sums = createSums<{ readonly customer: string; readonly gl_code: string | null }>();
  for (const one of documentsIn(pair)) {
    const customer = one.side !== "accounting" || one.customer_id === customer_id ? "" : one.customer_id;
    sums.add({ customer, gl_code: null }, one.side, signed(one, one.total));
    for (const [index, gl_code] of one.gl.codes.entries())
      sums.add({ customer, gl_code }, one.side, signed(one, one.gl.amounts[index] ?? 0));
  }
  return sums.rows().every(({ difference }) => difference === 0);
}
