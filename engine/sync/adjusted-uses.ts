import type { Entity } from "../config/entities.ts";
import type { SystemRecord } from "../connector/types.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { printMoney } from "../core/money.ts";
import { type AdjustingEntity, adjustedBy, adjustmentsOf, isAdjusting } from "./adjustments.ts";
import { isProvisional } from "./links.ts";
import type { Deciding } from "./page-context.ts";
import { isDocument } from "./shape.ts";
import type { Decision, SetAside, WriteDecision } from "./stages.ts";
import { describe } from "./text.ts";

/**
 * What uses credit for an invoice, where others adjust the one or the other: the source knows them as one each, and in
 * the target it goes to those of which enough is open.
 */

/** A document of the target that a use can go to. Minor units. */
interface Place {
  readonly id: string;
  readonly number: string;
  /** Infinity: the target does not say, or has it only once this is carried out. */
  open: number;
}

/** What it names: the field, and the kind of document there. */
interface Named {
  readonly path: string;
  readonly entity: AdjustingEntity;
}

/** New uses with the documents that take them; one that no single document takes whole is held. */
export async function onAdjusted(
  context: Deciding,
  decisions: readonly Decision[],
): Promise<readonly Decision[]> {
  const creates = decisions.filter((one): one is WriteDecision => one.action === "create");
  const named = creates.length === 0 ? [] : namedBy(context.target);
  const places = new Map<string, ReadonlyMap<string, readonly Place[]>>();
  for (const one of named) places.set(one.path, await placesOf(context, one, creates));
  return decisions.map((decision) => {
    let routed = decision;
    for (const { path } of named) {
      if (routed.action !== "create") break;
      const own = places.get(path)?.get(idIn(routed.record, path));
      if (own !== undefined) routed = route(routed, path, own, context);
    }
    return routed;
  });
}

/** Records of the target with the originals in the place of documents that adjust them, as the source has them. */
export function asOfOriginals(
  { pipeline: { source, target }, links, target: shape }: Pick<Deciding, "pipeline" | "links" | "target">,
  records: readonly SystemRecord[],
): readonly SystemRecord[] {
  return namedBy(shape).reduce((left, { path, entity }) => {
    const known = links.translate(
      entity,
      target.system,
      source.system,
      left.map(({ record }) => idIn(record, path)),
    );
    const originals = new Map(
      [...known].flatMap(([id, ids]) => {
        const original = ids.map(adjustedBy).find((one) => one?.entity === entity);
        return original === undefined ? [] : [[id, original.id] as const];
      }),
    );
    const there = links.translate(entity, source.system, target.system, [...new Set(originals.values())]);
    return left.map((one): SystemRecord => {
      const [id] = there.get(originals.get(idIn(one.record, path)) ?? "") ?? [];
      return id === undefined ? one : { ...one, record: { ...one.record, [path]: id } };
    });
  }, records);
}

function route(
  decision: WriteDecision,
  path: string,
  places: readonly Place[],
  { pipeline }: Deciding,
): WriteDecision | SetAside {
  const { record, candidate } = decision;
  const amount = Number(record["amount"]);
  const place = places.find(({ open }) => open >= amount);
  if (place !== undefined) {
    place.open -= amount;
    return { ...decision, record: { ...record, [path]: place.id } };
  }
  const money = (sum: number): string => printMoney(sum, String(record["currency"]));
  const { system } = pipeline.target;
  const list = places.map(({ number, open }) => `${number} with ${money(open)} open`).join(" and ");
  const message =
    `${describe(candidate.source.record)} is over ${money(amount)}, and ${system} has what it is used for as ${list}: none ` +
    `of them takes all of it. Have ${pipeline.source.system} use it in such parts, or take payments off one of them`;
  return { candidate, action: "hold", reason: "open_in_parts", message, detail: null };
}

/** Original → it and those of its kind that adjust it, the original first; left out: one that nothing adjusts. */
async function placesOf(
  { pipeline, links, state, connection }: Deciding,
  { path, entity }: Named,
  creates: readonly WriteDecision[],
): Promise<ReadonlyMap<string, readonly Place[]>> {
  const found = new Map<string, readonly Place[]>();
  if (!connection.can(entity, "get")) return found;
  const { source, target } = pipeline;
  const ids = new Set(creates.map(({ record }) => idIn(record, path)));
  const known = links.translate(entity, target.system, source.system, [...ids]);
  const adjusted = adjustmentsOf({ source, target: { ...target, entity } }, links, state, [
    ...new Set([...known.values()].flat()),
  ]);
  const idsOf = (id: string): readonly string[] => [
    id,
    ...(known.get(id) ?? [])
      .flatMap((own) => adjusted.get(own) ?? [])
      .flatMap((one) => (one.entity === entity ? [one.id] : [])),
  ];
  const all = [...ids].map((id) => [id, idsOf(id)] as const).filter(([, own]) => own.length > 1);
  const posted = all.flatMap(([, own]) => own).filter((id) => !isProvisional(entity, id));
  const records = new Map(
    (posted.length === 0 ? [] : await connection.get(entity, posted)).map((one) => [one.id, one.record]),
  );
  for (const [id, own] of all) {
    const places = own.flatMap((one) => placeOf(one, records.get(one), entity) ?? []);
    if (places.length > 0) found.set(id, places);
  }
  return found;
}

function placeOf(
  id: string,
  record: CanonicalRecord | undefined,
  entity: AdjustingEntity,
): Place | undefined {
  if (isProvisional(entity, id)) return { id, number: id, open: Infinity };
  if (record === undefined) return undefined;
  const open = record[entity === "invoice" ? "balance" : "unapplied_amount"];
  return { id, number: String(record["number"]), open: typeof open === "number" ? open : Infinity };
}

/** The documents that a record names as a whole; none for a document itself, whose lines and sums are its own. */
function namedBy(target: Entity): readonly Named[] {
  if (!target.moneyRecord || isDocument(target)) return [];
  return target.references.flatMap(({ path, entity, by }): readonly Named[] =>
    by === "id" && !path.includes(".") && isAdjusting(entity) ? [{ path, entity }] : [],
  );
}

function idIn(record: CanonicalRecord, path: string): string {
  return String(record[path] ?? "");
}
