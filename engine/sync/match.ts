import pLimit from "p-limit";
import type { ClientConfig, IdentityConfig, PipelineConfig } from "../config/types.ts";
import type { Connection, SystemRecord } from "../connector/types.ts";
import { canonicalJson } from "../core/fingerprint.ts";
import { atPath, type CanonicalRecord, type Json } from "../core/json.ts";
import { addressKey, nameNormalized } from "../core/normalize.ts";
import type { State } from "../state/types.ts";
import { keysFor } from "./keys.ts";
import { entityOf } from "./shape.ts";
import { MATCH_AMBIGUOUS, type Resolved } from "./stages.ts";

/** Which existing record of the target an unlinked one is: one hit links, several hold, nothing is guessed. */
export type Match =
  | { readonly kind: "one"; readonly id: string; readonly by: string; readonly numbers: CanonicalRecord }
  | { readonly kind: "several"; readonly ids: readonly string[]; readonly by: string }
  | { readonly kind: "none" };

export interface Matcher {
  match(page: readonly Resolved[]): Promise<readonly Match[]>;
}

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
    const connector = config.systems.get(pipeline.target.system)?.connector;
    const namesOwner =
      connector?.errors.some((rule) => rule.class === "duplicate" && rule.owner !== null) === true;
    return firstRun && !namesOwner && connection.can(target.name, "find")
      ? createMarkerMatcher(config.client, pipeline, connection, state)
      : { match: async (page) => page.map(() => ({ kind: "none" })) };
  }
  const keys: readonly Key[] =
    identity?.match.map((key) => (typeof key === "string" ? [key] : key)) ?? target.match;
  const context: KeyContext = { pipeline, identity };
  let index: Promise<ReadonlyMap<string, readonly Hit[]>> | undefined;
  const claims = openClaims(state, pipeline);
  return {
    match: async (page) => {
      if (keys.length === 0 || page.length === 0) return page.map(() => ({ kind: "none" }));
      index ??= readIndex(connection, target.name, keys, context);
      const known = await index;
      const hits = page.map((one) => hitsOf(one, keys, known, context));
      const taken = takenIds(state, pipeline, hits.flat(2));
      return withoutDoubleClaims(
        page.map(({ candidate }) => candidate.source.id),
        hits.map((perKey) => firstHit(keys, perKey, taken)),
        claims,
      );
    },
  };
}

/**
 * A first run after a lost state finds what an earlier state's runs created, where nothing but the marker that they left
 * tells: the system neither knows keys nor refuses a second document. An empty target has nothing to be found.
 */
function createMarkerMatcher(
  client: string,
  pipeline: PipelineConfig,
  connection: Connection,
  state: Pick<State, "generations">,
): Matcher {
  const { system, entity } = pipeline.target;
  const limit = pLimit(connection.concurrency);
  let anything: Promise<boolean> | undefined;
  return {
    match: async (page) => {
      if (page.length === 0) return [];
      anything ??= hasAny(connection, entity);
      if (!(await anything)) return page.map(() => ({ kind: "none" }));
      const keys = keysFor(
        state,
        page.map(({ candidate: { source } }) => {
          return {
            client,
            pipeline: pipeline.pipeline,
            system,
            entity,
            source_id: source.id,
            operation: "create",
          };
        }),
      );
      return Promise.all(
        page.map((one, place) =>
          limit(async (): Promise<Match> => {
            const hits = await connection.find(entity, one.resolved, keys[place]?.key ?? "");
            const [hit] = hits;
            if (hit === undefined) return { kind: "none" };
            const by = "marker";
            return hits.length > 1
              ? { kind: "several", ids: hits.map(({ id }) => id), by }
              : { kind: "one", id: hit.id, by, numbers: hit.record };
          }),
        ),
      );
    },
  };
}

