import { isObject, type Json } from "../../core/json.ts";
import { type ListOptions, type Page, SystemError, type SystemRecord } from "../types.ts";
import { createDetails, type Details } from "./details.ts";
import { ahead } from "./pager.ts";
import type { EntityProgram, ListProgram, Program, ReadProgram } from "./programs.ts";
import { programOf, type ReadDeps } from "./read-deps.ts";
import { entityOf, idOf, readRecords, readTombstone } from "./reader.ts";
import type { Variables } from "./scope.ts";

/** Reading records: whole lists, changes since a time, records by id, and what a lost create may have left behind. */

export function listRecords(name: string, options: ListOptions, deps: ReadDeps): AsyncGenerator<Page, void> {
  return listPrograms(name, programOf(name, deps), options, deps);
}

async function* listPrograms(
  name: string,
  program: EntityProgram,
  options: ListOptions,
  deps: ReadDeps,
): AsyncGenerator<Page, void> {
  const changed = await readChanges(name, program, options.since, deps);
  if (changed !== undefined) {
    if (changed.length > 0) yield { records: changed };
    return;
  }
  const { list } = program.spec;
  if (list === null)
    throw new Error(`the connector ${deps.system.connector.connector} does not list ${name}`);
  // A feed that was cut, or asked too late, hides deletions, which no list by time shows: only everything tells.
  const isWhole = program.changes !== undefined && options.since !== undefined;
  if (isWhole) yield { records: [], whole: true };
  const isNarrow = list.incremental && options.since !== undefined && !isWhole;
  const since: Variables = isNarrow ? { since: options.since } : {};
  const details = program.details === undefined ? undefined : createDetails(program.details, since, deps);
  const source =
    list.parent === null
      ? walkEach(program.lists, since, deps)
      : walkParents(program, list.parent, since, options, deps);
  for await (const vendors of ahead(source)) {
    const records = await wholeRecords(name, program, vendors, details, deps);
    if (records.length > 0) yield { records };
  }
  // After the list: what it still had when it was read and lost since is a tombstone in the end.
  const { deleted } = program;
  if (deleted === undefined || options.since === undefined) return;
  for await (const vendors of ahead(walk(deleted, { since: options.since }, deps))) {
    const records = await tombstonesOf(name, deleted.id, vendors, deps);
    if (records.length > 0) yield { records };
  }
}

/** Records of the rows of a list, which may be no more than its index. */
async function wholeRecords(
  name: string,
  program: EntityProgram,
  vendors: readonly Json[],
  details: Details | undefined,
  deps: ReadDeps,
): Promise<readonly SystemRecord[]> {
  if (!program.listIsIndex) return toRecords(name, program, vendors, details, deps);
  const ids = await Promise.all(vendors.map((vendor) => idOf(program.id, vendor, deps.scope)));
  const known = ids.filter((id) => id !== undefined);
  if (known.length === ids.length) return getRecords(name, known, deps);
  const message = `${deps.system.connector.title} (${deps.system.name}) lists a ${name} without its id.`;
  throw new SystemError(deps.system.name, "answer", message);
}

async function toRecords(
  name: string,
  program: EntityProgram,
  vendors: readonly Json[],
  details: Details | undefined,
  { scope }: ReadDeps,
): Promise<readonly SystemRecord[]> {
  const whole = details === undefined ? vendors : await details.join(vendors);
  return readRecords(entityOf(name), program, whole, scope);
}

/** One list after the other, each on its own or as the child lists of all records of its parent. */
async function* walkEach(
  programs: readonly ListProgram[],
  variables: Variables,
  deps: ReadDeps,
): AsyncGenerator<readonly Json[], void> {
  for (const program of programs) {
    if (program.parent === null) yield* walk(program, variables, deps);
    else yield* walkChildren(program, program.parent, variables, deps);
  }
}

/**
 * The child lists of all that the system has of the parent. A parent that cannot be read stops the reading: its children
 * would look as if they were gone.
 */
