import { resolve } from "node:path";
import type { SqliteEntity } from "../../config/connector-types.ts";
import type { SqliteSystem } from "../../config/types.ts";
import type { Json } from "../../core/json.ts";
import { unreachable } from "../../core/unreachable.ts";
import { createCounter } from "../records/counter.ts";
import { findRecords, getRecords, listRecords } from "../records/listing.ts";
import { carriedRecords, prepareWrites, writableFields } from "../records/prepare.ts";
import type { Program } from "../records/programs.ts";
import { programOf, type ReadDeps } from "../records/read-deps.ts";
import { createScope } from "../records/scope.ts";
import { createRedactor } from "../redact.ts";
import type { Outbox, OutboxLine } from "../rows/outbox.ts";
import { compileRows } from "../rows/programs.ts";
import { findLine, groupLines, sendLines } from "../rows/send.ts";
import { type Connection, type ConnectionOptions, type Operation, SystemError } from "../types.ts";
import { type Copy, createCopies } from "./copy.ts";
import { openDirect } from "./direct.ts";
import { loadNative } from "./native.ts";
import { openOutboxFile } from "./outbox-file.ts";
import { createSqlPager, keysIn, type SqlRequest } from "./pager.ts";

// One call makes so many lines durable at once.
const LINES_MAX = 100;

/** Opens a system that is a database file: read from a copy, written through an outbox or in the database itself. */
export function openSqlite(options: ConnectionOptions & { readonly system: SqliteSystem }): Connection {
  const { system, currency, codes, clock } = options;
  const { connector } = system;
  const programs = compileRows(connector, readsOf);
  const counter = createCounter(connector.page_size);
  const scope = createScope({
    system,
    currency,
    go_live: options.go_live ?? null,
    codes,
    redactor: createRedactor(),
    now: clock.now(),
    lookups: async () => ({}),
  });
  const outboxPath = programs.compile(connector.outbox);
  const isDirect = async (): Promise<boolean> =>
    connector.direct !== null && ((await scope.value(outboxPath, null)) ?? null) === null;
  const pathFrom = (program: Program): (() => Promise<string>) => {
    return async () => {
      const path = await scope.value(program, null);
      if (typeof path === "string" && path !== "") return resolve(path);
      const message = `${connector.title} (${system.name}): its settings name no file.`;
      throw new SystemError(system.name, "answer", message);
    };
  };
  const database = pathFrom(programs.compile(connector.database));
  const copies = createCopies({
    path: async () => {
      // What cannot be written is better known before anything is read.
      if (await isDirect()) loadNative(system.name);
      return database();
    },
    max_mb: connector.max_mb,
    clock,
  });
  const file = openOutboxFile({ system: system.name, path: pathFrom(outboxPath) });
  const direct = openDirect({ system, path: database, clock });
  const where = async (): Promise<Outbox> => ((await isDirect()) ? direct : file);
  const outbox: Outbox = {
    find: async (key) => (await where()).find(key),
    of: async (table, id) => (await where()).of(table, id),
    store: async (name, lines) => (await where()).store(name, lines),
  };

  /** Lines that the system has not imported yet. */
  const pending = async (
    table: string,
    ids: readonly string[],
    copy: Copy,
  ): Promise<ReadonlyMap<string, readonly OutboxLine[]>> => {
    const lines = (await Promise.all(ids.map((id) => outbox.of(table, id)))).flat();
    if (lines.length === 0) return new Map();
    const keys = JSON.stringify(lines.map(({ key }) => key));
    const imported = keysIn(copy.rows(connector.imported, { ":keys": keys }));
    const waiting = new Map<string, OutboxLine[]>();
    for (const line of lines) {
      if (!imported.has(line.key)) waiting.set(line.id, [...(waiting.get(line.id) ?? []), line]);
    }
    return waiting;
  };
  const pager = createSqlPager({ system, scope, counter, copies, pending });
  const deps: ReadDeps = { system, programs, pager, scope, counter, clock, concurrency: 1 };

  return {
    system: system.name,
    list: (entity, given) => listRecords(entity, given, deps),
    get: (entity, ids) => getRecords(entity, ids, deps),
    find: async (entity, record, key) =>
      (await findLine(entity, key, outbox, keyOf(entity, system), deps)) ??
      (programOf(entity, deps).find === undefined ? [] : findRecords(entity, record, key, deps)),
    carried: (entity, records) => carriedRecords(entity, records, deps),
    prepare: (writes) => prepareWrites(writes, deps),
    group: (writes) => groupLines(writes, LINES_MAX),
    send: (call) => sendLines(call, { outbox, counter }),
    can: (entity, operation) => can(connector.entities[entity], operation),
    writableFields: (entity) => writableFields(programOf(entity, deps)),
    counts: counter.counts,
    settle_ms: system.settle_ms ?? connector.settle_ms,
    settle_again_ms: system.settle_again_ms ?? connector.settle_again_ms,
    concurrency: 1,
    close: async () => copies.close(),
  };
}

function readsOf(spec: SqliteEntity): { readonly [way in "list" | "get" | "find"]: Json | undefined } {
  const request = (read: SqliteEntity["list"] | SqliteEntity["get"] | SqliteEntity["find"]) => {
    if (read === null) return undefined;
    const { children, table, key } = spec;
    const told: SqlRequest = { sql: read.sql, children, table, key };
    return { ...told };
  };
  return { list: request(spec.list), get: request(spec.get), find: request(spec.find) };
}

function keyOf(entity: string, { connector }: SqliteSystem): string {
  return connector.entities[entity]?.key ?? "id";
}

function can(spec: SqliteEntity | undefined, operation: Operation | "get" | "find" | "list"): boolean {
  if (spec === undefined) return false;
  switch (operation) {
    case "list":
    case "get":
    case "create":
    case "update":
    case "void":
      return spec[operation] !== null;
    case "find":
      // Whatever was created stands in the outbox.
      return spec.create !== null || spec.find !== null;
    case "external_id":
      return spec.set_field !== null;
    default:
      return unreachable(operation);
  }
}
