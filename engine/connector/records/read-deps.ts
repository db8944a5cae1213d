import type { SystemConfig } from "../../config/types.ts";
import type { Clock } from "../../core/clock.ts";
import type { Counter } from "./counter.ts";
import type { Pager } from "./pager.ts";
import type { EntityProgram, RecordPrograms } from "./programs.ts";
import type { Scope } from "./scope.ts";

/** What reading and preparing need of an open connection. */
export interface ReadDeps {
  readonly system: SystemConfig;
  readonly programs: RecordPrograms;
  readonly pager: Pager;
  readonly scope: Scope;
  readonly counter: Counter;
  readonly clock: Clock;
  /** Calls under way at once. */
  readonly concurrency: number;
}

/** The program of an entity; throws for one that the connector lacks. */
export function programOf(
  entity: string,
  { programs, system }: Pick<ReadDeps, "programs" | "system">,
): EntityProgram {
  const program = programs.entities.get(entity);
  if (program !== undefined) return program;
  throw new Error(`the connector ${system.connector.connector} has no entity ${entity}`);
}