async function* walkChildren(
  program: ReadProgram,
  parentEntity: string,
  variables: Variables,
  deps: ReadDeps,
): AsyncGenerator<readonly Json[], void> {
  for await (const parents of chunks(recordsOf(parentEntity, deps), deps.concurrency)) {
    const unreadable = parents.find((parent) => parent.unreadable !== undefined);
    if (unreadable !== undefined) {
      const { name, connector } = deps.system;
      const message =
        `${connector.title} (${name}): ${parentEntity} ${unreadable.id} cannot be read, so what belongs to it is not ` +
        `known: ${unreadable.unreadable}`;
      throw new SystemError(name, "answer", message);
    }
    const lists = parents.map(({ id, record }) =>
      walk(program, { ...variables, parent: id, parent_record: record }, deps),
    );
    const first = await Promise.all(lists.map((list) => list.next()));
    yield first.flatMap((page) => (page.done === true ? [] : page.value));
    for (const list of lists) yield* list;
  }
}

async function* walkAll(
  programs: readonly ReadProgram[],
  variables: Variables,
  deps: ReadDeps,
): AsyncGenerator<readonly Json[], void> {
  for (const program of programs) yield* walk(program, variables, deps);
}

async function* walk(
  program: ReadProgram & Pick<ListProgram, "each">,
  variables: Variables,
  { pager, counter, scope }: ReadDeps,
): AsyncGenerator<readonly Json[], void> {
  let records = 0;
  try {
    for await (const page of pager.pages(program, variables)) {
      records += page.length;
      yield program.each === undefined ? page : await recordsIn(page, program.each, scope);
    }
  } finally {
    counter.needPages(records);
  }
}

/** The records that each row holds. A row in which they cannot be told apart goes on whole, and is read as it is. */
async function recordsIn(
  rows: readonly Json[],
  each: Program,
  scope: ReadDeps["scope"],
): Promise<readonly Json[]> {
  const results = await scope.page(each, rows);
  return rows.flatMap((row, index) => {
    const result = results[index];
    if (result?.ok !== true) return [row];
    const found = result.value ?? [];
    return Array.isArray(found) ? (found as readonly Json[]) : [found];
  });
}

/**
 * Child lists of the parents named, or of all that the system has. As many of them begin at once as calls may be under
 * way, and their first pages, short as such lists are, come as one.
 */
async function* walkParents(
  program: EntityProgram,
  parentEntity: string,
  variables: Variables,
  options: ListOptions,
  deps: ReadDeps,
): AsyncGenerator<readonly Json[], void> {
  const { concurrency } = deps;
  for await (const parents of chunks(options.parents ?? idsOf(parentEntity, deps), concurrency)) {
    const lists = parents.map((parent) => walkAll(program.lists, { ...variables, parent }, deps));
    const first = await Promise.all(lists.map((list) => list.next()));
    yield first.flatMap((page) => (page.done === true ? [] : page.value));
    for (const list of lists) yield* list;
  }
}

async function* chunks<T>(
  items: Iterable<T> | AsyncIterable<T>,
  size: number,
): AsyncGenerator<readonly T[], void> {
  let chunk: T[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

async function* idsOf(entity: string, deps: ReadDeps): AsyncGenerator<string, void> {
  for await (const { id, unreadable } of recordsOf(entity, deps)) if (unreadable === undefined) yield id;
}

/** Parents, without the rows that belong to them: what is walked for its children needs no further call for each. */
async function* recordsOf(entity: string, deps: ReadDeps): AsyncGenerator<SystemRecord, void> {
  const program = { ...programOf(entity, deps), details: undefined };
  const all = listPrograms(entity, program, { since: undefined, parents: undefined }, deps);
  for await (const { records } of all) yield* records;
}

/** The change feed's records; undefined when there is none, or it cannot answer for this time in full. */
async function readChanges(
  name: string,
  program: EntityProgram,
  since: string | undefined,
  { system, pager, scope, counter, clock }: ReadDeps,
): Promise<readonly SystemRecord[] | undefined> {
  const { changes } = program;
  if (changes === undefined || since === undefined) return undefined;
  if (clock.now() - Date.parse(since) > changes.spec.window_ms) return undefined;
  const vendors = await pager.single(changes, { since });
  counter.needPages(0);
  if (vendors === undefined || vendors.length >= changes.spec.overflow) return undefined;
  const verdicts = await scope.page(changes.deleted, vendors);
  const isGone = (index: number): boolean => {
    const result = verdicts[index];
    return result?.ok === true && result.value === true;
  };
  const entity = entityOf(name);
  const live = await readRecords(
    entity,
    program,
    vendors.filter((_, index) => !isGone(index)),
    scope,
  );
  const gone = vendors.filter((_, index) => isGone(index));
  return [...live, ...(await tombstonesOf(name, program.id, gone, { system, scope }))];
}

async function tombstonesOf(
  name: string,
  id: Program | undefined,
  vendors: readonly Json[],
  { system, scope }: Pick<ReadDeps, "system" | "scope">,
): Promise<readonly SystemRecord[]> {
  const tombstones: SystemRecord[] = [];
  for (const vendor of vendors) {
    const tombstone = await readTombstone(entityOf(name), id, vendor, scope);
    if (tombstone === undefined) {
      const message = `${system.connector.title} (${system.name}) reports a deleted ${name} without its id.`;
      throw new SystemError(system.name, "answer", message);
    }
    tombstones.push(tombstone);
  }
  return tombstones;
}

export async function getRecords(
  name: string,
  ids: readonly string[],
  deps: ReadDeps,
): Promise<readonly SystemRecord[]> {
  const program = programOf(name, deps);
  const { get } = program;
  const many = program.spec.get?.many;
  if (get === undefined || many === undefined) {
    throw new Error(`the connector ${deps.system.connector.connector} does not get ${name} by id`);
  }
  const asked = new Set(ids);
  const groups = await groupsOf(get.by, [...asked], deps);
  const chunks = [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / many) }, (_, index) =>
      group.slice(index * many, (index + 1) * many),
    ),
  );
  deps.counter.needCalls(chunks.length);
  const details = program.details === undefined ? undefined : createDetails(program.details, undefined, deps);
  const vendors = await Promise.all(
    chunks.map(async (chunk) => {
      const found = await deps.pager.single(get, { ids: chunk });
      // For several ids, "not found" can only speak of the path: they must not all pass for deleted.
      if (found === undefined && many > 1) throw pathUnknown(name, deps);
      return found ?? [];
    }),
  );
  // One evaluation for all of them: hundreds side by side would each run into the time that a record may take.
  const read = await toRecords(name, program, vendors.flat(), details, deps);
  return read.filter(({ id }) => asked.has(id));
}

