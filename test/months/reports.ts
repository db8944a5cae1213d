import { ageing } from "../../engine/commands/ageing.ts";
import { reconcile } from "../../engine/commands/reconcile.ts";
import type { Demo } from "../support/demo.ts";
import { waitingMoney } from "./service-invoices.ts";
import type { Truth } from "./truth.ts";

// Charges wait for billing's next invoice, which is nobody's mistake.
const WAITING = "not_invoiced";

/** What `tripoint reconcile` and `ageing` find where the books tie out, as sentences; none is right. */
export async function misreported(demo: Demo, truth: Truth): Promise<readonly string[]> {
  // Money of customers that billing does not have is to be named, and is the one thing that is.
  const waiting = waitingMoney(truth);
  const isWaiting = (id: string | null): boolean => id !== null && waiting.has(id);
  const { differences, unreadable } = await reconcile(demo.place, { scope: { from: null, to: null } });
  const aged = await ageing(demo.place, { compare: true });
  return [
    ...differences
      .filter(({ expected, cause }) => !expected && cause !== WAITING)
      .filter(({ documents }) => documents.length === 0 || !documents.every(({ id }) => isWaiting(id)))
      .map(
        (one) =>
          `reconcile says ${one.cause} of ${one.documents.map(({ id }) => id).join(" and ")}: ${one.message}`,
      ),
    ...unreadable.map((one) => `reconcile cannot read ${JSON.stringify(one)}`),
    ...aged.differences
      .filter(({ ids, causes }) => !isWaiting(ids.accounting) && causes.some(({ expected }) => !expected))
      .map((one) => `ageing says ${one.causes.map(({ message }) => message).join(" and ")}`),
    ...aged.checks.map(
      (one) =>
        `ageing shows ${one.number}: ${one.by_documents} by documents, ${one.by_balance} by balance in ${one.system}`,
    ),
  ];
}
