import type { SqliteEntity, SqlRead } from "../../config/connector-types.ts";
import type { SqliteSystem } from "../../config/types.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { Counter } from "../records/counter.ts";
import type { Pager } from "../records/pager.ts";
import type { ReadProgram } from "../records/programs.ts";
import type { Scope, Variables } from "../records/scope.ts";
import type { OutboxLine } from "../rows/outbox.ts";
import { overlaid } from "../rows/send.ts";
import { SystemError } from "../types.ts";
import { type Copies, type Copy, CopyError, type Row } from "./copy.ts";

/** What the pager is told: the statement, the lists of its rows, and where the rows are kept. */
export type SqlRequest = SqlRead & Pick<SqliteEntity, "children" | "table" | "key">;

/** Reads lists of rows, page by page, each row with its children. */
export function createSqlPager(deps: {
  readonly system: SqliteSystem;
  readonly scope: Scope;
  readonly counter: Counter;
  readonly copies: Copies;
  /** What waits in the outbox for these rows of a table. */
  readonly pending: (
    table: string,
    ids: readonly string[],
    copy: Copy,
  ) => Promise<ReadonlyMap<string, readonly OutboxLine[]>>;
}): Pager {
  const { system, scope, counter, copies } = deps;
  const { page_size } = system.connector;

  async function* pages(program: ReadProgram, variables: Variables): AsyncGenerator<readonly Json[], void> {
    const request = await requestOf(program);
    const copy = await openCopy();
    try {
      let page: Row[] = [];
      counter.called();
      for (const row of rows(copy, request.sql, valuesOf(variables))) {
        page.push(row);
        if (page.length < page_size) continue;
        yield withChildren(page, request, copy);
        counter.called();
        page = [];
      }
      if (page.length > 0) yield withChildren(page, request, copy);
    } finally {
      copy.release();
    }
  }

  async function single(program: ReadProgram, variables: Variables): Promise<readonly Json[]> {
    const request = await requestOf(program);
    const copy = await openCopy();
    try {
      counter.called();
      const found = withChildren([...rows(copy, request.sql, valuesOf(variables))], request, copy);
      const ids = Array.isArray(variables["ids"]) ? variables["ids"].map(String) : [];
      return overlaid(found, await deps.pending(request.table, ids, copy), request.key);
    } finally {
      copy.release();
    }
  }

  async function requestOf(program: ReadProgram): Promise<SqlRequest> {
    // The program is a constant out of the descriptor.
    return (await scope.value(program.request, null)) as unknown as SqlRequest;
  }

  async function openCopy(): Promise<Copy> {
    try {
      return await copies.open();
    } catch (cause) {
      if (!(cause instanceof CopyError)) throw cause;
      const message = `${system.connector.title} (${system.name}) cannot be read: ${cause.message}.`;
      throw new SystemError(system.name, "unreachable", message, { cause });
    }
  }

  function withChildren(page: readonly Row[], { children, key }: SqlRequest, copy: Copy): readonly Row[] {
    const ids = JSON.stringify(page.map((row) => String(row[key])));
    const lists = Object.entries(children).map(
      ([name, sql]) => [name, byParent(rows(copy, sql, { ":ids": ids }))] as const,
    );
    if (lists.length === 0) return page;
    return page.map((row) => ({
      ...row,
      ...Object.fromEntries(lists.map(([name, list]) => [name, list.get(String(row[key])) ?? []])),
    }));
  }

  function* rows(
    copy: Copy,
    sql: string,
    values: { readonly [name: string]: string | null },
  ): Generator<Row> {
    try {
      yield* copy.rows(sql, values);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const [start = ""] = sql.trim().split("\n");
      throw new SystemError(
        system.name,
        "answer",
        `The connector ${system.connector.connector} cannot go on: ${why} (in ${start}).`,
        { cause },
      );
    }
  }

  return { pages, single };
}

/** Every name that a statement may use; a list or a record comes as JSON, for json_each and json_extract. */
function valuesOf(variables: Variables): { readonly [parameter: string]: string | null } {
  const text = (value: Json | undefined): string | null => {
    if (value === undefined || value === null) return null;
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  return Object.fromEntries(
    ["since", "ids", "key", "record"].map((name) => [`:${name}`, text(variables[name])]),
  );
}

function byParent(rows: Iterable<Row>): ReadonlyMap<string, readonly Row[]> {
  const lists = new Map<string, Row[]>();
  for (const { parent_id, ...row } of rows) {
    const list = lists.get(String(parent_id));
    if (list === undefined) lists.set(String(parent_id), [row]);
    else list.push(row);
  }
  return lists;
}

/** Keys out of the rows of `imported`. */
export function keysIn(rows: Iterable<Row>): ReadonlySet<string> {
  return new Set([...rows].flatMap((row) => (isObject(row) ? [String(row["key"])] : [])));
}
