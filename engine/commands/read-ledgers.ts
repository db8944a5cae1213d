import type { ClientConfig, PipelineConfig } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import type { Clock } from "../core/clock.ts";
import {
  type DocumentKind,
  type Flow,
  type Ledger,
  type LedgerCustomer,
  type LedgerDocument,
  type Ledgers,
  type NotCompared,
  SIDES,
  type Side,
  type Unreadable,
} from "../report/ledger.ts";
import { stateLinks } from "../sync/links.ts";
import { createStandings, type Standing, type Stood } from "../sync/standing.ts";
import { survey } from "../sync/survey.ts";
import { createCustomers } from "./ledger-customers.ts";
import { toDocument } from "./ledger-document.ts";
import type { OpenClient } from "./open-client.ts";

/** Reads the receivables of billing and accounting whole, a page at a time; of each record only what reports compare is kept. */

const KINDS: readonly DocumentKind[] = ["invoice", "credit_note", "payment"];
const PAGE = 500;

export interface ReadOptions extends OpenClient {
  readonly config: ClientConfig;
  readonly clock: Clock;
}

/** Throws SystemError when a system cannot be read: a report on half of the books would be wrong. */
export async function readLedgers(options: ReadOptions): Promise<Ledgers> {
  const not_compared = [...psaNotCompared(options.config), ...notCompared(options.config)];
  const kinds = KINDS.filter((kind) => !not_compared.some(({ entity }) => entity === kind));
  const unreadable: Unreadable[] = [];
  const read = async (side: Side): Promise<Ledger> => {
    const documents: LedgerDocument[] = [];
    for (const kind of kinds) {
      for await (const page of documentsOf(options, side, kind, unreadable)) documents.push(...page);
    }
    return { side, documents, customers: await customersOf(options, side) };
  };
  // One after the other: each keeps its pages in flight by itself.
  const billing = await read("billing");
  const accounting = await read("accounting");
  return {
    billing,
    accounting,
    customers: createCustomers(options.state, {
      billing: billing.customers,
      accounting: accounting.customers,
    }),
    invoiceKey: createInvoiceKey(billing, accounting),
    flows: flowsOf(options),
    not_compared,
    unreadable,
  };
}

function psaNotCompared({ systems }: ClientConfig): readonly NotCompared[] {
  const psa = systems.get("psa");
  if (psa === undefined) return [];
  const lists = psa.connector.entities["invoice"]?.list != null;
  return lists ? [] : [{ system: "psa", entity: "psa", reason: "its connector lists no invoices" }];
}

/** Kinds that one of the two systems does not list, or that the client keeps in accounting alone. */
function notCompared(config: ClientConfig): readonly NotCompared[] {
  return KINDS.flatMap((entity): readonly NotCompared[] => {
    const silent = SIDES.filter((side) => config.systems.get(side)?.connector.entities[entity]?.list == null);
    if (silent.length > 0) {
      return silent.map((system) => ({ system, entity, reason: `its connector lists no ${words(entity)}` }));
    }
    return entity === "payment" && !config.payments.sync_back
      ? [{ system: "billing", entity, reason: "payments.sync_back is false: payments stay in accounting" }]
      : [];
  });
}

function words(entity: DocumentKind): string {
  return `${entity.replace("_", " ")}s`;
}

async function* documentsOf(
  options: ReadOptions,
  side: Side,
  kind: DocumentKind,
  unreadable: Unreadable[],
): AsyncGenerator<readonly LedgerDocument[]> {
  const flows = flowPipelines(options.config).filter(
    ({ source }) => source.system === side && source.entity === kind,
  );
  const standings = flows.map((pipeline) => ({ pipeline, of: standingsOf(options, pipeline) }));
  for await (const page of pagesOf(survey(options, side, kind))) {
    const alive = page.filter(({ deleted }) => !deleted);
    for (const { id, unreadable: reason } of alive) {
      if (reason !== undefined) unreadable.push({ system: side, entity: kind, id, reason });
    }
    const readable = alive.filter((one) => one.unreadable === undefined);
    const stood = await Promise.all(
      standings.map(async ({ pipeline, of }) => (await of(readable)).map((one) => ({ pipeline, ...one }))),
    );
    const ids = readable.map(({ id }) => id);
    const uids = options.state.uidsOf(kind, side, ids);
    const counterparts = options.state.translate(kind, side, other(side), ids);
    yield readable.map((source, index): LedgerDocument => {
      const [best] = stood
        .flatMap((list) => list[index] ?? [])
        .sort((a, b) => rank(a.standing) - rank(b.standing));
      return {
        ...toDocument(kind, side, source, best?.mapped),
        uid: uids.get(source.id) ?? null,
        counterparts: counterparts.get(source.id) ?? NONE,
        pipeline: best?.pipeline.pipeline ?? null,
        standing: best === undefined ? null : shared(best.standing),
      };
    });
  }
}

