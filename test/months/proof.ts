import { billingProof } from "../../engine/commands/prove.ts";
import type { Demo } from "../support/demo.ts";
import type { Truth } from "./truth.ts";

/** What `tripoint prove billing` of a month and the one before it says otherwise than what happened, as sentences. */
export async function unproven(demo: Demo, truth: Truth, day: string): Promise<readonly string[]> {
  const month = day.slice(0, 7);
  const before = new Date(Date.parse(`${month}-01T00:00:00Z`) - 1).toISOString().slice(0, 7);
  const drafts = new Set(truth.services.filter(({ draft }) => draft).flatMap(({ items }) => items));
  const billed = new Map(
    truth.items.map(({ id, state, by, invoiced }) => {
      return [id, by === "psa" ? invoiced && !drafts.has(id) : state === "approved"];
    }),
  );
  const found: string[] = [];
  for (const period of [before, month]) {
    const { items } = await billingProof(demo.place, period);
    for (const { item, verdict, why } of items) {
      const wrong =
        verdict === "twice" || verdict === "unexplained" || (billed.get(item) && verdict !== "once");
      if (wrong) found.push(`the proof of ${period} says of ${item}: ${verdict}, ${why}`);
    }
  }
  return found;
}
