import type { FilesSystem } from "../../config/types.ts";
import type { Json } from "../../core/json.ts";
import type { Counter } from "../records/counter.ts";
import type { Pager } from "../records/pager.ts";
import type { ReadProgram } from "../records/programs.ts";
import type { Scope, Variables } from "../records/scope.ts";
import { overlaid } from "../rows/send.ts";
import { SystemError } from "../types.ts";
import type { DropFile } from "./drop.ts";
import type { FolderOutbox } from "./outbox-folder.ts";
import { type FileReader, type Found, type Lists, ReadError, type Whole } from "./reader.ts";

export type FilesRequest = Lists & { readonly table: string };

/** Reads lists of records out of files, and says which files were read to the end. */
export interface FilesPager extends Pager {
  /** Files that may be put away once the run has recorded what was in them. */
  readonly finished: ReadonlySet<Whole>;
  /** Where a record was read: for a person who has to find it. */
  placeOf(row: Json): string;
}

export function createFilesPager(deps: {
  readonly system: FilesSystem;
  readonly scope: Scope;
  readonly counter: Counter;
  readonly reader: () => Promise<FileReader>;
  readonly outbox: FolderOutbox;
}): FilesPager {
  const { system, scope, counter, outbox } = deps;
  const { page_size } = system.connector;
  const finished = new Set<Whole>();
  const places = new WeakMap<object, string>();

  async function* pages(program: ReadProgram, variables: Variables): AsyncGenerator<readonly Json[], void> {
    const request = await requestOf(program);
    const reader = await deps.reader();
    const { since } = variables;
    const wanted = request.holds === "all" ? newestOnly : (files: readonly Whole[]) => unread(files, since);
    const seen = new Set<string>();
    const done: Whole[] = [];
    let page: Json[] = [];
    for (const whole of wanted(reader.files(request))) {
      counter.called();
      for await (const found of recordsOf(reader, whole, request)) {
        // Of a record that stands in several files the newest counts, and that comes first.
        if (seen.has(found.id)) continue;
        seen.add(found.id);
        places.set(found.row, `${found.file.name}, line ${found.line}`);
        page.push(found.row);
        if (page.length < page_size) continue;
        yield page;
        page = [];
      }
      done.push(whole);
    }
    if (page.length > 0) yield page;
    for (const whole of done) finished.add(whole);
    // Of files that each are the whole list, those behind the newest have nothing to say any more.
    if (request.holds === "all") for (const older of reader.files(request).slice(1)) finished.add(older);
  }

  /** Records by id, from the newest file that has each, with what waits in the outbox on top. */
  async function single(program: ReadProgram, variables: Variables): Promise<readonly Json[]> {
    const request = await requestOf(program);
    const reader = await deps.reader();
    const ids = Array.isArray(variables["ids"]) ? variables["ids"].map(String) : [];
    const missing = new Set(ids);
    const rows: Json[] = [];
    const written = new Map<string, number>();
    const files = reader.files(request);
    for (const whole of request.holds === "all" ? newestOnly(files) : files) {
      if (missing.size === 0) break;
      counter.called();
      for await (const { id, row, file } of recordsOf(reader, whole, request)) {
        if (!missing.delete(id)) continue;
        rows.push(row);
        written.set(id, file.written);
      }
    }
    return overlaid(rows, await outbox.waiting(request.table, ids, written), request.key);
  }

  async function requestOf(program: ReadProgram): Promise<FilesRequest> {
    // The program is a constant out of the descriptor.
    return (await scope.value(program.request, null)) as unknown as FilesRequest;
  }

  async function* recordsOf(reader: FileReader, whole: Whole, request: FilesRequest): AsyncGenerator<Found> {
    try {
      yield* reader.records(whole, request);
    } catch (cause) {
      if (!(cause instanceof ReadError)) throw cause;
      const message = `${system.connector.title} (${system.name}): ${cause.message}.`;
      throw new SystemError(system.name, "answer", message, { cause });
    }
  }

  const placeOf = (row: Json): string =>
    (typeof row === "object" && row !== null ? places.get(row) : undefined) ?? "";
  return { pages, single, finished, placeOf };
}

function newestOnly(files: readonly Whole[]): readonly Whole[] {
  return files.slice(0, 1);
}

/**
 * Files that a pipeline which has read up to `since` may not know: those that are not archived, and those that were put
 * away after that time, perhaps by the run of another pipeline. Reading one again does no harm.
 */
function unread(files: readonly Whole[], since: Json | undefined): readonly Whole[] {
  if (typeof since !== "string") return files;
  const from = Date.parse(since);
  return files.filter(({ file }: { readonly file: DropFile }) => (file.archived ?? from) >= from);
}
