import type { ClientConfig, PipelineConfig, SystemName } from "../config/types.ts";
import type { Connection } from "../connector/types.ts";
import type { Clock } from "../core/clock.ts";
import type { RelatedRow, State } from "../state/types.ts";
import type { Taken } from "./claims.ts";
import type { Links } from "./links.ts";
import { createMatcher } from "./matcher.ts";
import type { PageContext } from "./page-context.ts";
import { createInvoiceGate } from "./readiness/invoice-gate.ts";
import { createRelated } from "./related.ts";
import { entityOf } from "./shape.ts";
import { toldFields } from "./told.ts";
import { createTransformer } from "./transform.ts";
import { createUnlinkedThere } from "./unlinked-there.ts";

/** What a pipeline works with, and the context of its decisions made of it. */

export interface WorkOptions {
  readonly config: ClientConfig;
  readonly pipeline: PipelineConfig;
  readonly state: State;
  readonly source: Connection;
  readonly target: Connection;
  readonly clock: Clock;
  readonly links: Links;
  /** A plan keeps here what it may not write: records of required entities. Undefined in a run. */
  readonly overlay: Map<string, RelatedRow | undefined> | undefined;
  /** Claims on items that are decided and not in the state yet; a plan shares them among its pipelines. */
  readonly taken: Taken;
  readonly connections: ReadonlyMap<SystemName, Connection>;
}

/** The context of a pipeline's decisions; `doubted` is filled while it works. Nothing is read yet. */
export function createPage(
  options: WorkOptions,
  doubted: ReadonlySet<string>,
  firstRun: boolean,
): PageContext {
  const { config, pipeline, state, source, target, clock, links, overlay, taken } = options;
  const entity = entityOf(pipeline.target.entity);
  const carried = target.writableFields(entity.name);
  const ledger = config.systems.get(pipeline.target.system)?.connector;
  return {
    pipeline,
    state,
    links,
    taken,
    related: createRelated(pipeline, source, state, overlay),
    unlinked:
      pipeline.target.unlinked === "report"
        ? createUnlinkedThere(pipeline, target, state, config.go_live)
        : undefined,
    carried,
    told: toldFields(config, pipeline, carried),
    doubted,
    rounding: ledger?.driver === "http" ? ledger.ledger.rounding : null,
    closedUntil: () => target.closedUntil?.() ?? Promise.resolve(null),
    connection: target,
    source: entityOf(pipeline.source.entity),
    target: entity,
    transformer: createTransformer(config, pipeline, carried, clock.now()),
    matcher: createMatcher(config, pipeline, target, state, firstRun),
    can: {
      create: target.can(entity.name, "create"),
      update: target.can(entity.name, "update"),
      void: target.can(entity.name, "void"),
    },
    targetHas: (entity) =>
      config.systems.get(pipeline.target.system)?.connector.entities[entity] !== undefined,
    onNone: config.identity[entity.name]?.on_none ?? "create",
    goLive: config.go_live,
    invoiceGate: createInvoiceGate(options),
  };
}
