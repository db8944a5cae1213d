import { type CanonicalRecord, isObject, type Json } from "../../core/json.ts";
import type { Evaluated } from "../../expression/index.ts";
import type { Prepared, Write } from "../types.ts";
import { toBytes } from "./bytes.ts";
import type { EntityProgram, WriteProgram } from "./programs.ts";
import { programOf, type ReadDeps } from "./read-deps.ts";
import { entityOf } from "./reader.ts";
import type { Variables } from "./scope.ts";

/** Writes become bytes: the parts of the vendor's record, merged, in the request that the operation takes. */

// Vendors bound an item's id (ten characters is the least known); fifty bits of a key still tell items apart.
const ITEM_ID_LENGTH = 10;

/** The id of a write inside a batch: the beginning of its key, so that it is the same at every attempt. */
export function itemId(write: Write): string {
  return write.key.slice(0, ITEM_ID_LENGTH);
}

/** The bytes of each write, in order. A write that cannot be expressed has the sentence that says why. */
export async function prepareWrites(writes: readonly Write[], deps: ReadDeps): Promise<readonly Prepared[]> {
  const prepared = new Map<Write, Prepared>();
  // Writes of one kind are one call of the expression unit.
  for (const group of byKind(writes)) {
    const results = await prepareGroup(group, deps);
    for (const [index, write] of group.entries()) {
      const result = results[index];
      if (result !== undefined) prepared.set(write, result);
    }
  }
  return writes.flatMap((write) => prepared.get(write) ?? []);
}

function byKind(writes: readonly Write[]): readonly (readonly Write[])[] {
  const kinds = [...new Set(writes.map(kindOf))];
  return kinds.map((kind) => writes.filter((write) => kindOf(write) === kind));
}

function kindOf({ entity, operation }: Write): string {
  return `${operation} ${entity}`;
}

async function prepareGroup(writes: readonly Write[], deps: ReadDeps): Promise<readonly Prepared[]> {
  const [first] = writes;
  if (first === undefined) return [];
  const entity = programOf(first.entity, deps);
  const program = entity.writes[first.operation];
  if (program === undefined) {
    const { connector } = deps.system.connector;
    throw new Error(`the connector ${connector} has no ${first.operation} for ${first.entity}`);
  }
  const records = writes.map(({ record }) => record);
  const parts = await writeParts(entity, writes.map(toParts), deps);
  const variables = (index: number): Variables => ({
    ...variablesOf(writes[index]),
    fields: resultOf(parts[index]) ?? {},
  });
  const requests = await deps.scope.page(program.request, records, variables);
  const items = await batchItems(
    program,
    records,
    requests,
    (index) => ({
      ...variables(index),
      item_id: writes[index] === undefined ? "" : itemId(writes[index]),
    }),
    deps,
  );
  return writes.map((write, index) =>
    toPrepared(write, program, parts[index], requests[index], items?.[index]),
  );
}

async function batchItems(
  { item, array }: WriteProgram,
  records: readonly Json[],
  requests: readonly Evaluated[],
  variables: (index: number) => Variables,
  { scope, programs }: ReadDeps,
): Promise<readonly Evaluated[] | undefined> {
  if (item === undefined || (array ?? programs.batch) === undefined) return undefined;
  return scope.page(item, records, (index) => {
    const request = resultOf(requests[index]);
    return { ...variables(index), body: isObject(request) ? request["body"] : undefined };
  });
}

function toPrepared(
  write: Write,
  { method }: WriteProgram,
  parts: Evaluated | undefined,
  request: Evaluated | undefined,
  item: Evaluated | undefined,
): Prepared {
  for (const result of [parts, request, item]) {
    if (result?.ok === false) return { ok: false, write, message: result.error.message };
  }
  return { ok: true, write, request: toBytes(method, resultOf(request)), item: resultOf(item) };
}

/** What `writeParts` needs of a write: a record, and which of its fields to carry. */
interface Parts {
  readonly record: CanonicalRecord;
  readonly fields: readonly string[];
  readonly variables: Variables;
}

function toParts(write: Write): Parts {
  const { record, operation } = write;
  // A void and an external id carry no canonical field.
  const fields = operation === "create" || operation === "update" ? write.fields : [];
  return { record, fields, variables: variablesOf(write) };
}

function variablesOf(write: Write | undefined): Variables {
  if (write === undefined) return {};
  const { id, token, vendor, key, field } = write;
  return {
    key,
    // A variable that is null would hide the function of its name no less, but reads as "there is none".
    id,
    token,
    current: vendor,
    ...(field === undefined ? {} : { field: field.name, value: field.value }),
  };
}

/** The merged parts of the vendor's record for each of a page of records. */
async function writeParts(
  { parts, fields }: EntityProgram,
  wanted: readonly Parts[],
  { scope }: ReadDeps,
): Promise<readonly Evaluated[]> {
  return scope.page(
    fields,
    wanted.map(({ record }) => record),
    (index) => {
      const one = wanted[index];
      const flags = parts.map(({ flag, fields: names }) => [
        flag,
        names.some((name) => one?.fields.includes(name) ?? false),
      ]);
      return { ...one?.variables, ...Object.fromEntries(flags) };
    },
  );
}

/**
 * The records as the system can hold them: their writable fields written into the vendor's shape and read back. Where
 * that fails the record stays as it is; the write itself then says why.
 */
export async function carriedRecords(
  name: string,
  records: readonly CanonicalRecord[],
  deps: ReadDeps,
): Promise<readonly CanonicalRecord[]> {
  const program = programOf(name, deps);
  const entity = entityOf(name);
  const carried = writableFields(program).filter((field) => !entity.readOnly.has(field));
  if (records.length === 0 || carried.length === 0) return records;
  const wanted = records.map((record) => ({ record, fields: carried, variables: { key: "" } }));
  const written = await writeParts(program, wanted, deps);
  const read = await deps.scope.page(
    program.read,
    written.map((one) => resultOf(one) ?? {}),
  );
  return records.map((record, index) => {
    const back = resultOf(read[index]);
    const values = isObject(back) && written[index]?.ok === true ? back["read"] : undefined;
    if (!isObject(values)) return record;
    const complete = entity.complete(values);
    // A field that `read` does not speak of cannot be compared, so its value stays.
    const held = carried.filter((field) => Object.hasOwn(values, field));
    return { ...record, ...Object.fromEntries(held.map((field) => [field, complete[field] ?? null])) };
  });
}

/** Canonical fields that the write parts carry. */
export function writableFields({ parts }: EntityProgram): readonly string[] {
  return parts.flatMap(({ fields }) => fields);
}

function resultOf(result: Evaluated | undefined): Json | undefined {
  return result?.ok === true ? result.value : undefined;
}
