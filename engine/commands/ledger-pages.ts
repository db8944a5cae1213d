import type { ClientConfig, PipelineConfig } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { other } from "../report/cause-commands.ts";
import { type Book, type DocumentKind, type Flow, type LedgerDocument, SIDES } from "../report/ledger.ts";
import { adjustedBy } from "../sync/adjustments.ts";
import type { Standing } from "../sync/standing.ts";
import type { ItemBook } from "./item-book.ts";
import { toDocument } from "./ledger-document.ts";
import { type ReadOptions, standingsOf } from "./read-records.ts";
import type { SharedValues } from "./shared-values.ts";

/** Records of one kind in one system as the documents that reports compare: with the id map, and how they stand with pipelines. */

export const KINDS: readonly DocumentKind[] = ["invoice", "credit_note", "payment"];

/** Makes documents of readable records, a page at a time, in their order. `items`: is told what invoices bill. */
export function createDocuments(
  options: ReadOptions,
  side: Book,
  kind: DocumentKind,
  shared: SharedValues,
  items: ItemBook | undefined,
): (readable: readonly SystemRecord[]) => Promise<readonly LedgerDocument[]> {
  const flows = flowPipelines(options.config)
    .filter(({ source }) => source.system === side && source.entity === kind)
    // Of what none of them takes, the one that keeps the kind speaks.
    .sort((a, b) => Number(turns(a)) - Number(turns(b)));
  const standings = flows.map((pipeline) => ({ pipeline, of: standingsOf(options, pipeline) }));
  return async (readable) => {
    const stood = await Promise.all(
      standings.map(async ({ pipeline, of }) => (await of(readable)).map((one) => ({ pipeline, ...one }))),
    );
    const ids = readable.map(({ id }) => id);
    const { state } = options;
    const uids = state.uidsOf(kind, side, ids);
    const counterparts = state.translate(kind, side, other(side), ids);
    const ofPsa: ReadonlyMap<string, readonly string[]> =
      side === "accounting" && kind !== "payment" ? state.translate(kind, side, "psa", ids) : new Map();
    const adjusted = new Map([
      ...adjustedGroups(options, other(side), counterparts),
      ...adjustedGroups(options, "psa", ofPsa),
    ]);
    const turning = flows.some(turns) ? ids : NONE;
    const turned = {
      uids: state.uidsOf("credit_note", side, turning),
      counterparts: state.translate("credit_note", side, other(side), turning),
    };
    return readable.map((source, index): LedgerDocument => {
      const [best] = stood
        .flatMap((list) => list[index] ?? [])
        .sort((a, b) => rank(a.standing) - rank(b.standing));
      if (kind === "invoice" && side !== "accounting") items?.see(side, source, best?.mapped);
      if (best?.mapped !== undefined && turns(best.pipeline) && best.standing.kind !== "left_out") {
        const known = {
          uid: shared.text(turned.uids.get(source.id) ?? "") || null,
          adjusts: null,
          counterparts: turned.counterparts.get(source.id)?.map(shared.text) ?? NONE,
          psa_invoice: null,
          pipeline: best.pipeline.pipeline,
          standing: alike(best.standing),
        };
        return toDocument(
          "credit_note",
          side,
          { ...source, record: best.mapped },
          best.mapped,
          known,
          shared,
        );
      }
      const known = {
        uid: shared.text(adjusted.get(source.id)?.uid ?? uids.get(source.id) ?? "") || null,
        adjusts: adjusted.get(source.id)?.kind ?? null,
        counterparts: counterparts.get(source.id)?.map(shared.text) ?? NONE,
        psa_invoice: kind === "invoice" ? (ofPsa.get(source.id)?.[0] ?? null) : null,
        pipeline: best?.pipeline.pipeline ?? null,
        standing: best === undefined ? null : alike(best.standing),
      };
      return toDocument(kind, side, source, best?.mapped, known, shared);
    });
  };
}

/** Documents that adjust another one, with the group that the other is in. `counterparts`: what the id map calls them. */
function adjustedGroups(
  { state }: ReadOptions,
  side: Book,
  counterparts: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, { readonly kind: DocumentKind; readonly uid: string }> {
  const adjusting = [...counterparts].flatMap(([id, [counterpart = ""]]) => {
    const original = adjustedBy(counterpart);
    return original === undefined ? [] : [{ id, original }];
  });
  return new Map(
    adjusting.flatMap(({ id, original }) => {
      const uid = state.uidsOf(original.entity, side, [original.id]).get(original.id);
      return uid === undefined ? [] : [[id, { kind: original.entity, uid }] as const];
    }),
  );
}

const NONE: readonly string[] = [];
const IN_STEP: Standing = { kind: "written", changed: false, plan: null, moved: null };

// Nearly all of many thousand documents are in step: they share one value.
function alike(standing: Standing): Standing {
  return standing.kind === "written" && !standing.changed && standing.moved === null ? IN_STEP : standing;
}

/** Of several pipelines the one that has the document speaks for it; one that leaves it out comes last. */
function rank({ kind }: Standing): number {
  return ["written", "unsettled", "set_aside", "not_yet", "left_out"].indexOf(kind);
}

/** True of a pipeline that makes credit notes of invoices: those below zero. */
export function turns({ source, target }: PipelineConfig): boolean {
  return source.entity === "invoice" && target.entity === "credit_note";
}

/** Pipelines that carry documents from one of the two ledgers to the other, or the PSA's invoices to accounting. */
export function flowPipelines({ pipelines }: ClientConfig): readonly PipelineConfig[] {
  return pipelines.filter((pipeline) => {
    const { source, target } = pipeline;
    return (
      (source.entity === target.entity || turns(pipeline)) &&
      KINDS.some((kind) => kind === source.entity) &&
      source.system !== target.system &&
      target.system !== "psa" &&
      (source.system !== "psa" || (source.entity === "invoice" && target.system === "accounting"))
    );
  });
}

export function flowsOf({ config, connections }: ReadOptions): { readonly [pipeline: string]: Flow } {
  return Object.fromEntries(
    flowPipelines(config).flatMap(({ pipeline, source, target, maps }) => {
      const entity = KINDS.find((kind) => kind === target.entity);
      const from = (["psa", ...SIDES] as const).find((one) => one === source.system);
      const to = SIDES.find((one) => one === target.system);
      if (entity === undefined || from === undefined || to === undefined) return [];
      const codes = Object.values(maps).map(({ codes: name }) => {
        return [name, config.codes.get(name)?.file ?? name];
      });
      const can_update =
        target.write_mode === "upsert" &&
        connections.get(target.system)?.can(target.entity, "update") === true;
      return [
        [
          pipeline,
          { source: from, target: to, entity, can_update, codes: Object.fromEntries(codes) },
        ] as const,
      ];
    }),
  );
}