const NONE: readonly string[] = [];
const IN_STEP: Standing = { kind: "written", changed: false, plan: null };

// Nearly all of many thousand documents are in step: they share one value.
function shared(standing: Standing): Standing {
  return standing.kind === "written" && !standing.changed ? IN_STEP : standing;
}

/** Of several pipelines the one that has the document speaks for it; one that leaves it out comes last. */
function rank({ kind }: Standing): number {
  return ["written", "unsettled", "set_aside", "not_yet", "left_out"].indexOf(kind);
}

function standingsOf(
  { config, state, connections, clock }: ReadOptions,
  pipeline: PipelineConfig,
): (records: readonly SystemRecord[]) => Promise<readonly Stood[]> {
  const source = connections.get(pipeline.source.system);
  const target = connections.get(pipeline.target.system);
  if (source === undefined || target === undefined) throw new Error("a pipeline's system has no connection");
  // A report keeps nothing: what a run would remember goes to this map.
  const overlay = new Map();
  return createStandings({
    config,
    pipeline,
    state,
    source,
    target,
    clock,
    links: stateLinks(state),
    overlay,
  });
}

/** Pipelines that carry documents from one of the two ledgers to the other. */
function flowPipelines({ pipelines }: ClientConfig): readonly PipelineConfig[] {
  return pipelines.filter(
    ({ source, target }) =>
      source.entity === target.entity &&
      KINDS.some((kind) => kind === source.entity) &&
      source.system !== target.system &&
      source.system !== "psa" &&
      target.system !== "psa",
  );
}

function flowsOf({ config, connections }: ReadOptions): { readonly [pipeline: string]: Flow } {
  return Object.fromEntries(
    flowPipelines(config).flatMap(({ pipeline, source, target, maps }) => {
      const entity = KINDS.find((kind) => kind === source.entity);
      const side = SIDES.find((one) => one === source.system);
      if (entity === undefined || side === undefined) return [];
      const codes = Object.values(maps).map(({ codes: name }) => {
        return [name, config.codes.get(name)?.file ?? name];
      });
      const can_update =
        target.write_mode === "upsert" &&
        connections.get(target.system)?.can(target.entity, "update") === true;
      return [[pipeline, { source: side, entity, can_update, codes: Object.fromEntries(codes) }] as const];
    }),
  );
}

async function customersOf(options: ReadOptions, side: Side): Promise<ReadonlyMap<string, LedgerCustomer>> {
  const found = new Map<string, LedgerCustomer>();
  if (options.config.systems.get(side)?.connector.entities["customer"]?.list == null) return found;
  for await (const { id, record, unreadable } of survey(options, side, "customer")) {
    if (unreadable !== undefined) continue;
    const [name, number] = [record["name"], record["customer_number"]];
    found.set(id, {
      id,
      name: typeof name === "string" ? name : id,
      number: typeof number === "string" ? number : "",
    });
  }
  return found;
}

/** Linked invoices have the name of their group, the others one of their own. */
function createInvoiceKey(billing: Ledger, accounting: Ledger): Ledgers["invoiceKey"] {
  const keys = new Map<string, string>();
  for (const { kind, side, id, uid } of [...billing.documents, ...accounting.documents]) {
    if (kind === "invoice" && uid !== null) keys.set(`${side} ${id}`, uid);
  }
  return (side, id) => keys.get(`${side} ${id}`) ?? `${side} ${id}`;
}

async function* pagesOf(records: AsyncIterable<SystemRecord>): AsyncGenerator<readonly SystemRecord[]> {
  let page: SystemRecord[] = [];
  for await (const record of records) {
    page.push(record);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function other(side: Side): Side {
  return side === "billing" ? "accounting" : "billing";
}
