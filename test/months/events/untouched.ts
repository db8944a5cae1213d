import type { Scene } from "../scene.ts";
import { openOf, type TrueInvoice } from "../truth.ts";

/** True of a bill of which nothing is paid or credited, in billing either, which hears of it with the next run. */
export function isUntouched(
  { truth, billing }: Pick<Scene, "truth" | "billing">,
  bill: TrueInvoice,
): boolean {
  const credited = truth.credits.some(({ voided, invoice }) => !voided && invoice === bill.number);
  const there = billing.items().find(({ number }) => number === bill.number);
  return openOf(truth, bill) === bill.total && there?.open === bill.total && !credited;
}
