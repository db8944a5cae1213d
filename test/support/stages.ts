import { entities } from "../../engine/config/entities.ts";
import type { ClientConfig, CodeMap, PipelineConfig } from "../../engine/config/types.ts";
import type { Connection, SystemRecord } from "../../engine/connector/types.ts";
import type { CanonicalRecord, Json } from "../../engine/core/json.ts";
import type { IssueRow, LinkRow, SyncRow } from "../../engine/state/types.ts";
import type { Candidate, Mapped, Resolved } from "../../engine/sync/stages.ts";
import { readinessOf } from "./readiness.ts";

/** Values for tests of single stages: complete enough for the stage, and no more. */

/** A pipeline with defaults for all that a test does not name. */
export function pipelineOf(
  own: Partial<Omit<PipelineConfig, "source" | "target">> & {
    readonly source?: Partial<PipelineConfig["source"]>;
    readonly target?: Partial<PipelineConfig["target"]>;
  } = {},
): PipelineConfig {
  const { source, target, ...rest } = own;
  const place = { file: "test.yaml", line: 1, column: 1 };
  return {
    pipeline: "test",
    client: "demo",
    description: "",
    file: "test.yaml",
    after: [],
    transform: {},
    maps: {},
    wait_for: [],
    guards: [],
    conflicts: {},
    source_deleted: "hold",
    period_closed: "hold",
    zero_total: "post",
    zero_up_to: 0,
    revise: "update",
    lines: "detail",
    rounding_line: null,
    retries: 5,
    tests: [],
    hash: "hash",
    placeOf: () => place,
    ...rest,
    source: {
      system: "psa",
      entity: "customer",
      filter: undefined,
      require: {},
      incremental: { lookback_ms: 900_000, full_compare_ms: 604_800_000 },
      ...source,
    },
    target: { system: "billing", entity: "customer", write_mode: "upsert", unlinked: "ignore", ...target },
  };
}

/** A client with nothing but code maps and identity. */
export function clientOf(
  own: Partial<Pick<ClientConfig, "identity" | "systems">> & { readonly codes?: readonly CodeMap[] },
): ClientConfig {
  const place = { file: "client.yaml", line: 1, column: 1 };
  return {
    client: "test",
    folder: "",
    file: "client.yaml",
    time_zone: "UTC",
    currency: "USD",
    go_live: null,
    truth: {},
    invoicing: { mode: "separate", customers: {}, switch_over: null, before: "separate" },
    payments: { sync_back: false },
    readiness: readinessOf({ invoices: "ignore" }),
    schedules: {},
    limits: { create: null, update: null, void: null, amount: {}, first_run: {} },
    notify: null,
    pipelines: [],
    placeOf: () => place,
    identity: own.identity ?? {},
    systems: own.systems ?? new Map(),
    codes: new Map((own.codes ?? []).map((map) => [map.name, map])),
  };
}

export function entity(name: string) {
  const found = entities().get(name);
  if (found === undefined) throw new Error(`no entity ${name}`);
  return found;
}

/** A record as a system shows it. */
export function systemRecord(
  id: string,
  fields: CanonicalRecord,
  own: Partial<SystemRecord> = {},
): SystemRecord {
  return {
    id,
    record: { ...fields, id },
    vendor: null,
    raw: null,
    token: null,
    updated_at: null,
    deleted: false,
    unreadable: undefined,
    ...own,
  };
}

export function candidateOf(
  id: string,
  fields: CanonicalRecord = {},
  own: {
    readonly sync?: SyncRow;
    readonly issue?: IssueRow;
    readonly raw?: Json;
    readonly related?: Candidate["related"];
  } = {},
): Candidate {
  return {
    source: systemRecord(id, fields, { raw: own.raw ?? null }),
    sourceHash: `hash of ${id}`,
    sync: own.sync,
    issue: own.issue,
    related: own.related ?? {},
  };
}

export function mappedOf(id: string, record: CanonicalRecord): Mapped {
  return { candidate: candidateOf(id, record), record };
}

export function resolvedOf(id: string, record: CanonicalRecord, raw: Json = null): Resolved {
  return { candidate: candidateOf(id, record, { raw }), record, resolved: record };
}

export function issueOf(source_id: string, reason: string, own: Partial<IssueRow> = {}): IssueRow {
  return {
    pipeline: "test",
    source_id,
    kind: "held",
    reason,
    message: "",
    detail: "null",
    source_hash: "as it was",
    since: "2026-01-01T00:00:00Z",
    attempts: 0,
    ...own,
  };
}

/** Link rows by their groups: each list is one thing, written `system:id`. */
export function linkRows(entityName: string, ...groups: readonly (readonly string[])[]): readonly LinkRow[] {
  return groups.flatMap((members, index) =>
    members.map((member): LinkRow => {
      const [system = "", id = ""] = member.split(":");
      return { entity: entityName, system, id, uid: `uid-${index}`, label: "" };
    }),
  );
}

/** The look-ups of the state over some rows, as plain as they can be. */
export function lookups(links: readonly LinkRow[], issues: readonly IssueRow[] = []) {
  const uidOf = (entityName: string, system: string, id: string): string | undefined =>
    links.find((row) => row.entity === entityName && row.system === system && row.id === id)?.uid;
  return {
    uidsOf: (entityName: string, system: string, ids: readonly string[]) =>
      new Map(
        ids.flatMap((id) => {
          const uid = uidOf(entityName, system, id);
          return uid === undefined ? [] : [[id, uid] as const];
        }),
      ),
    linksOf: (entityName: string, uids: readonly string[]) =>
      links.filter((row) => row.entity === entityName && uids.includes(row.uid)),
    translate: (entityName: string, from: string, to: string, ids: readonly string[]) =>
      new Map(
        ids.flatMap((id) => {
          const uid = uidOf(entityName, from, id);
          const found = links.filter(
            (row) => row.entity === entityName && row.system === to && row.uid === uid,
          );
          return uid === undefined || found.length === 0 ? [] : [[id, found.map((row) => row.id)] as const];
        }),
      ),
    generations: () => new Map<string, number>(),
    rows: (<T extends string>(table: T, where: { readonly [field: string]: unknown } = {}) => {
      const rows: readonly (LinkRow | IssueRow)[] =
        table === "link" ? links : table === "issue" ? issues : [];
      return rows.filter((row) =>
        Object.entries(where).every(([field, value]) =>
          Object.entries(row).some(([name, own]) => name === field && own === value),
        ),
      );
    }) as never,
  };
}

/** A connection that lists records and does nothing else. */
export function listing(records: readonly SystemRecord[]): Connection {
  const refuse = (): never => {
    throw new Error("only lists are read here");
  };
  return {
    system: "billing",
    list: async function* () {
      yield { records };
    },
    get: refuse,
    find: refuse,
    carried: async (_entity, all) => all,
    prepare: refuse,
    group: refuse,
    send: refuse,
    can: () => true,
    writableFields: () => [],
    counts: { calls: 0, calls_min: 0, writes: 0 },
    settle_ms: 0,
    settle_again_ms: 0,
    concurrency: 1,
    close: async () => undefined,
  };
}
