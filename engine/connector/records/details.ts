import { isObject, type Json } from "../../core/json.ts";
import { idText } from "./id-text.ts";
import type { DetailsProgram, ReadProgram } from "./programs.ts";
import type { ReadDeps } from "./read-deps.ts";
import type { Variables } from "./scope.ts";

/** Puts rows that a system keeps in a list of their own (charges of bills) under the records that they belong to. */
export interface Details {
  join(records: readonly Json[]): Promise<readonly Json[]>;
}

/**
 * With `since` the rows' own list, where there is one, is read once, in full, before the first records are joined; a
 * record that is not complete then, and every record without that list, has its rows asked for by itself.
 */
export function createDetails(
  program: DetailsProgram,
  since: Variables | undefined,
  deps: ReadDeps,
): Details {
  const { spec, all } = program;
  const listed = since === undefined || all === undefined ? undefined : { all, since };
  let rows: Promise<Map<string, Json[]>> | undefined;

  async function joinOne(record: Json, known: Map<string, Json[]>): Promise<Json> {
    if (!isObject(record)) return record;
    const key = idText(record[spec.record_key]) ?? "";
    const own = known.get(key) ?? [];
    // Rows are let go as soon as their record has them.
    known.delete(key);
    const joined = { ...record, [spec.as]: own };
    const complete = listed !== undefined && (await deps.scope.value(program.complete, joined)) === true;
    return complete ? joined : { ...record, [spec.as]: await rowsOf(record, program, deps) };
  }

  return {
    join: async (records) => {
      rows ??=
        listed === undefined ? Promise.resolve(new Map()) : readRows(spec, listed.all, listed.since, deps);
      const known = await rows;
      return Promise.all(records.map((record) => joinOne(record, known)));
    },
  };
}

async function readRows(
  { row_key }: DetailsProgram["spec"],
  all: ReadProgram,
  variables: Variables,
  { pager, counter }: ReadDeps,
): Promise<Map<string, Json[]>> {
  const byKey = new Map<string, Json[]>();
  let read = 0;
  for await (const page of pager.pages(all, variables)) {
    read += page.length;
    for (const row of page) {
      const key = isObject(row) ? idText(row[row_key]) : null;
      if (key === null) continue;
      const list = byKey.get(key);
      if (list === undefined) byKey.set(key, [row]);
      else list.push(row);
    }
  }
  counter.needPages(read);
  return byKey;
}

async function rowsOf(
  record: { readonly [key: string]: Json },
  program: DetailsProgram,
  { pager, counter }: ReadDeps,
): Promise<readonly Json[]> {
  const rows: Json[] = [];
  for await (const page of pager.pages(program.one, { record })) rows.push(...page);
  counter.needPages(rows.length);
  const key = idText(record[program.spec.record_key]);
  // A system that ignores the filter sends everybody's rows.
  return rows.filter((row) => isObject(row) && idText(row[program.spec.row_key]) === key);
}
