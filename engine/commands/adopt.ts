import { entities } from "../config/entities.ts";
import type { ClientConfig, SystemName } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import type { CanonicalRecord } from "../core/json.ts";
import { printMoney } from "../core/money.ts";
import type { Adoption, AdoptionPair, AdoptionRow } from "../report/adopt.ts";
import { type Judged, judge } from "../report/adopt-choose.ts";
import { type CustomerTraits, pairCustomers } from "../report/adopt-customers.ts";
import { type DocumentTraits, pairDocuments } from "../report/adopt-documents.ts";
import type { State } from "../state/types.ts";
import { derived, fieldValue } from "../sync/match.ts";
import { type SurveyOptions, survey } from "../sync/survey.ts";
import { amountOf, numberOf } from "../sync/text.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { withClient } from "./open-client.ts";
import { UsageError } from "./refusal.ts";

/** Proposals for linking what several systems hold already. Both sides are read; nothing is linked, nothing written. */

export const ADOPTABLE = { customers: "customer", invoices: "invoice", payments: "payment" } as const;
export type Adoptable = keyof typeof ADOPTABLE;

/** Every pair of unlinked records that may be one thing, with reasons and a verdict. */
export async function proposeAdoption(place: ClientPlace, what: Adoptable): Promise<Adoption> {
  const config = loadConfig(place);
  const entity = ADOPTABLE[what];
  const sides = sidesOf(config, entity);
  return withClient(place, config, async ({ state, connections }) => {
    const read = createReader({ config, connections }, entity);
    const pairs: AdoptionPair[] = [];
    const ties: Tie[] = [];
    for (const [left, right] of sides) {
      const unreadable = [left, right].filter((system) => !canList(config, system, entity));
      if (unreadable.length > 0) {
        pairs.push({
          ...emptyPair(left, right),
          notes: unreadable.map((one) => `${one} cannot list ${what}`),
        });
        continue;
      }
      pairs.push(await proposePair({ config, state, entity, left, right, ties, read }));
    }
    return { schemaVersion: 1, client: config.client, entity, what, pairs };
  });
}

interface PairContext {
  readonly config: ClientConfig;
  readonly state: State;
  readonly entity: string;
  readonly left: SystemName;
  readonly right: SystemName;
  /** What the pairs before this one tie together; this one adds its own. */
  readonly ties: Tie[];
  readonly read: (system: SystemName) => Promise<readonly SystemRecord[]>;
}

/** Two records that are linked, or that are proposed to be. */
interface Tie {
  readonly left: string;
  readonly right: string;
}

async function proposePair(context: PairContext): Promise<AdoptionPair> {
  const { state, entity, left, right, ties, read } = context;
  const covered = coveredIds(ties, left, right);
  const all = { left: await read(left), right: await read(right) };
  const ids = (records: readonly SystemRecord[]): readonly string[] => records.map(({ id }) => id);
  const linkedLeft = state.translate(entity, left, right, ids(all.left));
  const linkedRight = state.translate(entity, right, left, ids(all.right));
  const readable = (one: SystemRecord): boolean =>
    one.unreadable === undefined && one.record["status"] !== "deleted";
  const open = {
    left: all.left.filter((one) => readable(one) && !linkedLeft.has(one.id) && !covered.has(one.id)),
    right: all.right.filter((one) => readable(one) && !linkedRight.has(one.id)),
  };
  const judged = entity === "customer" ? judgeCustomers(context, open) : judgeDocuments(context, open);
  const paired = {
    left: new Set(judged.map((one) => one.left.id)),
    right: new Set(judged.map((one) => one.right.id)),
  };
  const known = new Set(ties.map((one) => one.right));
  const alone = {
    left: open.left.filter(({ id }) => !paired.left.has(id)),
    // What a pair before this one brings in, or lists as alone already, is asked about once.
    right: open.right.filter(({ id }) => !paired.right.has(id) && !known.has(`${right}:${id}`)),
  };
  for (const [id, others] of linkedLeft) ties.push(...others.map((other) => tie(left, id, right, other)));
  ties.push(...alone.right.map(({ id }): Tie => ({ left: "", right: `${right}:${id}` })));
  ties.push(...judged.map((one) => tie(left, one.left.id, right, one.right.id)));
  const bad = [...all.left, ...all.right].filter(({ unreadable }) => unreadable !== undefined);
  return {
    left,
    right,
    linked: linkedLeft.size,
    unmatched: { left: alone.left.length, right: alone.right.length },
    notes: bad.map(({ id, unreadable }) => `${entity} ${id} cannot be read: ${unreadable ?? ""}`),
    rows: [
      ...judged.map((one): AdoptionRow => rowOf(entity, left, right, one)),
      // A customer without a candidate is listed, so that a person can write the other id beside it.
      ...(entity === "customer" ? aloneRows(entity, left, right, alone) : []),
    ],
  };
}

