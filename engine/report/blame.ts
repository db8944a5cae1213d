import type { Json } from "../core/json.ts";
import { entityOf } from "../sync/shape.ts";
import { amountText } from "../sync/value-words.ts";
import { renderTable } from "./table.ts";
import { visible } from "./visible.ts";

/** Where the values of a record come from. */

export interface BlamedField {
  readonly field: string;
  /** What the system holds now. */
  readonly value: Json;
  /** What the record holds there in the system that the value came from; undefined where that cannot be told. */
  readonly source_value?: Json;
  /** The last write of it by tripoint; null when tripoint never wrote it. */
  readonly write: {
    readonly action: string;
    readonly pipeline: string;
    readonly run: string;
    readonly reason: string;
    /** source_wins, target_wins or manual; "new record" when all of it came from the source; "external id". */
    readonly rule: string;
    /** `system:id` of the record that the value came from. */
    readonly source: string | null;
    readonly config: string;
    /** False when the pipeline's YAML changed since. */
    readonly config_is_current: boolean;
  } | null;
}

export interface BlameView {
  readonly schemaVersion: 1;
  readonly client: string;
  readonly entity: string;
  readonly records: readonly {
    readonly system: string;
    readonly id: string;
    /** In which its amounts are; null where it says none. */
    readonly currency: string | null;
    readonly fields: readonly BlamedField[];
  }[];
  readonly notes: readonly string[];
}

/** A line a field: who wrote it, when, by which rule and configuration. */
export function renderBlame({ entity, records, notes }: BlameView): string {
  const parts = records.map(({ system, id, currency, fields }) => {
    const text = (field: string, value: Json): string =>
      (field.startsWith("raw.") ? undefined : amountText(entityOf(entity), field, value, currency)) ??
      shortValue(value);
    const title = visible(`${entity} ${id} of ${system}`);
    if (fields.length === 0) return `${title}\n\ntripoint never wrote a value of it.\n`;
    const rows = fields.map((one) => [one.field, text(one.field, one.value), ...originOf(one, system, text)]);
    const table = renderTable(
      ["field", "value", "from", "by", "run", "rule", "config"].map((title) => ({ title })),
      rows,
    );
    return `${title}\n\n${table}`;
  });
  const unread = notes.length === 0 ? [] : [`Not looked at: ${notes.map(visible).join("; ")}\n`];
  return [...parts, ...unread].join("\n");
}

function originOf(
  { field, write, value, source_value }: BlamedField,
  system: string,
  text: (field: string, value: Json) => string,
): readonly string[] {
  if (write === null) return [`${system} itself`, "-", "-", "-", "-"];
  const { source, pipeline, action, run, rule, config, config_is_current } = write;
  const differs =
    source_value !== undefined && JSON.stringify(source_value) !== JSON.stringify(value)
      ? `, where it is ${text(field, source_value)} now`
      : "";
  const hash = config === "" ? "-" : `${config.slice(0, 12)}${config_is_current ? "" : ", changed since"}`;
  return [`${source ?? "-"}${differs}`, `${pipeline} (${action})`, run, rule, hash];
}

function shortValue(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
