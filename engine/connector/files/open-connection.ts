import fs from "node:fs";
import { resolve } from "node:path";
import type { FilesEntity } from "../../config/connector-types.ts";
import type { FilesSystem } from "../../config/types.ts";
import { isObject, type Json } from "../../core/json.ts";
import { unreachable } from "../../core/unreachable.ts";
import { objectText } from "../records/compose.ts";
import { createCounter } from "../records/counter.ts";
import { getRecords, listRecords } from "../records/listing.ts";
import { carriedRecords, prepareWrites, writableFields } from "../records/prepare.ts";
import { programOf, type ReadDeps } from "../records/read-deps.ts";
import { createScope } from "../records/scope.ts";
import { createRedactor } from "../redact.ts";
import { compileRows } from "../rows/programs.ts";
import { findLine, groupLines, sendLines } from "../rows/send.ts";
import {
  type Connection,
  type ConnectionOptions,
  type Operation,
  type Page,
  SystemError,
  type SystemRecord,
} from "../types.ts";
import { archive, type DropFolders } from "./drop.ts";
import { openOutboxFolder } from "./outbox-folder.ts";
import { createFilesPager, type FilesRequest } from "./pager.ts";
import { createFileReader, type FileReader } from "./reader.ts";

interface Folders extends DropFolders {
  readonly out: string;
  readonly rejects: string;
}

/** Opens a system that drops files and picks others up. */
export function openFiles(options: ConnectionOptions & { readonly system: FilesSystem }): Connection {
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
  const places = programs.compile(objectText({ ...connector.folders, quiet_ms: connector.quiet_ms }));
  let known: Promise<Folders> | undefined;
  const folders = (): Promise<Folders> => {
    known ??= scope.value(places, null).then((value) => foldersIn(value, system));
    return known;
  };
  let reading: Promise<FileReader> | undefined;
  const reader = (): Promise<FileReader> => {
    reading ??= folders().then((found) => createFileReader({ connector, folders: found, clock }));
    return reading;
  };
  const outbox = openOutboxFolder({
    system: system.name,
    folder: async () => (await folders()).out,
    format: connector.out_format,
    clock,
  });
  const pager = createFilesPager({ system, scope, counter, reader, outbox });
  const deps: ReadDeps = { system, programs, pager, scope, counter, clock, concurrency: 1 };

  /** Says of a record that cannot be read where it stands. */
  const placed = (record: SystemRecord): SystemRecord => {
    const place = pager.placeOf(record.vendor);
    return record.unreadable === undefined || place === ""
      ? record
      : { ...record, unreadable: `${record.unreadable} (${place})` };
  };
  async function* list(entity: string, given: Parameters<Connection["list"]>[1]): AsyncGenerator<Page> {
    for await (const { records } of listRecords(entity, given, deps)) yield { records: records.map(placed) };
  }

  return {
    system: system.name,
    list,
    get: (entity, ids) => getRecords(entity, ids, deps),
    find: async (entity, _record, key) =>
      (await findLine(entity, key, outbox, connector.entities[entity]?.key ?? "id", deps)) ?? [],
    carried: (entity, records) => carriedRecords(entity, records, deps),
    prepare: (writes) => prepareWrites(writes, deps),
    group: (writes) => groupLines(writes, connector.batch_size),
    send: (call) => sendLines(call, { outbox, counter }),
    recorded: async () => {
      if (pager.finished.size === 0) return;
      const found = await folders();
      const now = clock.now();
      fs.mkdirSync(found.archive, { recursive: true, mode: 0o700 });
      const files = [...pager.finished].flatMap(({ file, children }) => [...children.values(), file]);
      for (const file of new Set(files.filter(({ archived }) => archived === undefined))) {
        try {
          archive(file, found, now);
        } catch (cause) {
          const why = cause instanceof Error ? cause.message : String(cause);
          const message = `${connector.title} (${system.name}): ${file.name} was read and cannot be archived: ${why}.`;
          throw new SystemError(system.name, "answer", message, { cause });
        }
      }
    },
    can: (entity, operation) => can(connector.entities[entity], operation),
    writableFields: (entity) => writableFields(programOf(entity, deps)),
    counts: counter.counts,
    settle_ms: system.settle_ms ?? connector.settle_ms,
    settle_again_ms: system.settle_again_ms ?? connector.settle_again_ms,
    concurrency: 1,
    close: async () => {},
  };
}

function readsOf(spec: FilesEntity): { readonly [way in "list" | "get" | "find"]: Json | undefined } {
  const { list, table, key } = spec;
  if (list === null) return { list: undefined, get: undefined, find: undefined };
  const told: FilesRequest = { ...list, table, key };
  const request = { ...told, columns: [...told.columns], children: childrenOf(told) };
  return { list: request, get: spec.get === null ? undefined : request, find: undefined };
}

function childrenOf({ children }: FilesRequest): Json {
  const entries = Object.entries(children).map(
    ([name, child]) => [name, { ...child, columns: [...child.columns] }] as const,
  );
  return Object.fromEntries(entries);
}

function foldersIn(value: Json | undefined, { name, connector }: FilesSystem): Folders {
  const given = isObject(value) ? value : {};
  const folder = (which: "in" | "out" | "archive" | "rejects"): string => {
    const path = given[which];
    if (typeof path === "string" && path !== "") return resolve(path);
    throw new SystemError(
      name,
      "answer",
      `${connector.title} (${name}): its settings name no folder "${which}".`,
    );
  };
  const dropped = folder("in");
  if (!fs.existsSync(dropped)) {
    // An empty list would read as "everything is gone".
    throw new SystemError(
      name,
      "unreachable",
      `${connector.title} (${name}): there is no folder ${dropped}.`,
    );
  }
  const quiet_ms = typeof given["quiet_ms"] === "number" ? given["quiet_ms"] : 0;
  const { sentinel } = connector;
  return {
    in: dropped,
    out: folder("out"),
    archive: folder("archive"),
    rejects: folder("rejects"),
    quiet_ms,
    sentinel,
  };
}

function can(spec: FilesEntity | undefined, operation: Operation | "get" | "find" | "list"): boolean {
  if (spec === undefined) return false;
  switch (operation) {
    case "list":
    case "create":
    case "update":
    case "void":
      return spec[operation] !== null;
    case "get":
      return spec.list !== null && spec.get !== null;
    case "find":
      // Whatever was created stands in a file that was put out.
      return spec.create !== null;
    case "external_id":
      return spec.set_field !== null;
    default:
      return unreachable(operation);
  }
}
