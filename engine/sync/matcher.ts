import type { ClientConfig, IdentityConfig, PipelineConfig } from "../config/types.ts";
import type { Connection, SystemRecord } from "../connector/types.ts";
import { canonicalJson } from "../core/fingerprint.ts";
import type { CanonicalRecord, Json } from "../core/json.ts";
import type { State } from "../state/types.ts";
import { isLaterCharge } from "./claims.ts";
import { derived, fieldValue, type Match, type Matcher } from "./match.ts";
import { createMarkerMatcher, createSelfMadeMatcher } from "./match-found.ts";
import { openTakers, takenIds, withoutContested } from "./match-takers.ts";
import { entityOf } from "./shape.ts";
import type { Resolved } from "./stages.ts";

type Key = readonly string[];

interface Hit {
  readonly id: string;
  readonly record: CanonicalRecord;
}

/**
 * Matches by the client's identity keys, or for master data without any by the entity's natural keys. The target is
 * read once, when the first unlinked record turns up; records that are linked already are nobody else's.
 */
export function createMatcher(
  config: ClientConfig,
  pipeline: PipelineConfig,
  connection: Connection,
  state: Pick<State, "uidsOf" | "linksOf" | "generations" | "rows">,
  firstRun: boolean,
): Matcher {
  const target = entityOf(pipeline.target.entity);
  const identity = config.identity[target.name];
  if (target.moneyRecord && identity === undefined) {
    return moneyMatcher(config, pipeline, connection, state, firstRun);
  }
  const keys: readonly Key[] =
    identity?.match.map((key) => (typeof key === "string" ? [key] : key)) ?? target.match;
  const context: KeyContext = { pipeline, identity };
  let index: Promise<Index> | undefined;
  const takers = openTakers(state, pipeline);
  return {
    match: async (page) => {
      if (keys.length === 0 || page.length === 0) return page.map(() => ({ kind: "none" }));
      index ??= readIndex(connection, target.name, keys, context);
      const { byKey, unreadable } = await index;
      const hits = page.map((one) => hitsOf(one, keys, byKey, context));
      const ids = hits.flat(2).map(({ id }) => id);
      const taken = takenIds(state, pipeline, [...ids, ...unreadable]);
      const doubtful = unreadable.filter((id) => !taken.has(id));
      return withoutContested(
        page.map(({ candidate }) => candidate.source.id),
        hits.map((perKey) => firstHit(keys, perKey, taken) ?? noneOf(doubtful)),
        takers,
      );
    },
  };
}

/** Documents have no identity keys: most are matched by nothing, so that what is not linked is created. */
function moneyMatcher(
  { client, systems }: ClientConfig,
  pipeline: PipelineConfig,
  connection: Connection,
  state: Pick<State, "uidsOf" | "linksOf" | "generations" | "rows">,
  firstRun: boolean,
): Matcher {
  const { system, entity } = pipeline.target;
  const connector = systems.get(system)?.connector;
  const http = connector?.driver === "http" ? connector : undefined;
  if (http?.entities[entity]?.find?.before_create === true)
    return createSelfMadeMatcher(client, pipeline, connection, state);
  const namesOwner = http?.errors.some((rule) => rule.class === "duplicate" && rule.owner !== null) === true;
  if (namesOwner || !connection.can(entity, "find")) return NOTHING;
  const marked = createMarkerMatcher(client, pipeline, connection, state);
  if (firstRun) return marked;
  // An earlier state's runs may have charged more for an item than the charge that this one has found.
  return matchesOf(({ candidate }) => isLaterCharge(pipeline, candidate.source.id), marked);
}

const NOTHING: Matcher = { match: async (page) => page.map(() => ({ kind: "none" })) };

/** Looks for those of a page that are meant, and finds nothing for the others. */
function matchesOf(isMeant: (one: Resolved) => boolean, { match }: Matcher): Matcher {
  return {
    match: async (page) => {
      const meant = page.filter(isMeant);
      const matches = new Map((await match(meant)).map((found, index) => [meant[index], found]));
      return page.map((one) => matches.get(one) ?? { kind: "none" });
    },
  };
}

