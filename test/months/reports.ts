import { ageing } from "../../engine/commands/ageing.ts";
import { reconcile } from "../../engine/commands/reconcile.ts";
import type { Demo } from "../support/demo.ts";

// Charges wait for billing's next invoice, which is nobody's mistake.
const WAITING = "not_invoiced";

/** What `tripoint ageing --compare` and `tripoint reconcile` find where the books tie out, as sentences; none is right. */
export async function misreported(demo: Demo, day: string): Promise<readonly string[]> {
  const aged = await ageing(demo.place, { date: day, compare: true });
  const whole = await reconcile(demo.place, { scope: { from: null, to: null } });
  return [
    ...aged.differences
      .filter(({ causes }) => causes.some(({ expected }) => !expected))
      .map(
        (one) => `ageing says of ${one.number}: ${one.billing} in billing, ${one.accounting} in accounting`,
      ),
    ...aged.checks.map(
      (one) => `ageing says of ${one.number}: ${one.by_documents} by documents, ${one.by_balance} by balance`,
    ),
    ...whole.differences
      .filter(({ expected, cause }) => !expected && cause !== WAITING)
      .map(
        (one) =>
          `reconcile says ${one.cause} of ${one.documents.map(({ id }) => id).join(" and ")}: ${one.message}`,
      ),
    ...[...aged.unreadable, ...whole.unreadable].map((one) => `a report cannot read ${JSON.stringify(one)}`),
  ];
}
