import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSharedWorld } from "../../../engine/commands/sandbox-files.ts";
import { makeWorld } from "../../../mappings/demo/world.ts";

test("a world that sandboxes show together has the ids of each vendor that gives its own", async () => {
  const plain = await loadSharedWorld("demo", ["connectwise", "revio-billing", "quickbooks"]);
  assert.deepEqual(plain, makeWorld());
  const { companies, strangers } = await loadSharedWorld("demo", ["connectwise", "revio-billing", "xero"]);
  const ids = [
    ...companies.flatMap(({ ids: { accounting } }) => accounting ?? []),
    ...strangers.map(({ id }) => id),
  ];
  assert.ok(ids.length > 1);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.deepEqual(
    companies.map(({ ids: { psa } }) => psa),
    plain.companies.map(({ ids: { psa } }) => psa),
  );
});
