import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSubjects, openBench } from "./bench.ts";
import { check } from "./checks.ts";

/** With one rule of a sandbox switched off at a time, something notices: each rule names what does, and it is tried. */

for (const subject of (await loadSubjects()).subjects) {
  const { name, sandbox, facts } = subject;

  test(`${name}: every rule names what notices it`, () => {
    assert.deepEqual(Object.keys(facts.rules).sort(), Object.keys(sandbox.rules).sort());
  });

  for (const [rule, notices] of Object.entries(facts.rules)) {
    const title = typeof notices === "string" ? notices : notices.name;
    test(`${name} without ${rule}: "${title}" fails`, async (t) => {
      const on = await openBench(t, subject);
      const off = await openBench(t, subject, { off: [rule] });
      if (typeof notices === "string") {
        await check(notices, on);
        await assert.rejects(check(notices, off));
      } else {
        on.sandbox.setRule(rule, true);
        assert.deepEqual(await notices.look(on.sandbox, on.clock), notices.on);
        assert.notDeepEqual(await notices.look(off.sandbox, off.clock), notices.on);
      }
    });
  }
}
