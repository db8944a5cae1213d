import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Entity, entities } from "../../engine/config/entities.ts";
import { packageRoot } from "../../engine/config/root.ts";
import type { CanonicalRecord } from "../../engine/core/json.ts";

/** The worked example of the canonical model, one record after the other. */

export interface Sample {
  readonly system: string;
  readonly entity: string;
  readonly record: CanonicalRecord;
}

export const samples = readSamples();

function readSamples(): readonly Sample[] {
  const file = join(packageRoot(), "test/fixtures/canonical-example.json");
  // The fixture's shape is checked where it is used: entities.test.ts validates each record.
  return JSON.parse(readFileSync(file, "utf8")) as readonly Sample[];
}

/** The entity; fails the test when there is none. */
export function entity(name: string): Entity {
  const found = entities().get(name);
  assert.ok(found, `no entity ${name}`);
  return found;
}

/** A copy of the example record of an entity, by id or else the first; fails the test when there is none. */
export function sample(name: string, id?: string): CanonicalRecord {
  const found = samples.find(
    (item) => item.entity === name && (id === undefined || item.record["id"] === id),
  );
  assert.ok(found, `no sample of ${name}`);
  return structuredClone(found.record);
}
