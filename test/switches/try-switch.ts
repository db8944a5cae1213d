import { packageRoot } from "../../engine/config/root.ts";
import type { Switch } from "./switch.ts";
import { type Failure, type Outcome, runTitled } from "./titled.ts";
import { switchOff } from "./workshop.ts";

/** What became of a requirement's tests when its rule was switched off. */
export interface Tried {
  readonly one: Switch;
  /** Tests that an assertion failed. */
  readonly failed: readonly Failure[];
  /** Why this is no proof; undefined when it is. */
  readonly problem: string | undefined;
}

/** Outcomes of the tests as the tree stands, which several switches share. */
export type Unchanged = Map<string, Promise<Outcome>>;

/** Runs the tests as they are, then with the rule off. `unchanged` undefined: they are known to pass as they are. */
export async function trySwitch(one: Switch, unchanged: Unchanged | undefined): Promise<Tried> {
  const before = unchanged === undefined ? undefined : await wrongAsItIs(one, unchanged);
  if (before !== undefined) return { one, failed: [], problem: before };
  try {
    const workshop = await switchOff(one);
    try {
      const { failed, broken } = await runTitled(workshop.root, one);
      const [first] = broken;
      const without = first === undefined ? "nothing failed" : `no assertion failed, but ${said(first)}`;
      return { one, failed, problem: failed.length > 0 ? undefined : without };
    } finally {
      workshop.close();
    }
  } catch (cause) {
    return { one, failed: [], problem: cause instanceof Error ? cause.message : String(cause) };
  }
}

async function wrongAsItIs(one: Switch, unchanged: Unchanged): Promise<string | undefined> {
  const { id, tests, titled } = one;
  const key = JSON.stringify([id, tests, titled]);
  const asItIs = unchanged.get(key) ?? runTitled(packageRoot(), one);
  unchanged.set(key, asItIs);
  const { passed, failed, broken } = await asItIs;
  const [first] = [...failed, ...broken];
  if (first !== undefined) return `unchanged, a test fails already: ${said(first)}`;
  return passed.length === 0 ? `no test of ${tests.join(", ")} has such a title` : undefined;
}

function said({ title, why }: Failure): string {
  return `${title}: ${why}`;
}
