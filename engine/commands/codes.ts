import { carriedFields } from "../config/draft.ts";
import type { ClientConfig, CodeMapRow, PipelineConfig } from "../config/types.ts";
import { SystemError, type SystemRecord } from "../connector/types.ts";
import { isObject, type Json } from "../core/json.ts";
import type { CodeMapView, CodesView, Seen, WrongRow } from "../report/codes.ts";
import { entityOf } from "../sync/shape.ts";
import { survey } from "../sync/survey.ts";
import { labelOf } from "../sync/text.ts";
import { createTransformer } from "../sync/transform.ts";
import { type CodeUse, codeUses, wrongRows } from "./chart.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { type OpenClient, withClientReadOnly } from "./open-client.ts";

const PAGE = 500;

/** What the documents that pipelines post are made of, beside the code maps and the chart of accounts; nothing is written. */
export async function codes(place: ClientPlace): Promise<CodesView> {
  const config = loadConfig(place);
  return withClientReadOnly(place, config, async ({ connections }) => {
    const uses = codeUses(config);
    const seen = new Map<string, Map<string, Tally>>();
    const notes: string[] = [];
    let documents = 0;
    for (const pipeline of new Set(uses.map((use) => use.pipeline))) {
      const own = uses.filter((use) => use.pipeline === pipeline);
      for await (const records of takenBy(config, pipeline, connections, place.clock.now(), notes)) {
        documents += records.length;
        for (const record of records) for (const use of own) tally(record, use, seen);
      }
    }
    const wrong: (WrongRow & { readonly code_map: string })[] = [];
    for (const system of new Set(uses.map(({ pipeline }) => pipeline.target.system))) {
      wrong.push(...(await wrongRows(config, connections, system)));
    }
    const maps = [...new Set(uses.map(({ map }) => map))].map((map): CodeMapView => {
      const { name, file, rows, lines } = map;
      const own = seen.get(name) ?? new Map<string, Tally>();
      const column = uses.find((use) => use.map === map)?.column ?? "";
      const known = new Set(rows.map(({ code }) => code));
      const optional = new Set(uses.flatMap((use) => (use.map === map ? use.optional : [])));
      return {
        code_map: name,
        file,
        unmapped: [...own]
          .filter(([code]) => !known.has(code))
          .map(([code, one]) => ({ code, ...one }))
          .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code)),
        rows: rows.map((row, index) => ({
          code: row.code,
          line: lines[index] ?? 1,
          gl_code: row[column] ?? "",
          lacks: [...optional].filter((name) => lacksBesideOthers(row, name, rows)),
          ...(own.get(row.code) ?? NEVER),
        })),
        wrong: wrong.filter(({ code_map }) => code_map === name).map(({ code_map: _, ...row }) => row),
      };
    });
    return { schemaVersion: 1, client: config.client, maps, documents, notes };
  });
}

/** A row without a column that another of its kind has: the ledger's figures would be split for one and not the other. */
function lacksBesideOthers(row: CodeMapRow, column: string, rows: readonly CodeMapRow[]): boolean {
  const isSplit = rows.some((one) => one["kind"] === row["kind"] && one[column] !== undefined);
  return isSplit && row[column] === undefined;
}

type Tally = Omit<Seen, "code">;

const NEVER: Tally = { count: 0, amounts: {}, example: "" };

/** The documents of a pipeline's source that its filter takes, a page at a time; what cannot be told is a note. */
async function* takenBy(
  config: ClientConfig,
  pipeline: PipelineConfig,
  connections: OpenClient["connections"],
  now: number,
  notes: string[],
): AsyncGenerator<readonly SystemRecord[]> {
  const { source, target } = pipeline;
  const system = config.systems.get(target.system);
  const carried = system === undefined ? [] : [...carriedFields(system, target.entity)];
  const { takes } = createTransformer(config, pipeline, carried, now);
  const taken = async (records: readonly SystemRecord[]) => {
    const answers = await takes(records.map(({ record }) => record));
    return records.filter((_, index) => answers[index] === true);
  };
  let page: SystemRecord[] = [];
  let unreadable = 0;
  try {
    for await (const record of survey({ config, connections }, source.system, source.entity)) {
      if (record.unreadable !== undefined) unreadable += 1;
      else if (!record.deleted) page.push(record);
      if (page.length < PAGE) continue;
      yield await taken(page);
      page = [];
    }
    yield await taken(page);
  } catch (cause) {
    if (!(cause instanceof SystemError)) throw cause;
    notes.push(`${pipeline.pipeline}: ${cause.message}`);
  }
  if (unreadable > 0) {
    const { name } = entityOf(source.entity);
    notes.push(
      `${pipeline.pipeline}: ${unreadable} of ${name} in ${source.system} cannot be read and are not counted`,
    );
  }
}

function tally(
  { record }: SystemRecord,
  { map, list, key }: CodeUse,
  seen: Map<string, Map<string, Tally>>,
): void {
  const own = seen.get(map.name) ?? new Map<string, Tally>();
  seen.set(map.name, own);
  const items: Json = record[list] ?? [];
  const currency = String(record["currency"]);
  for (const item of Array.isArray(items) ? items : []) {
    const code = isObject(item) ? item[key] : null;
    if (!isObject(item) || typeof code !== "string") continue;
    const before = own.get(code) ?? { ...NEVER, example: labelOf(record) };
    const amount = typeof item["amount"] === "number" ? item["amount"] : 0;
    const amounts = { ...before.amounts, [currency]: (before.amounts[currency] ?? 0) + amount };
    own.set(code, { ...before, count: before.count + 1, amounts });
  }
}
