import type { ClientConfig, CodeMap, CodeMapRow, PipelineConfig, SystemName } from "../config/types.ts";
import type { Connection, Write } from "../connector/types.ts";
import type { Json } from "../core/json.ts";
import type { WrongRow } from "../report/codes.ts";
import { entityOf, isDocument } from "../sync/shape.ts";
import { survey } from "../sync/survey.ts";

/** The rows of code maps beside the ledger's own chart of accounts, before a document needs them. */

const ACCOUNT = "gl_account";
const LISTS = ["lines", "taxes"] as const;
type List = (typeof LISTS)[number];
type Connections = ReadonlyMap<SystemName, Connection>;

/** A code map that gives the lines or taxes of a pipeline's documents their accounts. */
export interface CodeUse {
  readonly pipeline: PipelineConfig;
  readonly map: CodeMap;
  readonly list: List;
  /** The item's field that is looked up: charge_type. */
  readonly key: string;
  /** The map's column of accounts. */
  readonly column: string;
  /** Its columns that a row may lack: class, department, branch. */
  readonly optional: readonly string[];
}

/** Where the documents of a client's pipelines take their accounts from. */
export function codeUses({ pipelines, codes }: ClientConfig): readonly CodeUse[] {
  return pipelines
    .filter(({ target }) => isDocument(entityOf(target.entity)))
    .flatMap((pipeline) =>
      LISTS.flatMap((list): readonly CodeUse[] => {
        const field = pipeline.maps[`${list}.gl_code`];
        const map = codes.get(field?.codes ?? "");
        if (field === undefined || map === undefined) return [];
        const key = field.key.slice(field.key.lastIndexOf(".") + 1);
        const optional = Object.entries(pipeline.maps).flatMap(([path, one]) =>
          path.startsWith(`${list}.`) && one.codes === field.codes && one.optional ? [one.value] : [],
        );
        return [{ pipeline, map, list, key, column: field.value, optional }];
      }),
    );
}

/** Rows by which a system would not post: of all that its documents use. Throws SystemError. */
export async function wrongRows(
  config: ClientConfig,
  connections: Connections,
  system: SystemName,
): Promise<readonly (WrongRow & { readonly code_map: string })[]> {
  const connection = connections.get(system);
  if (connection === undefined) return [];
  // A document that people enter by hand has no form to be tried in.
  const uses = codeUses(config).filter(
    ({ pipeline: { target } }) => target.system === system && connection.can(target.entity, "create"),
  );
  const accounts = uses.length === 0 ? undefined : await accountsOf(config, connections, system);
  const found = new Map<string, WrongRow & { readonly code_map: string }>();
  const tried: { readonly use: CodeUse; readonly row: CodeMapRow; readonly line: number }[] = [];
  for (const use of uses) {
    for (const [index, row] of use.map.rows.entries()) {
      const line = use.map.lines[index] ?? 1;
      if (listOf(row, use, uses) !== use.list) continue;
      const text = accounts && accountTrouble(row, row[use.column] ?? "", accounts, system);
      if (text === undefined) tried.push({ use, row, line });
      else found.set(`${use.map.file}:${line}`, { ...placed(use, row, line, system), text });
    }
  }
  // What no chart tells, an item or a class say, the connector itself says when it is asked to write such a line.
  const prepared = await connection.prepare(tried.map((one) => probe(one.use, one.row, config)));
  for (const [index, one] of tried.entries()) {
    const answer = prepared[index];
    const place = `${one.use.map.file}:${one.line}`;
    if (answer === undefined || answer.ok || found.has(place)) continue;
    found.set(place, {
      ...placed(one.use, one.row, one.line, system),
      text: `${one.row.code}: ${answer.message}`,
    });
  }
  return [...found.values()].sort((a, b) => a.line - b.line);
}

function placed({ map }: CodeUse, { code }: CodeMapRow, line: number, system: string) {
  return { code_map: map.name, code, file: map.file, line, system };
}

// One map often serves both lists; then only the row's own kind says which of them a code stands in.
function listOf(row: CodeMapRow, use: CodeUse, uses: readonly CodeUse[]): List {
  const shared = uses.some(
    ({ pipeline, map, list }) => pipeline === use.pipeline && map === use.map && list !== use.list,
  );
  if (!shared) return use.list;
  return row["kind"] === "liability" ? "taxes" : "lines";
}

interface Account {
  readonly type: string;
  readonly active: boolean;
}

/** The chart of accounts by code; undefined where the connector does not list it. */
async function accountsOf(
  config: ClientConfig,
  connections: Connections,
  system: SystemName,
): Promise<ReadonlyMap<string, Account> | undefined> {
  if (connections.get(system)?.can(ACCOUNT, "list") !== true) return undefined;
  const accounts = new Map<string, Account>();
  for await (const { record, deleted, unreadable } of survey({ config, connections }, system, ACCOUNT)) {
    const { code, account_type, status } = record;
    if (deleted || unreadable !== undefined || typeof code !== "string") continue;
    accounts.set(code, { type: String(account_type), active: status === "active" });
  }
  return accounts;
}

const KINDS: { readonly [kind: string]: readonly string[] } = {
  revenue: ["revenue", "other_income"],
  liability: ["liability"],
};

function accountTrouble(
  { code, kind = "" }: CodeMapRow,
  gl_code: string,
  accounts: ReadonlyMap<string, Account>,
  system: string,
): string | undefined {
  const account = accounts.get(gl_code);
  if (account === undefined) return `${code} posts to ${gl_code}, and ${system} has no such account`;
  if (!account.active) return `${code} posts to ${gl_code}, which is inactive in ${system}`;
  const types = KINDS[kind];
  // A ledger that does not tell the type of an account calls it other.
  if (types === undefined || account.type === "other" || types.includes(account.type)) return undefined;
  return `${code} is called ${kind}, and account ${gl_code} of ${system} is one of ${account.type}`;
}

/** A document of one line with the row's values: prepared, and never sent. */
function probe({ pipeline, map, list, column }: CodeUse, row: CodeMapRow, { currency }: ClientConfig): Write {
  const entity = entityOf(pipeline.target.entity);
  const columns = Object.entries(pipeline.maps).flatMap(([path, field]): readonly [string, Json][] => {
    const [head, leaf = ""] = path.split(".");
    return head === list && field.codes === map.name ? [[leaf, row[field.value] ?? null]] : [];
  });
  const item = {
    line_number: 1,
    ...(list === "lines"
      ? { charge_type: row.code, description: row.code, quantity: "1" }
      : { tax_code: row.code, name: row.code, tax_type: "other" }),
    amount: 100,
    ...Object.fromEntries(columns),
    gl_code: row[column] ?? null,
  };
  const record = entity.complete({ currency, [list]: [item], total: 100 });
  return {
    operation: "create",
    entity: entity.name,
    key: "",
    record,
    fields: [...LISTS],
    id: null,
    token: null,
    vendor: null,
  };
}
