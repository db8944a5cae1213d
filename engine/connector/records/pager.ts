import type { Json } from "../../core/json.ts";
import type { ReadProgram } from "./programs.ts";
import type { Variables } from "./scope.ts";

/** Reads lists page by page, in whatever way a driver has. */
export interface Pager {
  /** Vendor records, a page at a time; not one page is asked for before the one before it was taken. */
  pages(program: ReadProgram, variables: Variables): AsyncGenerator<readonly Json[], void>;
  /** The records of one reply; undefined when the system answers "not found". */
  single(program: ReadProgram, variables: Variables): Promise<readonly Json[] | undefined>;
}

/** The same items, the next one being fetched while one is worked on: never more than two are alive. */
export async function* ahead<T>(source: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  let next = source.next();
  try {
    for (let item = await next; item.done !== true; item = await next) {
      next = source.next();
      // A failure is reported when its turn comes, and must not end the process before that.
      next.catch(() => {});
      yield item.value;
    }
  } finally {
    next.catch(() => {});
    // A fetch under way ends by itself; nobody waits for it.
    void source.return().catch(() => {});
  }
}
