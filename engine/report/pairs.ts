import type { Book, LedgerDocument, Ledgers } from "./ledger.ts";

/** What is the same document in two systems: in billing or the PSA, and in accounting. Pure. */

/** By the id map; by their number, where neither is linked; twin: payments that look alike and are not linked. */
export type PairedBy = "link" | "number" | "twin" | "nothing";

export interface Pair {
  readonly by: PairedBy;
  /** The PSA's own invoice; billing has none then. */
  readonly psa: readonly LedgerDocument[];
  /** One payment can be several on the other side. */
  readonly billing: readonly LedgerDocument[];
  readonly accounting: readonly LedgerDocument[];
}

type Group = { [book in Book]: LedgerDocument[] };

/** Days by which the dates of one payment may differ when two people wrote it down. */
const TWIN_DAYS = 3;
const DAY_MS = 86_400_000;

/** The source's documents first. */
export function documentsIn({ psa, billing, accounting }: Pair): readonly LedgerDocument[] {
  return [...psa, ...billing, ...accounting];
}

/** Every document of the books in one pair. */
export function pairDocuments({ psa, billing, accounting, customers }: Ledgers): readonly Pair[] {
  const groups = new Map<string, Group>();
  for (const document of [...psa, ...billing.documents, ...accounting.documents]) {
    const { kind, side, id, uid, adjusts } = document;
    const key = uid === null ? `${kind} ${side} ${id}` : `${adjusts ?? kind} ${uid}`;
    const group = groups.get(key) ?? { psa: [], billing: [], accounting: [] };
    groups.set(key, group);
    group[side].push(document);
  }
  const paired: Pair[] = [];
  const alone: LedgerDocument[] = [];
  for (const group of groups.values()) {
    const sources = [...group.psa, ...group.billing];
    const [only, ...more] = [...sources, ...group.accounting];
    if (sources.length > 0 && group.accounting.length > 0) paired.push({ by: "link", ...group });
    else if (only !== undefined && more.length === 0) alone.push(only);
    else paired.push({ by: "nothing", ...group });
  }
  const numbered = joinAlone(alone, "number", ({ kind, number, currency }) =>
    kind === "payment" ? undefined : JSON.stringify([kind, number, currency]),
  );
  const twins = joinAlone(
    numbered.left,
    "twin",
    ({ kind, side, customer_id, currency, total, status }) =>
      kind === "payment" && status === "issued"
        ? JSON.stringify([customers.of(side, customer_id).key, currency, total])
        : undefined,
    isNear,
  );
  const rest = twins.left.map((document): Pair => ({ by: "nothing", ...oneSided(document) }));
  return [...paired, ...numbered.joined, ...twins.joined, ...rest];
}

/** Joins what one key names once on either side and never twice; the rest is left. */
function joinAlone(
  alone: readonly LedgerDocument[],
  by: PairedBy,
  keyOf: (document: LedgerDocument) => string | undefined,
  fits: (source: LedgerDocument, posted: LedgerDocument) => boolean = () => true,
): { readonly joined: readonly Pair[]; readonly left: readonly LedgerDocument[] } {
  const byKey = new Map<string, Group>();
  for (const document of alone) {
    const key = keyOf(document);
    if (key === undefined) continue;
    const same = byKey.get(key) ?? { psa: [], billing: [], accounting: [] };
    byKey.set(key, same);
    same[document.side].push(document);
  }
  const joined: Pair[] = [];
  const taken = new Set<LedgerDocument>();
  for (const group of byKey.values()) {
    const [source, another] = [...group.psa, ...group.billing];
    const [posted, more] = group.accounting;
    if (source === undefined || posted === undefined) continue;
    if (another !== undefined || more !== undefined || !fits(source, posted)) continue;
    joined.push({ by, ...group });
    taken.add(source).add(posted);
  }
  return { joined, left: alone.filter((document) => !taken.has(document)) };
}

function oneSided(document: LedgerDocument): Pick<Pair, Book> {
  return { psa: [], billing: [], accounting: [], [document.side]: [document] };
}

/** Whether two payments could be one, by their dates. */
export function isNear(left: LedgerDocument, right: LedgerDocument): boolean {
  return daysBetween(left.date, right.date) <= TWIN_DAYS;
}

/** Whole days between two dates. */
export function daysBetween(left: string, right: string): number {
  return Math.abs(Date.parse(left) - Date.parse(right)) / DAY_MS;
}
