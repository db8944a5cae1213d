import { ageing } from "../../engine/commands/ageing.ts";
import { reconcile } from "../../engine/commands/reconcile.ts";
import type { Demo } from "../support/demo.ts";

// Charges wait for billing's next invoice, which is nobody's mistake.
const WAITING = "not_invoiced";

/** What `tripoint reconcile` finds where the books tie out, as sentences; none is right. */
export async function misreported(demo: Demo): Promise<readonly string[]> {
  const { differences, unreadable } = await reconcile(demo.place, { scope: { from: null, to: null } });
  const aged = await ageing(demo.place, { compare: true });
  return [
    ...differences
      .filter(({ expected, cause }) => !expected && cause !== WAITING)
      .map(
        (one) =>
          `reconcile says ${one.cause} of ${one.documents.map(({ id }) => id).join(" and ")}: ${one.message}`,
      ),
    ...unreadable.map((one) => `reconcile cannot read ${JSON.stringify(one)}`),
    ...aged.differences
      .filter(({ causes }) => causes.some(({ expected }) => !expected))
      .map((one) => `ageing says ${one.causes.map(({ message }) => message).join(" and ")}`),
    ...aged.checks.map(
      (one) =>
        `ageing shows ${one.number}: ${one.by_documents} by documents, ${one.by_balance} by balance in ${one.system}`,
    ),
  ];
}
