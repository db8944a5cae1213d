import type { PlannedEvent } from "./plan.ts";

const TRIES_MAX = 60;

/**
 * The smallest plan found that still fails: parts are left out, ever smaller ones, as long as what is left fails. Events
 * draw from streams of their own, so what is left out changes no other.
 */
export async function shrink(
  plan: readonly PlannedEvent[],
  fails: (plan: readonly PlannedEvent[]) => Promise<boolean>,
): Promise<readonly PlannedEvent[]> {
  let left = plan;
  let tries = TRIES_MAX;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = left.length - size; from > -size && tries > 0; from -= size) {
      const without = [...left.slice(0, Math.max(0, from)), ...left.slice(from + size)];
      tries -= 1;
      if (await fails(without)) left = without;
    }
  }
  return left;
}