function tie(left: SystemName, leftId: string, right: SystemName, rightId: string): Tie {
  return { left: `${left}:${leftId}`, right: `${right}:${rightId}` };
}

/**
 * Ids of `left` whose partner in a third system is tied to `right` itself: accepting that brings them together, and
 * asking a person twice for the same would only make room for contradictions.
 */
function coveredIds(ties: readonly Tie[], left: SystemName, right: SystemName): ReadonlySet<string> {
  const reaching = new Set(ties.filter((one) => one.right.startsWith(`${right}:`)).map((one) => one.left));
  const own = `${left}:`;
  return new Set(
    ties.flatMap((one) =>
      one.right.startsWith(own) && reaching.has(one.left) ? [one.right.slice(own.length)] : [],
    ),
  );
}

interface OpenRecords {
  readonly left: readonly SystemRecord[];
  readonly right: readonly SystemRecord[];
}

function judgeCustomers(
  { config, left, right }: PairContext,
  open: OpenRecords,
): readonly Judged<CustomerTraits>[] {
  const traits = (records: readonly SystemRecord[], own: SystemName, other: SystemName) =>
    records.map((one) => customerTraits(config, one, own, other));
  return judge(pairCustomers(traits(open.left, left, right), traits(open.right, right, left)));
}

function judgeDocuments(
  { config, state, entity, left, right }: PairContext,
  open: OpenRecords,
): readonly Judged<DocumentTraits>[] {
  const customers = open.left.flatMap(({ record }) => textOf(record["customer_id"]) ?? []);
  const translated = state.translate("customer", left, right, customers);
  const onLeft = (id: string | null): string | null => {
    const [only, ...more] = translated.get(id ?? "") ?? [];
    return more.length > 0 ? null : (only ?? null);
  };
  const traits = (records: readonly SystemRecord[], customer: (id: string | null) => string | null) =>
    records.flatMap(({ id, record }) => documentTraits(config, entity, id, record, customer) ?? []);
  return judge(
    pairDocuments(
      traits(open.left, onLeft),
      traits(open.right, (id) => id),
    ),
  );
}

function customerTraits(
  config: ClientConfig,
  { id, record, raw }: SystemRecord,
  own: SystemName,
  other: SystemName,
): CustomerTraits {
  const field = config.identity["customer"]?.external_ids[own];
  const holds = field?.holds === other ? fieldValue(field.field, record, raw) : null;
  const text = (part: string): string | null => textOf(derived(part, record));
  const emails = record["billing_emails"];
  const parent = textOf(record["parent_id"]);
  const doubts = [
    ...(record["status"] === "inactive" ? [`inactive in ${own}`] : []),
    ...(parent === null ? [] : [`a part of ${own} ${parent}`]),
  ];
  return {
    id,
    name: textOf(record["name"]) ?? "",
    holds: textOf(holds),
    tax_id: plain(text("tax_id")),
    number: plain(text("customer_number")),
    name_key: text("name_normalized"),
    emails: Array.isArray(emails) ? emails.filter((one) => typeof one === "string") : [],
    phone: text("phone"),
    postal_code: text("postal_code"),
    doubt: doubts.length === 0 ? null : doubts.join(", "),
  };
}

