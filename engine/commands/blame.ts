import { allowedHint } from "../config/allowed-hint.ts";
import { entities } from "../config/entities.ts";
import type { ClientConfig, SystemName } from "../config/types.ts";
import type { SystemRecord } from "../connector/types.ts";
import { nearMiss } from "../core/near-miss.ts";
import type { BlamedField, BlameView } from "../report/blame.ts";
import type { HistoryRow, State } from "../state/types.ts";
import { ALL_FIELDS, fieldsOf } from "../sync/history.ts";
import { fieldValue } from "../sync/match.ts";
import { type ClientPlace, checkEntity, loadConfig } from "./client.ts";
import { findThing } from "./find-thing.ts";
import { withClient } from "./open-client.ts";
import { readIds } from "./read-parts.ts";
import { UsageError } from "./refusal.ts";

/** Who wrote a value: system, run, rule and configuration of the last write of each field, beside what stands there now. */

export interface Blamed {
  readonly entity: string;
  /** Any id or number of the record; the record that has it is looked at. */
  readonly word: string;
  /** A canonical field, or `raw.<path>`; all that were ever written when left out. */
  readonly field: string | undefined;
}

/** Reads the history of the record, and the record itself where it is and where it came from. */
export async function blame(place: ClientPlace, { entity, word, field }: Blamed): Promise<BlameView> {
  const config = loadConfig(place);
  checkEntity(config, entity);
  const name = field === undefined ? undefined : fieldNamed(entity, field);
  return withClient(place, config, async ({ state, connections }) => {
    const thing = await findThing(config, { state, connections }, entity, word);
    const records = new Map<SystemName, readonly SystemRecord[]>();
    const notes: string[] = [];
    for (const [system, ids] of thing.ids) {
      const part = await readIds(config, connections, system, entity, ids);
      records.set(system, part.records);
      if (part.note !== null) notes.push(part.note);
    }
    const seen = thing.named.flatMap(({ system, id }) => {
      const record = records.get(system)?.find((one) => one.id === id);
      if (record === undefined) return [];
      const history = historyOf(state, system, entity, id);
      const writes = connections.get(system)?.writableFields(entity) ?? [];
      const fields = (name === undefined ? writtenFields(history, writes) : [name]).map((one) =>
        blameField(one, record, history, writes, { config, records }),
      );
      const { currency } = record.record;
      return [{ system, id, currency: typeof currency === "string" ? currency : null, fields }];
    });
    return { schemaVersion: 1, client: config.client, entity, records: seen, notes };
  });
}

interface Surroundings {
  readonly config: ClientConfig;
  /** The thing's records in all systems. */
  readonly records: ReadonlyMap<SystemName, readonly SystemRecord[]>;
}

function blameField(
  field: string,
  { record, raw }: SystemRecord,
  history: readonly HistoryRow[],
  writes: readonly string[],
  { config, records }: Surroundings,
): BlamedField {
  const value = fieldValue(field, record, raw) ?? null;
  // Nobody writes the sums of a document: they are those of its lines and taxes.
  const sought = writes.includes("lines") && SUMS.has(field) ? ["lines", "taxes"] : [field];
  const row = history.find((one) => {
    const wrote = one.fields === ALL_FIELDS ? writes : fieldsOf(one);
    return sought.some((name) => wrote.includes(name));
  });
  if (row === undefined) return { field, value, write: null };
  const { action, pipeline, run, reason, config: hash } = row;
  const own = config.pipelines.find((one) => one.pipeline === pipeline);
  const system = own?.source.system ?? heldSystem(row, config);
  const [source] = system === undefined ? [] : (records.get(system) ?? []);
  return {
    field,
    value,
    // A field of a transform or code map is not the source's own value, so the two cannot be compared as they stand.
    ...(own === undefined || source === undefined || !passes(own, field)
      ? {}
      : { source_value: source.record[field] ?? null }),
    write: {
      action,
      pipeline,
      run,
      reason,
      rule: ruleOf(row, field),
      source: system === undefined ? null : `${system}:${source?.id ?? "?"}`,
      config: hash,
      config_is_current: own === undefined || own.hash === hash,
    },
  };
}

const SUMS: ReadonlySet<string> = new Set(["subtotal", "tax_total", "total"]);

/** The system whose id a write-back put there, by its name external_id/<entity>/<system>. */
function heldSystem({ action, entity, system }: HistoryRow, config: ClientConfig): SystemName | undefined {
  const ids = config.identity[entity]?.external_ids ?? {};
  return action === "external_id"
    ? Object.entries(ids).find(([name]) => name === system)?.[1].holds
    : undefined;
}

function ruleOf({ action, rules }: HistoryRow, field: string): string {
  if (action === "create") return "new record";
  if (action === "external_id") return "external id";
  // writtenHistory is what makes it.
  const own = rules === null ? {} : (JSON.parse(rules) as { readonly [name: string]: string });
  return own[field] ?? "source_wins";
}

function passes(
  { source, target, transform, maps }: ClientConfig["pipelines"][number],
  field: string,
): boolean {
  return (
    source.entity === target.entity &&
    !Object.hasOwn(transform, field) &&
    !Object.keys(maps).some((path) => path.split(".")[0] === field)
  );
}

/** Newest first; what shares the record's row was written to the same record. */
function historyOf(
  state: Pick<State, "rows">,
  system: SystemName,
  entity: string,
  id: string,
): readonly HistoryRow[] {
  return [...state.rows("history", { system, entity, id })]
    .filter(({ action }) => action !== "link")
    .sort((a, b) => (a.run < b.run ? 1 : -1));
}

function writtenFields(history: readonly HistoryRow[], writes: readonly string[]): readonly string[] {
  const named = history.flatMap((row) => (row.fields === ALL_FIELDS ? writes : fieldsOf(row)));
  return [...new Set(named)];
}

/** The field as the model calls it: billing_email means billing_emails. Throws UsageError when nothing is near. */
function fieldNamed(entity: string, field: string): string {
  const fields = entities().get(entity)?.fields ?? [];
  if (field.startsWith("raw.") || fields.includes(field)) return field;
  const near = nearMiss(field, fields);
  if (near !== undefined) return near;
  throw new UsageError(`${entity} has no field "${field}"`, allowedHint(field, fields, "There are"));
}
