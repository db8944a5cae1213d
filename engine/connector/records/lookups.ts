import { isObject, type Json } from "../../core/json.ts";
import { SystemError } from "../types.ts";
import { idText } from "./id-text.ts";
import type { Pager } from "./pager.ts";
import type { LookupProgram } from "./programs.ts";
import type { LookupRows, Scope } from "./scope.ts";

/** A connector's small tables (items, accounts), each read once per connection, when an expression first needs it. */
export function createLookups(deps: {
  readonly system: string;
  readonly programs: ReadonlyMap<string, LookupProgram>;
  readonly pager: Pager;
  readonly scope: Scope;
  /** Called with the number of rows of each table that was read. */
  readonly onRead: (rows: number) => void;
}): (names: readonly string[]) => Promise<LookupRows> {
  const tables = new Map<string, Promise<{ readonly [key: string]: Json }>>();
  return async (names) => {
    const entries = names.map(async (name) => {
      let table = tables.get(name);
      if (table === undefined) {
        table = readTable(name, deps);
        tables.set(name, table);
        // A table that could not be read is asked for again by the next pipeline.
        table.catch(() => tables.delete(name));
      }
      return [name, await table] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  };
}

async function readTable(
  name: string,
  { system, programs, pager, scope, onRead }: Parameters<typeof createLookups>[0],
): Promise<{ readonly [key: string]: Json }> {
  const program = programs.get(name);
  if (program === undefined) throw new Error(`there is no lookup ${name}`);
  if (program.when !== undefined && (await scope.value(program.when, null)) !== true) return {};
  const rows = new Map<string, Json>();
  let read = 0;
  for await (const page of pager.pages(program, {})) {
    read += page.length;
    for (const entry of await scope.page(program.entry, page)) {
      if (!entry.ok)
        throw new SystemError(system, "answer", `The lookup ${name} cannot be read: ${entry.error.message}`);
      const { key, value } = isObject(entry.value) ? entry.value : {};
      const text = idText(key);
      // A row without a key or a value is one that nobody can look up.
      if (text !== null && value !== undefined) rows.set(text, value);
    }
  }
  onRead(read);
  return Object.fromEntries(rows);
}