/** Undefined for a draft: it may change or go, and is nobody's receivable. */
function documentTraits(
  config: ClientConfig,
  entity: string,
  id: string,
  record: CanonicalRecord,
  customer: (id: string | null) => string | null,
): DocumentTraits | undefined {
  const sum = amountOf(record);
  const date = textOf(record[entities().get(entity)?.dateField ?? ""]);
  if (record["status"] === "draft" || date === null) return undefined;
  const { amount, currency } = sum ?? { amount: 0, currency: config.currency };
  const number = textOf(entity === "invoice" ? record["number"] : record["reference"]);
  return {
    id,
    name: [number ?? id, date, printMoney(amount, currency)].join(" "),
    number: plain(number),
    date,
    amount,
    currency,
    customer: customer(textOf(record["customer_id"])),
    doubt: record["status"] === "voided" ? "voided" : null,
  };
}

function rowOf(
  entity: string,
  left: SystemName,
  right: SystemName,
  one: Judged<{ readonly id: string; readonly name: string }>,
): AdoptionRow {
  const { verdict, score, reasons } = one;
  const ends = { left_system: left, left_id: one.left.id, left_name: one.left.name, right_system: right };
  return { entity, verdict, score, ...ends, right_id: one.right.id, right_name: one.right.name, reasons };
}

function aloneRows(
  entity: string,
  left: SystemName,
  right: SystemName,
  alone: OpenRecords,
): readonly AdoptionRow[] {
  const none = { entity, verdict: "unmatched", score: 0, left_system: left, right_system: right } as const;
  const nobody = { left_id: "", left_name: "", right_id: "", right_name: "" };
  const name = ({ record }: SystemRecord): string => textOf(record["name"]) ?? numberOf(record);
  return [
    ...alone.left.map((one) => ({
      ...none,
      ...nobody,
      left_id: one.id,
      left_name: name(one),
      reasons: [`nobody like it in ${right}`],
    })),
    ...alone.right.map((one) => ({
      ...none,
      ...nobody,
      right_id: one.id,
      right_name: name(one),
      reasons: [`nobody like it in ${left}`],
    })),
  ];
}

/** The pairs of systems between which pipelines move the entity, each once, in the order of the runs. */
export function sidesOf(
  config: ClientConfig,
  entity: string,
): readonly (readonly [SystemName, SystemName])[] {
  const pairs = new Map<string, readonly [SystemName, SystemName]>();
  for (const { source, target } of config.pipelines) {
    if (target.entity !== entity || source.entity !== entity) continue;
    const key = [source.system, target.system].sort().join();
    if (!pairs.has(key)) pairs.set(key, [source.system, target.system]);
  }
  if (pairs.size > 0) return [...pairs.values()];
  throw new UsageError(
    `no pipeline of ${config.client} moves the entity "${entity}", so nothing is to be linked`,
  );
}

function canList(config: ClientConfig, system: SystemName, entity: string): boolean {
  const list = config.systems.get(system)?.connector.entities[entity]?.list;
  return list !== undefined && list !== null;
}

/** Reads each system once, however many pairs it is in. */
export function createReader(
  options: SurveyOptions,
  entity: string,
): (system: SystemName) => Promise<readonly SystemRecord[]> {
  const known = new Map<SystemName, Promise<readonly SystemRecord[]>>();
  return (system) => {
    const before = known.get(system);
    if (before !== undefined) return before;
    const records = readAll(options, system, entity);
    known.set(system, records);
    return records;
  };
}

async function readAll(options: SurveyOptions, system: SystemName, entity: string): Promise<SystemRecord[]> {
  const records: SystemRecord[] = [];
  for await (const record of survey(options, system, entity)) if (!record.deleted) records.push(record);
  return records;
}

function emptyPair(left: SystemName, right: SystemName): AdoptionPair {
  return { left, right, linked: 0, unmatched: { left: 0, right: 0 }, notes: [], rows: [] };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Capitals, blanks and punctuation do not make another number. */
function plain(text: string | null): string | null {
  const bare = text?.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") ?? "";
  return bare === "" ? null : bare;
}