/** The target's records by the values of their keys. */
interface Index {
  readonly byKey: ReadonlyMap<string, readonly Hit[]>;
  /** Ids of records that could not be read and so have no key. */
  readonly unreadable: readonly string[];
}

interface KeyContext {
  readonly pipeline: PipelineConfig;
  readonly identity: IdentityConfig | undefined;
}

async function readIndex(
  connection: Connection,
  entity: string,
  keys: readonly Key[],
  context: KeyContext,
): Promise<Index> {
  const byKey = new Map<string, Hit[]>();
  const unreadable: string[] = [];
  if (!connection.can(entity, "list")) return { byKey, unreadable };
  for await (const { records } of connection.list(entity, { since: undefined, parents: undefined })) {
    for (const found of records) {
      if (found.deleted) continue;
      if (found.unreadable !== undefined) {
        unreadable.push(found.id);
        continue;
      }
      const hit = { id: found.id, record: numbersOnly(found.record) };
      for (const key of keys) {
        const value = keyOf(key, (part) => targetPart(part, found, context));
        if (value !== undefined) append(byKey, value, hit);
      }
    }
  }
  return { byKey, unreadable };
}

function noneOf(doubtful: readonly string[]): Match {
  return doubtful.length === 0 ? { kind: "none" } : { kind: "unsure", unreadable: doubtful };
}

/** The target records that have each key of a record, key by key. */
function hitsOf(
  one: Resolved,
  keys: readonly Key[],
  index: ReadonlyMap<string, readonly Hit[]>,
  context: KeyContext,
): readonly (readonly Hit[])[] {
  return keys.map((key) => {
    const value = keyOf(key, (part) => sourcePart(part, one, context));
    return value === undefined ? [] : (index.get(value) ?? []);
  });
}

function firstHit(
  keys: readonly Key[],
  perKey: readonly (readonly Hit[])[],
  taken: ReadonlySet<string>,
): Match | undefined {
  for (const [place, key] of keys.entries()) {
    const hits = (perKey[place] ?? []).filter(({ id }) => !taken.has(id));
    const [hit] = hits;
    if (hit === undefined) continue;
    const by = key.join(" + ");
    if (hits.length > 1) return { kind: "several", ids: hits.map(({ id }) => id), by };
    return { kind: "one", id: hit.id, by, numbers: hit.record };
  }
  return undefined;
}

function keyOf(key: Key, part: (name: string) => Json | undefined): string | undefined {
  const values = key.map(part);
  if (values.some((value) => value === undefined || value === null || value === "")) return undefined;
  return `${key.join("+")}=${canonicalJson(values)}`;
}

/** The external id of a target record is the source's id, from the field that the client keeps it in. */
function targetPart(
  part: string,
  { id, record, raw }: SystemRecord,
  { pipeline, identity }: KeyContext,
): Json | undefined {
  if (part !== "external_id") return derived(part, record);
  if (identity?.external_ids[pipeline.source.system]?.holds === pipeline.target.system) return id;
  const field = identity?.external_ids[pipeline.target.system];
  return field?.holds === pipeline.source.system ? fieldValue(field.field, record, raw) : undefined;
}

function sourcePart(part: string, one: Resolved, { pipeline, identity }: KeyContext): Json | undefined {
  if (part !== "external_id") return derived(part, one.resolved);
  const { source } = one.candidate;
  const field = identity?.external_ids[pipeline.source.system];
  if (field?.holds === pipeline.target.system) return fieldValue(field.field, source.record, source.raw);
  return identity?.external_ids[pipeline.target.system]?.holds === pipeline.source.system
    ? source.id
    : undefined;
}

// The index lives as long as the pipeline's run, so it keeps of each record only what a link shows.
function numbersOnly(record: CanonicalRecord): CanonicalRecord {
  return Object.fromEntries(
    ["number", "customer_number", "account_number", "contract_number"].flatMap((field) => {
      const value = record[field];
      return value === undefined ? [] : [[field, value] as const];
    }),
  );
}

function append(index: Map<string, Hit[]>, key: string, hit: Hit): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [hit]);
  else list.push(hit);
}
