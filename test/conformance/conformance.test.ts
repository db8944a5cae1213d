import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectorConfig } from "../../engine/config/connector-types.ts";
import { CAPABILITIES, type Capability } from "../../engine/connector/sandbox/capabilities.ts";
import { loadSubjects, openBench } from "./bench.ts";
import { check } from "./checks.ts";
import { appliedCredit } from "./credits.ts";

/** One suite for every connector that has a sandbox; what a connector lacks is skipped with its reason. */

const capabilities = Object.keys(CAPABILITIES) as Capability[];

const { subjects, incomplete } = await loadSubjects();

for (const { name, missing } of incomplete) {
  test(`${name}: the suite knows how to drive it`, () => assert.fail(`${missing} must say so`));
}

for (const subject of subjects) {
  for (const name of capabilities) {
    const lacks = subject.capabilities.lacks[name];
    const title = `${subject.name} ${name}: ${CAPABILITIES[name]}`;
    test(title, { skip: lacks ?? false }, async (t) => check(name, await openBench(t, subject)));
  }
}

for (const subject of subjects) {
  if (!subject.connector.entities["credit_application"]?.create) continue;
  test(`${subject.name}: a credit note is used for an invoice once, and no longer when that is taken off`, async (t) =>
    appliedCredit(await openBench(t, subject)));
}

// What a descriptor shows that it does cannot be declared as lacking.
const SHOWN: { readonly [name in Capability]?: (connector: ConnectorConfig) => boolean } = {
  token_refresh: (connector) => /^oauth2|token/.test(authOf(connector)),
  rotated_token_kept: (connector) => authOf(connector) === "oauth2_refresh",
  rotated_token_lost: (connector) => authOf(connector) === "oauth2_refresh",
  external_id: ({ entities }) => Object.values(entities).some(({ set_field }) => set_field !== null),
  lost_create: ({ entities }) => Object.values(entities).some(({ create }) => create !== null),
  mixed_batch: (connector) => connector.driver === "http" && connector.batch !== null,
  stale_version: ({ entities }) => Object.values(entities).some(({ token }) => token !== null),
};

function authOf(connector: ConnectorConfig): string {
  return connector.driver === "http" ? connector.auth.kind : "";
}

for (const { name, connector, capabilities: declared } of subjects) {
  test(`${name}: it lacks nothing that its connector.yaml shows, and no reason is given twice`, () => {
    const lacking = Object.keys(declared.lacks) as Capability[];
    assert.deepEqual(
      lacking.filter((one) => SHOWN[one]?.(connector)),
      [],
    );
    assert.deepEqual(
      lacking.filter((one) => declared.unverified[one] !== undefined),
      [],
    );
  });
}
