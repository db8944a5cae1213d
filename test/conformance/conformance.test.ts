import { test } from "node:test";
import { CAPABILITIES, type Capability } from "../../engine/connector/sandbox/capabilities.ts";
import { loadSubjects, openBench } from "./bench.ts";
import { CHECKS } from "./checks.ts";

/** One suite for every connector that has a sandbox; what a connector lacks is skipped with its reason. */

const capabilities = Object.keys(CAPABILITIES) as Capability[];

for (const subject of await loadSubjects()) {
  for (const name of capabilities) {
    const lacks = subject.capabilities.lacks[name];
    const title = `${subject.name} ${name}: ${CAPABILITIES[name]}`;
    test(title, { skip: lacks ?? false }, async (t) => CHECKS[name](await openBench(t, subject)));
  }
}
