import { installLine } from "../../../mappings/demo/world/lines.ts";
import type { Scene } from "../scene.ts";

import { put, withLines } from "./revisions.ts";

/** Bills over nothing that the client has held for a person: billing withdraws them, or bills something by them. */

/** Says what became of each. */
export function endZeroBills(
  people: Pick<Scene, "truth" | "billing" | "posted">,
  random: Scene["random"],
): readonly string[] {
  const { truth, billing, posted } = people;
  const waiting = truth.invoices.filter((one) => one.total === 0 && !one.voided && posted.isPending(one));
  return waiting.flatMap((bill) => {
    const now = withLines(truth, bill, [...bill.lines, installLine(random, "Main")]);
    if (now !== undefined && random.chance(50)) return put(people, now, `is over ${now.total}`) ?? [];
    billing.withdraw(bill.number);
    bill.voided = true;
    return `${bill.number} is withdrawn`;
  });
}
