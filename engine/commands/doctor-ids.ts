import type { IdentityConfig, SystemName } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { isObject, type Json } from "../core/json.ts";
import type { Candidate } from "../report/doctor.ts";

/** Customers of one system, as one page of it has them. */
export interface Sample {
  readonly system: SystemName;
  readonly customers: readonly SystemRecord[];
}

// One equal value is an accident, and so are equal values in a field that mostly holds others.
const HITS_MIN = 2;
const SHARE_MIN = 0.5;

/** Fields whose values are mostly another system's ids: candidates for identity.customer.external_ids. */
export function findCandidates(
  samples: readonly Sample[],
  identity: IdentityConfig | undefined,
): readonly Candidate[] {
  return samples.flatMap((sample) => {
    const fields = fieldValues(sample.customers);
    const others = samples.filter(({ system }) => system !== sample.system);
    return others.flatMap(({ system: holds, customers }) => {
      const ids = new Set(customers.map(({ id }) => id));
      return [...fields].flatMap(([field, values]): readonly Candidate[] => {
        const hits = new Set(values.filter((value) => ids.has(value))).size;
        if (hits < HITS_MIN || hits < values.length * SHARE_MIN) return [];
        const named = identity?.external_ids[sample.system];
        const in_use = named?.field === field && named.holds === holds;
        return [{ system: sample.system, field, holds, hits, values: values.length, in_use }];
      });
    });
  });
}

/** Canonical field or raw path → the values that it has, one per record that has one. */
function fieldValues(customers: readonly SystemRecord[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { id, record, raw, deleted, unreadable } of customers) {
    if (deleted) continue;
    const canonical = unreadable === undefined ? Object.entries(record) : [];
    const leaves = [
      ...canonical.flatMap(([name, value]) => (isObject(value) ? [] : leavesOf(value, name))),
      ...leavesOf(raw, "raw"),
    ];
    for (const [field, value] of leaves) {
      // A record's own id, under whatever name, is no other system's.
      if (value === "" || value === id) continue;
      found.set(field, [...(found.get(field) ?? []), value]);
    }
  }
  return found;
}

/** Texts and numbers with their paths; what stands in a list has no path of its own. */
function leavesOf(value: Json | undefined, path: string): readonly (readonly [string, string])[] {
  if (typeof value === "string" || typeof value === "number") return [[path, String(value)]];
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => leavesOf(part, `${path}.${name}`));
}
