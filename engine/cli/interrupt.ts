import { EXIT } from "./exit-codes.ts";
import type { Log } from "./log.ts";

/** Aborts at the first SIGINT or SIGTERM, so that what is under way is settled; a second one ends the process at once. */
export function interruptSignal(log: Log): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    log.warn("Stopping: what is under way is finished first. Once more stops at once.");
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}
