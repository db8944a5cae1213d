import type { FieldRule } from "../config/types.ts";
import { canonicalJson, fingerprint } from "../core/fingerprint.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import { unreachable } from "../core/unreachable.ts";
import type { IssueRow } from "../state/types.ts";
import type { FieldChange } from "./types.ts";

/** Two versions of a record, field by field, beside what both were when they were last looked at. Pure. */

/** Field → rule; fields that are not named are the source's. */
export type FieldRules = { readonly [field: string]: FieldRule };

export interface Compared {
  readonly changes: readonly FieldChange[];
  /** Fields that wait for a person. */
  readonly conflicts: readonly Conflict[];
  /** Conflicts that a person has decided. */
  readonly decided: readonly Decided[];
  /** The target's fields once the changes are made. */
  readonly after: CanonicalRecord;
}

export interface Conflict {
  readonly field: string;
  readonly base: Json;
  readonly source: Json;
  readonly target: Json;
}

export interface Decided extends Conflict {
  readonly side: Json;
}

/** What becomes of each field of `wanted` that differs from `has`. `kept`: what keptFields() gave the last time. */
export function compareFields(
  wanted: CanonicalRecord,
  has: CanonicalRecord,
  rules: FieldRules,
  kept: string | null,
  issue: IssueRow | undefined,
): Compared {
  const bases = parseBases(kept);
  const resolution = resolutionsOf(issue);
  const changes: FieldChange[] = [];
  const conflicts: Conflict[] = [];
  const decided: Decided[] = [];
  const after: { [field: string]: Json } = { ...has };
  for (const [field, to] of Object.entries(wanted)) {
    const from = has[field];
    if (canonicalJson(to) === canonicalJson(from ?? null)) continue;
    const rule = rules[field] ?? "source_wins";
    const side = resolution(field, to, from ?? null);
    const verdict = threeWay(rule, bases.get(field), to, from ?? null, side);
    const values = { field, base: bases.get(field)?.target ?? null, source: to, target: from ?? null };
    if (side !== undefined) decided.push({ ...values, side });
    if (verdict === "conflict") conflicts.push(values);
    else if (verdict === "write") {
      changes.push({ field, from, to });
      after[field] = to;
    }
  }
  return { changes, conflicts, decided, after };
}

/** Both sides of a field as they were when the record was last looked at; they differ where the target won. */
export interface FieldBase {
  readonly source: string;
  readonly target: string;
}

/** Who wins a field whose two values differ; without a base an empty target is filled and a filled one was changed. */
export function threeWay(
  rule: FieldRule,
  base: FieldBase | undefined,
  source: Json,
  target: Json,
  resolution: Json | undefined,
): "write" | "keep" | "conflict" {
  const parted = base === undefined ? !isEmpty(target) : base.source !== base.target;
  const sourceChanged = base === undefined || baseValue(rule, source) !== base.source;
  const targetChanged = base === undefined ? !isEmpty(target) : baseValue(rule, target) !== base.target;
  switch (rule) {
    case "source_wins":
      return "write";
    case "target_wins":
      return parted || targetChanged ? "keep" : "write";
    case "manual":
      if (resolution === "source") return "write";
      if (resolution === "target" || !sourceChanged) return "keep";
      return parted || targetChanged ? "conflict" : "write";
    default:
      return unreachable(rule);
  }
}

/** What is kept of a value for the next three-way comparison: a hash, or for manual the value for people to see. */
export function baseValue(rule: FieldRule, value: Json): string {
  return rule === "manual" ? canonicalJson(value) : fingerprint(value).slice(0, 12);
}

/** What is kept of the fields whose rule looks at both sides; null when there are none. */
export function keptFields(
  rules: FieldRules,
  source: CanonicalRecord,
  target: CanonicalRecord,
): string | null {
  const kept = Object.entries(rules).flatMap(([field, rule]) => {
    const [left, right] = [source[field], target[field]];
    if (rule === "source_wins" || left === undefined) return [];
    return [[field, [baseValue(rule, left), baseValue(rule, right ?? null)]] as const];
  });
  return kept.length === 0 ? null : JSON.stringify(Object.fromEntries(kept));
}

function parseBases(fields: string | null): ReadonlyMap<string, FieldBase> {
  const value: unknown = fields === null ? {} : JSON.parse(fields);
  return new Map(
    Object.entries(isObject(value) ? value : {}).flatMap(([field, pair]) => {
      const [source, target] = Array.isArray(pair) ? pair : [];
      return typeof source === "string" && typeof target === "string"
        ? [[field, { source, target }] as const]
        : [];
    }),
  );
}

/** What `conflicts resolve` has said of a field: it holds for the two values that the person saw, and for no later ones. */
function resolutionsOf(
  issue: IssueRow | undefined,
): (field: string, source: Json, target: Json) => Json | undefined {
  const detail: unknown = issue?.kind === "conflict" ? JSON.parse(issue.detail) : undefined;
  if (!isObject(detail) || !isObject(detail["resolution"]) || !isObject(detail["fields"]))
    return () => undefined;
  const { resolution, fields } = detail;
  return (field, source, target) => {
    const seen = fields[field];
    const stands =
      isObject(seen) &&
      canonicalJson(seen["source"] ?? null) === canonicalJson(source) &&
      canonicalJson(seen["target"] ?? null) === canonicalJson(target);
    return stands ? resolution[field] : undefined;
  };
}

function isEmpty(value: Json): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}