async function hasAny(connection: Connection, entity: string): Promise<boolean> {
  for await (const { records } of connection.list(entity, { since: undefined, parents: undefined })) {
    if (records.length > 0) return true;
  }
  return false;
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
): Promise<ReadonlyMap<string, readonly Hit[]>> {
  const index = new Map<string, Hit[]>();
  if (!connection.can(entity, "list")) return index;
  for await (const { records } of connection.list(entity, { since: undefined, parents: undefined })) {
    for (const found of records) {
      if (found.deleted || found.unreadable !== undefined) continue;
      const hit = { id: found.id, record: numbersOnly(found.record) };
      for (const key of keys) {
        const value = keyOf(key, (part) => targetPart(part, found, context));
        if (value !== undefined) append(index, value, hit);
      }
    }
  }
  return index;
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
): Match {
  for (const [place, key] of keys.entries()) {
    const hits = (perKey[place] ?? []).filter(({ id }) => !taken.has(id));
    const [hit] = hits;
    if (hit === undefined) continue;
    const by = key.join(" + ");
    if (hits.length > 1) return { kind: "several", ids: hits.map(({ id }) => id), by };
    return { kind: "one", id: hit.id, by, numbers: hit.record };
  }
  return { kind: "none" };
}

/** Target id → the records that take it for theirs. */
type Claims = Map<string, Set<string>>;

/** Claims of records that were held because of them, so that one of the claimants is no surer for being read alone. */
function openClaims(state: Pick<State, "rows">, { pipeline }: PipelineConfig): Claims {
  const claims: Claims = new Map();
  for (const { source_id, reason, detail } of state.rows("issue", { pipeline })) {
    if (reason !== MATCH_AMBIGUOUS) continue;
    const { ids } = JSON.parse(detail) as { readonly ids: readonly string[] };
    // Several ids are several possible targets of one record: that one claims none of them.
    const [id] = ids;
    if (id !== undefined && ids.length === 1) claim(claims, id, source_id);
  }
  return claims;
}

function claim(claims: Claims, id: string, sourceId: string): void {
  claims.set(id, (claims.get(id) ?? new Set()).add(sourceId));
}

/** Two records that take the same target for theirs: neither gets it. */
function withoutDoubleClaims(
  sourceIds: readonly string[],
  matches: readonly Match[],
  claims: Claims,
): readonly Match[] {
  for (const [index, match] of matches.entries()) {
    if (match.kind === "one") claim(claims, match.id, sourceIds[index] ?? "");
  }
  return matches.map((match) =>
    match.kind === "one" && (claims.get(match.id)?.size ?? 0) > 1
      ? { kind: "several", ids: [match.id], by: `${match.by}, which several records claim` }
      : match,
  );
}

function takenIds(
  state: Pick<State, "uidsOf" | "linksOf">,
  { source, target }: PipelineConfig,
  hits: readonly Hit[],
): ReadonlySet<string> {
  const uids = state.uidsOf(
    target.entity,
    target.system,
    hits.map(({ id }) => id),
  );
  const owned = new Set(
    state
      .linksOf(target.entity, [...uids.values()])
      .filter(({ system }) => system === source.system)
      .map(({ uid }) => uid),
  );
  return new Set([...uids].filter(([, uid]) => owned.has(uid)).map(([id]) => id));
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

function derived(part: string, record: CanonicalRecord): Json | undefined {
  const name = record["name"];
  switch (part) {
    case "name_normalized":
      return typeof name === "string" ? nameNormalized(name) : undefined;
    case "postal_code":
      return postalCode(
        atPath(record, "billing_address.postal_code") ?? atPath(record, "address.postal_code"),
      );
    case "address_key":
      return addressKey(record["address"]);
    default:
      return atPath(record, part);
  }
}

/** The five digits of a US code, which one system keeps and another extends. */
function postalCode(code: Json | undefined): Json | undefined {
  return typeof code === "string" ? code.replace(/^(\d{5})-\d{4}$/, "$1") : code;
}

/** The value of an identity field: a canonical one, or `raw.` of the vendor's own record. */
export function fieldValue(field: string, record: CanonicalRecord, raw: Json): Json | undefined {
  return field.startsWith("raw.") ? atPath(raw, field.slice("raw.".length)) : atPath(record, field);
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
