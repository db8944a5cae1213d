import { makeRandom } from "../../mappings/demo/world/random.ts";
import { EVENTS, MONTHLY } from "./events.ts";
import type { EventKind } from "./scene.ts";

/** One thing that is going to happen. */
export interface PlannedEvent {
  readonly month: number;
  /** Which run of the month comes after it. */
  readonly step: number;
  readonly kind: EventKind;
  /** Names its draws: what is left out of a plan changes none of the others. */
  readonly stream: string;
}

/** Runs in a month, and the days on which they begin. */
export const STEP_DAYS = [2, 9, 16, 24];
const EVENTS_MAX = 5;

/** What happens to one client in its months; the same seed gives the same plan. */
export function planMonths(seed: number, months: number): readonly PlannedEvent[] {
  const random = makeRandom(seed, "plan");
  const drawn = EVENTS.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
  return Array.from({ length: months }, (_, month) =>
    STEP_DAYS.map((_day, step) => {
      const count = random.int(1, EVENTS_MAX);
      const kinds = [
        ...(step === 0 ? [MONTHLY] : []),
        ...Array.from({ length: count }, () => random.pick(drawn)),
      ];
      return kinds.map((kind, place) => ({ month, step, kind, stream: `${month}/${step}/${place}` }));
    }),
  ).flat(2);
}
