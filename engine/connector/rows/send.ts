import { batchKey } from "../../core/ids.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { Counter } from "../records/counter.ts";
import { programOf, type ReadDeps } from "../records/read-deps.ts";
import { entityOf, readRecords } from "../records/reader.ts";
import { type Call, type Outcome, type PreparedWrite, SystemError, type SystemRecord } from "../types.ts";
import { type Outbox, type OutboxLine, parseOutboxLine, type Refusal } from "./outbox.ts";

/** Writes as lines of an outbox: grouped, stored, found again, and shown as if they had been imported. */

/** Calls of so many writes at most, in their order: a line may rest on one before it. */
export function groupLines(writes: readonly PreparedWrite[], size: number): readonly Call[] {
  const calls: Call[] = [];
  for (let at = 0; at < writes.length; at += size) {
    const chunk = writes.slice(at, at + size);
    const batch = chunk.length === 1 ? "" : batchKey(chunk.map(({ write }) => write.key));
    calls.push({ writes: chunk, batch });
  }
  return calls;
}

/** Outcomes in the order of the call's writes. Throws SystemError when nothing was stored. */
export async function sendLines(
  call: Call,
  { outbox, counter }: { readonly outbox: Outbox; readonly counter: Counter },
): Promise<readonly Outcome[]> {
  const lines = call.writes.map(lineOf);
  counter.called();
  counter.needCalls(1);
  let refused: ReadonlyMap<string, Refusal>;
  try {
    refused = await outbox.store(call.batch === "" ? (lines[0]?.key ?? "") : call.batch, lines);
  } catch (cause) {
    if (cause instanceof SystemError) throw cause;
    const message = `the outbox may hold it or not: ${cause instanceof Error ? cause.message : String(cause)}`;
    return lines.map(() => ({ kind: "unknown", message }));
  }
  counter.wrote(lines.length - refused.size);
  return Promise.all(
    lines.map(async ({ key, id }): Promise<Outcome> => {
      const refusal = refused.get(key);
      if (refusal !== undefined) return { kind: "refused", ...refusal, owner: null };
      // An earlier line with the key is the one that is carried out.
      return { kind: "done", id: (await outbox.find(key))?.id ?? id };
    }),
  );
}

/** The line that a write was promised with. */
export function lineOf({ request, write }: PreparedWrite): OutboxLine {
  const line = parseOutboxLine(request.body);
  if (line === undefined) throw new Error(`the line of ${write.entity} ${write.key} has no id or no row`);
  return line;
}

/** What a create with this key left in the outbox. */
export async function findLine(
  name: string,
  key: string,
  outbox: Outbox,
  idColumn: string,
  deps: ReadDeps,
): Promise<readonly SystemRecord[] | undefined> {
  const line = await outbox.find(key);
  if (line === undefined) return undefined;
  const program = programOf(name, deps);
  const vendor = { ...line.row, [idColumn]: line.id };
  const records = await readRecords(entityOf(name), program, [vendor], deps.scope);
  return records.map((record) => ({ ...record, id: line.id }));
}

/**
 * Rows with what waits in the outbox on top, so that a second change is compared with the first and not with what was
 * there before it. A row that only the outbox has is one that it creates.
 */
export function overlaid(
  rows: readonly Json[],
  pending: ReadonlyMap<string, readonly OutboxLine[]>,
  idColumn: string,
): readonly Json[] {
  const left = new Map(pending);
  const shown = rows.map((row) => {
    if (!isObject(row)) return row;
    const id = String(row[idColumn]);
    const lines = left.get(id) ?? [];
    left.delete(id);
    return Object.assign({}, row, ...lines.map((line) => line.row)) as Json;
  });
  const created = [...left].flatMap(([id, lines]) =>
    lines.some(({ operation }) => operation === "create")
      ? [Object.assign({}, ...lines.map(({ row }) => row), { [idColumn]: id }) as Json]
      : [],
  );
  return [...shown, ...created];
}
