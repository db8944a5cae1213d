import type {
  FilesConnector,
  FilesEntity,
  RowWrite,
  SqliteConnector,
  SqliteEntity,
} from "../../config/connector-types.ts";
import type { Json } from "../../core/json.ts";
import { objectText } from "../records/compose.ts";
import {
  type Compile,
  compilerOf,
  type EntityProgram,
  type ReadProgram,
  type RecordPrograms,
  recordProgram,
  type WriteProgram,
} from "../records/programs.ts";

/** Compiles the descriptors of systems whose records are rows: what is asked for is a constant, a write is an outbox line. */

export interface RowPrograms extends RecordPrograms {
  /** The compiler of the connector's other texts. */
  readonly compile: Compile;
}

type RowEntity = SqliteEntity | FilesEntity;

/** `reads` says what the driver's pager is told for each way of reading; undefined: the entity is not read so. */
export function compileRows<E extends RowEntity>(
  connector: (SqliteConnector | FilesConnector) & { readonly entities: { readonly [entity: string]: E } },
  reads: (spec: E) => { readonly [way in "list" | "get" | "find"]: Json | undefined },
): RowPrograms {
  const compile = compilerOf(connector, []);
  const entities = Object.entries(connector.entities).map(
    ([name, spec]) => [name, entityProgram(spec, reads(spec), compile)] as const,
  );
  return { batch: undefined, entities: new Map(entities), compile };
}

function entityProgram(
  spec: RowEntity,
  { list, get, find }: { readonly [way in "list" | "get" | "find"]: Json | undefined },
  compile: Compile,
): EntityProgram {
  const read = (request: Json | undefined): ReadProgram | undefined =>
    request === undefined
      ? undefined
      : { method: "GET", request: compile(JSON.stringify(request)), records: compile("$"), head: undefined };
  const listed = read(list);
  const found = read(find);
  return {
    ...recordProgram(spec, compile),
    lists: listed === undefined ? [] : [{ ...listed, parent: null }],
    listIsIndex: false,
    details: undefined,
    changes: undefined,
    deleted: undefined,
    get: read(get),
    find: found === undefined ? undefined : { ...found, match: compile(matchOf(spec)) },
    writes: {
      create: writeProgram("create", spec.table, spec.create, spec.create?.id ?? "$id", compile),
      update: writeProgram("update", spec.table, spec.update, "$id", compile),
      void: writeProgram("void", spec.table, spec.void, "$id", compile),
      external_id: writeProgram("update", spec.table, spec.set_field, "$id", compile),
    },
  };
}

function matchOf(spec: RowEntity): string {
  return "find" in spec ? (spec.find?.match ?? "true") : "true";
}

/** The line that an outbox gets; the id of what it makes is in it, so that nobody has to wait for the importer. */
function writeProgram(
  operation: "create" | "update" | "void",
  table: string,
  write: RowWrite | null,
  id: string,
  compile: Compile,
): WriteProgram | undefined {
  if (write === null) return undefined;
  const line = objectText({
    key: "$key",
    table: JSON.stringify(table),
    operation: JSON.stringify(operation),
    id,
    row: write.row,
  });
  const request = compile(objectText({ path: JSON.stringify(`/${table}`), body: line }));
  return {
    method: operation.toUpperCase(),
    request,
    item: undefined,
    id: operation === "create" ? compile("id") : undefined,
    posted: undefined,
    array: undefined,
  };
}
