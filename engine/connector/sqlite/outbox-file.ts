import fs from "node:fs";
import { appendDurably, NothingStored } from "../rows/durable.ts";
import { type Outbox, type OutboxIndex, outboxIndex, parseOutboxLine } from "../rows/outbox.ts";
import { SystemError } from "../types.ts";

/** An outbox that is one file of JSON lines. The importer may move it away when everything in it has been imported. */
export function openOutboxFile(options: {
  readonly system: string;
  /** Asked for when it is first needed. */
  readonly path: () => Promise<string>;
}): Outbox {
  let known: { readonly index: OutboxIndex; readonly inode: number; readonly bytes: number } | undefined;

  /** What the file holds now: read on from where the last reading ended, unless it is another file. */
  async function load(): Promise<{ readonly index: OutboxIndex; readonly path: string }> {
    const path = await options.path();
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) known = { index: known?.index ?? outboxIndex(), inode: 0, bytes: 0 };
    else if (stat.ino !== known?.inode || stat.size !== known.bytes) {
      const from = stat.ino === known?.inode && stat.size > known.bytes ? known.bytes : 0;
      const index = known?.index ?? outboxIndex();
      const text = fs.readFileSync(path).subarray(from).toString("utf8");
      const whole = text.slice(0, text.lastIndexOf("\n") + 1);
      for (const line of whole.split("\n")) {
        const parsed = parseOutboxLine(line);
        if (parsed !== undefined) index.add(parsed);
      }
      known = { index, inode: stat.ino, bytes: from + Buffer.byteLength(whole) };
      // A line without an end was never promised to be there: the process died while it wrote it.
      if (stat.size > known.bytes) fs.truncateSync(path, known.bytes);
    }
    return { index: known.index, path };
  }

  return {
    find: async (key) => (await load()).index.find(key),
    of: async (table, id) => (await load()).index.of(table, id),
    store: async (_name, lines) => {
      const { index, path } = await load();
      const fresh = lines.filter(({ key }) => index.find(key) === undefined);
      if (fresh.length === 0) return new Map();
      try {
        appendDurably(path, fresh.map((line) => `${JSON.stringify(line)}\n`).join(""));
      } catch (cause) {
        if (!(cause instanceof NothingStored || isMissing(cause))) throw cause;
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new SystemError(
          options.system,
          "unreachable",
          `The outbox ${path} cannot be written: ${why}.`,
          {
            cause,
          },
        );
      }
      return new Map();
    },
  };
}

/** The file could not even be opened. */
function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "syscall" in cause && cause.syscall === "open";
}
