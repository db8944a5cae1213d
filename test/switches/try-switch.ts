import { packageRoot } from "../../engine/config/root.ts";
import type { Switch } from "./switch.ts";
import { type Outcome, runTitled } from "./titled.ts";
import { switchOff } from "./workshop.ts";

/** What became of a requirement's tests when its rule was switched off. */
export interface Tried {
  readonly one: Switch;
  /** Tests that an assertion failed. */
  readonly failed: readonly string[];
  /** Why this is no proof; undefined when it is. */
  readonly problem: string | undefined;
}

/** Outcomes of the tests as the tree stands, by requirement and file: several switches share them. */
export type Unchanged = Map<string, Promise<Outcome>>;

/** Runs the tests as they are, then with the rule off. */
export async function trySwitch(one: Switch, unchanged: Unchanged = new Map()): Promise<Tried> {
  const tried = (failed: readonly string[], problem?: string): Tried => ({ one, failed, problem });
  const key = JSON.stringify([one.id, one.tests]);
  const asItIs = unchanged.get(key) ?? runTitled(packageRoot(), one.id, one.tests);
  unchanged.set(key, asItIs);
  const { passed, failed, broken } = await asItIs;
  const bad = [...failed, ...broken];
  if (bad.length > 0) return tried([], `unchanged, a test fails already: ${bad[0]}`);
  if (passed.length === 0) return tried([], `no test of ${one.tests.join(", ")} is titled ${one.id}`);
  try {
    const workshop = await switchOff(one);
    try {
      const off = await runTitled(workshop.root, one.id, one.tests);
      if (off.failed.length > 0) return tried(off.failed);
      const [first] = off.broken;
      return tried([], first === undefined ? "nothing failed" : `no assertion failed, but ${first}`);
    } finally {
      workshop.close();
    }
  } catch (cause) {
    return tried([], cause instanceof Error ? cause.message : String(cause));
  }
}
