import type { Connection, SystemRecord } from "../connector/types.ts";
import type { CanonicalRecord, Json } from "../core/json.ts";
import type { ClaimRow } from "../state/types.ts";
import { toCandidates } from "./candidates.ts";
import { baseOf, ITEM } from "./claims.ts";
import { decidePage } from "./decide-page.ts";
import { askableIn } from "./extract.ts";
import { isProvisional } from "./links.ts";
import type { PageContext, PageDecision } from "./page-context.ts";
import { NOT_LINKED } from "./stages.ts";

/**
 * Decisions of a pipeline that marks the PSA's items by their charges in billing: an item has one mark, over all that was
 * charged for it. Its first charge speaks for it, with the sum of all and the invoices that they stand on.
 */

/** Charges that are there. `source`: billing, asked for the other charges of their items, which `seen` takes. */
export async function decideMarks(
  page: PageContext,
  source: Connection,
  records: readonly SystemRecord[],
  seen: Set<string>,
): Promise<readonly PageDecision[]> {
  const others = records.filter(({ record }) => itemOf(record) === undefined);
  const charges = records.filter(({ record }) => itemOf(record) !== undefined);
  const items = new Set(charges.map(({ record }) => baseOf(itemOf(record) ?? "")));
  const made = chargesOf(page.state, [...items]);
  const linked = linksTo(page, [...made.values()].flat());
  const known = new Map(charges.map((one) => [one.id, one]));
  const missing = [...items].flatMap((item) => {
    const ids = (made.get(item) ?? []).flatMap(({ item: charge }) => linked.get(charge) ?? []);
    return ids.length > 1 ? ids.filter((id) => !known.has(id)) : [];
  });
  if (missing.length > 0 && source.can(ITEM, "get")) {
    for (const one of await source.get(ITEM, missing)) known.set(one.id, one);
  }
  const speaking = charges.filter(({ record }) => !isLater(record));
  for (const { record } of charges.filter((one) => isLater(one.record))) {
    const first = linked.get(baseOf(itemOf(record) ?? ""))?.map((id) => known.get(id))[0];
    // One that this run has read before was decided with all its charges.
    if (first === undefined || seen.has(first.id)) continue;
    seen.add(first.id);
    speaking.push(first);
  }
  // An item that cannot be read by its id cannot be changed by it either: it stays a person's task.
  const markable = new Set(await askableIn(page.connection, ITEM, [...items]));
  const asks = source.can(ITEM, "get");
  const summed = speaking
    .filter(({ record }) => markable.has(itemOf(record) ?? ""))
    .map((first) => {
      const own = (made.get(itemOf(first.record) ?? "") ?? []).map(({ item, amount }) => {
        const [row] = (linked.get(item) ?? []).flatMap((id) => known.get(id) ?? []);
        return { amount, row };
      });
      // What billing has not taken in yet does not count; where it cannot be asked, what was given to it does.
      const standing = own.filter(({ row }) => row !== undefined || !asks);
      return own.length === 0 ? first : { ...first, record: sumOf(first.record, standing) };
    });
  const unmarkable = speaking.filter(({ record }) => !markable.has(itemOf(record) ?? ""));
  return [
    ...(await decidePage(page, [...others, ...summed])),
    ...skipped(page, unmarkable, () => "takes_no_mark"),
    ...skipped(
      page,
      charges.filter(({ record }) => isLater(record)),
      ({ id, record }) =>
        linked.get(itemOf(record) ?? "")?.includes(id) === true ? "counted_with_its_item" : NOT_LINKED,
    ),
  ];
}

/** The item that a charge is for. */
function itemOf({ source_item_id }: CanonicalRecord): string | undefined {
  return typeof source_item_id === "string" ? source_item_id : undefined;
}

function isLater(record: CanonicalRecord): boolean {
  const item = itemOf(record);
  return item !== undefined && baseOf(item) !== item;
}

/** The charges of each item whose writing is proven. */
function chargesOf(
  state: PageContext["state"],
  items: readonly string[],
): ReadonlyMap<string, readonly ClaimRow[]> {
  const found = new Map<string, readonly ClaimRow[]>();
  for (const [base, claims] of state.claimsOn(items)) {
    const made = claims.filter(
      ({ kind, record, pipeline, item }) =>
        kind === "route" && record !== "" && state.syncRows(pipeline, [item]).has(item),
    );
    if (made.length > 0) found.set(base, made);
  }
  return found;
}

/** Item of a charge → its ids in billing. */
function linksTo(
  { pipeline: { source, target }, links }: PageContext,
  charges: readonly ClaimRow[],
): ReadonlyMap<string, readonly string[]> {
  const items = charges.map(({ item }) => item);
  const all = items.length === 0 ? [] : [...links.translate(ITEM, target.system, source.system, items)];
  return new Map(all.map(([item, ids]) => [item, ids.filter((id) => !isProvisional(ITEM, id))]));
}

/** The first charge as it speaks for its item: the sum of all, and the numbers of the invoices that bill them. */
function sumOf(
  first: CanonicalRecord,
  charges: readonly { readonly amount: number; readonly row: SystemRecord | undefined }[],
): CanonicalRecord {
  const amount = charges.reduce((sum, one) => sum + one.amount, 0);
  const numbers = charges.map(({ row }) => row?.record["billed_invoice_number"] ?? null);
  const billed = [...new Set(numbers.filter((number: Json) => number !== null))];
  return {
    ...first,
    amount,
    billed_invoice_number: amount === 0 || billed.length === 0 ? null : billed.join(", "),
  };
}

/** A later charge is counted with its item; one that nothing links yet brings the item back when it is. */
function skipped(
  page: PageContext,
  charges: readonly SystemRecord[],
  reasonOf: (charge: SystemRecord) => string,
): readonly PageDecision[] {
  return toCandidates(page, charges).map((candidate) => ({
    decision: { candidate, action: "skip", reason: reasonOf(candidate.source), message: "", detail: null },
    matched: undefined,
  }));
}
