import { join } from "node:path";
import { run } from "node:test";
import type { Switch } from "./switch.ts";

/** What became of tests whose titles bear a requirement. */
export interface Outcome {
  readonly passed: readonly string[];
  /** Failed by an assertion. */
  readonly failed: readonly Failure[];
  /** Ended otherwise: an exception, a time-out, a file that cannot be loaded. */
  readonly broken: readonly Failure[];
}

export interface Failure {
  readonly title: string;
  readonly why: string;
}

const TIMEOUT_MS = 600_000;
const WHY_LENGTH = 160;

/** Runs the tests of a switch in a built tree, whose rule is on or off. */
export async function runTitled(
  root: string,
  { id, tests, titled = "" }: Pick<Switch, "id" | "tests" | "titled">,
): Promise<Outcome> {
  const files = tests.map((name) => join(root, "dist", "test", `${name}.test.js`));
  const bears = new RegExp(`^(?:R\\d+, )*${id}(?:, R\\d+)*: .*${escaped(titled)}`);
  const outcome = { passed: [] as string[], failed: [] as Failure[], broken: [] as Failure[] };
  const stream = run({ files, testNamePatterns: [bears], timeout: TIMEOUT_MS, concurrency: true });
  stream.on("test:pass", ({ name, skip }) => {
    if (skip === undefined && bears.test(name)) outcome.passed.push(name);
  });
  stream.on("test:fail", ({ name, details: { error } }) => {
    const { failureType, cause } = error as { readonly failureType?: unknown; readonly cause?: unknown };
    // A test fails with its subtests, and a file with its tests: the innermost is named.
    if (failureType === "subtestsFailed") return;
    const isAssertion = (cause as { readonly code?: unknown } | undefined)?.code === "ERR_ASSERTION";
    const why = cause instanceof Error ? cause.message : String(cause);
    const failure = { title: name, why: why.replace(/\s+/g, " ").slice(0, WHY_LENGTH) };
    (isAssertion && bears.test(name) ? outcome.failed : outcome.broken).push(failure);
  });
  // The stream ends once it is read.
  for await (const _ of stream);
  return outcome;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