/** Those of the ids that the system can be asked for. */
export async function askableIds(
  name: string,
  ids: readonly string[],
  deps: ReadDeps,
): Promise<readonly string[]> {
  const { get } = programOf(name, deps);
  return get === undefined ? [] : [...(await groupsOf(get.by, ids, deps)).values()].flat();
}

/** Ids that a call may name together; one that cannot be asked for is in no group. */
async function groupsOf(
  by: Program | undefined,
  ids: readonly string[],
  { scope, system }: ReadDeps,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (by === undefined) return new Map([["", ids]]);
  const names = await scope.page(by, ids);
  const groups = new Map<string, string[]>();
  for (const [index, name] of names.entries()) {
    const id = ids[index];
    if (!name.ok) {
      const message = `The connector cannot tell how ${id} is asked for: ${name.error.message}`;
      throw new SystemError(system.name, "answer", message);
    }
    if (typeof name.value !== "string" || name.value === "" || id === undefined) continue;
    groups.set(name.value, [...(groups.get(name.value) ?? []), id]);
  }
  return groups;
}

function pathUnknown(name: string, { system }: ReadDeps): SystemError {
  const message = `${system.connector.title} (${system.name}) does not know the address of ${name} records.`;
  return new SystemError(system.name, "answer", message);
}

export async function findRecords(
  name: string,
  record: { readonly [field: string]: Json },
  key: string,
  deps: ReadDeps,
): Promise<readonly SystemRecord[]> {
  const program = programOf(name, deps);
  const { find } = program;
  if (find === undefined) {
    throw new Error(`the connector ${deps.system.connector.connector} does not find ${name}`);
  }
  const details = program.details === undefined ? undefined : createDetails(program.details, undefined, deps);
  const found: SystemRecord[] = [];
  let read = 0;
  for await (const vendors of deps.pager.pages(find, { record, key })) {
    read += vendors.length;
    const verdicts = await deps.scope.page(find.match, vendors, () => ({ record, key }));
    const failed = verdicts.find((verdict) => !verdict.ok);
    // A candidate that cannot be judged could be the lost one: nothing may be created beside it.
    if (failed?.ok === false) {
      const message = `The connector's match for ${name} cannot be evaluated: ${failed.error.message}`;
      throw new SystemError(deps.system.name, "answer", message);
    }
    const matching = vendors.filter((_, index) => {
      const verdict = verdicts[index];
      return verdict?.ok === true && verdict.value === true;
    });
    found.push(...(await wholeRecords(name, program, matching.filter(isObject), details, deps)));
  }
  deps.counter.needPages(read);
  return found;
}
