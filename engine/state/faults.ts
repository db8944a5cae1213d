import { errorCode } from "./disk.ts";
import { StateError } from "./types.ts";

/** The wording of the state's errors: what happened, where, and what to type next. */

const REPAIR =
  "Nothing was changed. Check it with `tripoint state verify`, or put back a copy of the whole folder.";

/** The state contradicts its own checksums: the run must not go on, since guessing would create records twice. */
export function damaged(what: string, cause?: unknown): StateError {
  return new StateError("damaged", `the state is damaged: ${what}. ${REPAIR}`, { cause });
}

/** There is no state, which must never look like a first run. */
export function missing(folder: string, what: string): StateError {
  return new StateError(
    "missing",
    `${what} in ${folder}. If this client has run before, put its state folder back; ` +
      "for a first run, type `tripoint state init`.",
  );
}

/** The disk refused an operation of the state. A StateError that was caught with it passes unchanged. */
export function diskFault(action: string, path: string, cause: unknown): StateError {
  if (cause instanceof StateError) return cause;
  const code = errorCode(cause);
  const reason = code === "ENOSPC" ? "the disk is full" : `the disk refused (${code || String(cause)})`;
  return new StateError("disk", `cannot ${action} ${path}: ${reason}. Nothing more is sent.`, { cause });
}

/** Another process has written to this state since we opened it. */
export function fenced(what: string): StateError {
  return new StateError(
    "fenced",
    `another run has taken over this state (${what}). This one stops and writes nothing more.`,
  );
}
