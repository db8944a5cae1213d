import { join } from "node:path";
import { run } from "node:test";

/** Tests whose titles bear a requirement, run in some files of a built tree. */
export interface Outcome {
  readonly passed: readonly string[];
  /** Failed by an assertion. */
  readonly failed: readonly string[];
  /** Ended otherwise: an exception, a time-out, a file that cannot be loaded. */
  readonly broken: readonly string[];
}

const TIMEOUT_MS = 300_000;

/** `tests`: files below the tree's test/, without their ending. */
export async function runTitled(root: string, id: string, tests: readonly string[]): Promise<Outcome> {
  const files = tests.map((name) => join(root, "dist", "test", `${name}.test.js`));
  const bears = new RegExp(`^(?:R\\d+, )*${id}(?:, R\\d+)*: `);
  const outcome = { passed: [] as string[], failed: [] as string[], broken: [] as string[] };
  const stream = run({ files, testNamePatterns: [bears], timeout: TIMEOUT_MS, concurrency: true });
  stream.on("test:pass", ({ name, skip }) => {
    if (skip === undefined && bears.test(name)) outcome.passed.push(name);
  });
  stream.on("test:fail", ({ name, details: { error } }) => {
    const { failureType, cause } = error as { readonly failureType?: unknown; readonly cause?: unknown };
    // A test fails with its subtests, and a file with its tests: the innermost is named.
    if (failureType === "subtestsFailed") return;
    const isAssertion = (cause as { readonly code?: unknown } | undefined)?.code === "ERR_ASSERTION";
    if (isAssertion && bears.test(name)) outcome.failed.push(name);
    else outcome.broken.push(`${name}: ${String(cause)}`);
  });
  // The stream ends once it is read.
  for await (const _ of stream);
  return outcome;
}
