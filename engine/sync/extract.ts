import type { ListBase } from "../config/connector-types.ts";
import type { PipelineConfig } from "../config/types.ts";
import type { Connection, SystemRecord } from "../connector/types.ts";
import { instant } from "../core/clock.ts";
import { isObject } from "../core/json.ts";
import type { CursorRow, IssueRow, State } from "../state/types.ts";
import type { Links } from "./links.ts";
import { ownIssues } from "./related-trouble.ts";
import { AWAITS_ITS_OWN_LINK, NOT_LINKED } from "./stages.ts";

/** The records that a run looks at: what changed since the cursor, and what waited for something that is there now. */

export interface Reading {
  readonly cursor: CursorRow | undefined;
  /** Everything is read and compared. */
  readonly full: boolean;
  /** Everything is compared because the configuration changed. */
  readonly reconfigured: boolean;
  /** Where the list starts; undefined reads all. */
  readonly since: string | undefined;
}

/** How a pipeline reads this time. `list`: the connector's way to list the source entity. */
export function planReading(
  pipeline: PipelineConfig,
  list: ListBase | null | undefined,
  state: State,
  now: number,
): Reading {
  const { lookback_ms, full_compare_ms } = pipeline.source.incremental;
  const [cursor] = [...state.rows("cursor", { pipeline: pipeline.pipeline })];
  const reconfigured = cursor !== undefined && cursor.hash !== pipeline.hash;
  const overdue =
    cursor !== undefined && full_compare_ms !== null && now - Date.parse(cursor.full_at) >= full_compare_ms;
  const full =
    cursor === undefined ||
    cursor.value === "" ||
    reconfigured ||
    overdue ||
    list?.incremental === false ||
    lacksClaims(pipeline, state);
  const since = full ? undefined : instant(Date.parse(cursor.value) - lookback_ms);
  return { cursor, full, reconfigured, since };
}

/** True for invoices of the PSA that a version wrote which knew of no claims: each of them bills something. */
function lacksClaims({ pipeline, source, target }: PipelineConfig, state: State): boolean {
  if (source.system !== "psa" || source.entity !== "invoice" || target.entity !== "invoice") return false;
  return state.count("claim", { pipeline }) === 0 && state.count("sync", { pipeline }) > 0;
}

/** Where a list beside the pipeline's own starts: the value of the cursor of that name, with the same overlap. */
export function sinceOf(
  pipeline: PipelineConfig,
  name: string,
  reading: Reading,
  state: State,
): string | undefined {
  const [cursor] = [...state.rows("cursor", { pipeline: name })];
  if (reading.full || cursor === undefined || cursor.value === "") return undefined;
  return instant(Date.parse(cursor.value) - pipeline.source.incremental.lookback_ms);
}

/** Name under which the cursor of a required entity is kept. */
export function relatedCursor({ pipeline }: PipelineConfig, entity: string): string {
  return `${pipeline}#${entity}`;
}

/** The parents whose child lists are read: those that the target knows too. Undefined where the entity has no parent. */
export function linkedParents(
  { source, target }: PipelineConfig,
  list: ListBase | null | undefined,
  links: Links,
): readonly string[] | undefined {
  const parent = list?.parent;
  if (parent === null || parent === undefined) return undefined;
  const ids = links.idsIn(parent, source.system);
  return [...links.translate(parent, source.system, target.system, ids).keys()].sort();
}

/**
 * Ids of records that were set aside and may go on now. What only a change of the record or of the configuration can
 * cure is not read again: both bring it back by themselves.
 */
export function readyAgain(
  { pipeline, source, target }: PipelineConfig,
  state: State,
  links: Links,
): readonly string[] {
  const ready: string[] = [];
  const waiting = new Map<string, { readonly source_id: string; readonly id: string }[]>();
  for (const issue of ownIssues(state, pipeline)) {
    const awaited = awaitedLink(issue, target.entity);
    if (awaited !== undefined && issue.source_hash !== "") {
      const { entity, id } = awaited;
      waiting.set(entity, [...(waiting.get(entity) ?? []), { source_id: issue.source_id, id }]);
    } else if (isReady(issue)) ready.push(issue.source_id);
  }
  for (const [entity, ones] of waiting) {
    const found = links.translate(
      entity,
      source.system,
      target.system,
      ones.map(({ id }) => id),
    );
    ready.push(...ones.filter(({ id }) => found.has(id)).map(({ source_id }) => source_id));
  }
  return ready;
}

const ITS_OWN_FAULT = new Set(["code_unmapped", "guard_failed", "source_deleted"]);

function isReady(issue: IssueRow): boolean {
  // An emptied hash is how `held retry` asks for another try.
  if (issue.source_hash === "") return true;
  if (issue.kind === "dead_letter") return false;
  return !ITS_OWN_FAULT.has(issue.reason);
}

/** The link without which a record cannot go on. */
function awaitedLink(
  { reason, detail, source_id }: IssueRow,
  targetEntity: string,
): { readonly entity: string; readonly id: string } | undefined {
  if (AWAITS_ITS_OWN_LINK.has(reason) || reason === NOT_LINKED)
    return { entity: targetEntity, id: source_id };
  if (reason !== "reference_missing" && reason !== "parent_not_linked") return undefined;
  const value: unknown = JSON.parse(detail);
  if (!isObject(value) || typeof value["entity"] !== "string" || typeof value["id"] !== "string")
    return undefined;
  return { entity: value["entity"], id: value["id"] };
}

export interface Batch {
  readonly records: readonly SystemRecord[];
  /** Asked for by id and not there any more. */
  readonly gone: readonly string[];
  /** The list turned out to be all there is: what it does not show may be gone. */
  readonly whole: boolean;
}

/**
 * The stream: the list's pages, then by id what is ready again and was not among them. `ready` is asked at the end;
 * `seen` takes the ids that the list showed.
 */
export async function* extract(
  connection: Connection,
  entity: string,
  options: { readonly since: string | undefined; readonly parents: readonly string[] | undefined },
  ready: () => readonly string[],
  seen: Set<string>,
): AsyncGenerator<Batch> {
  for await (const { records, whole = false } of connection.list(entity, options)) {
    const fresh = records.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    yield { records: fresh, gone: [], whole };
  }
  const wanted = [...new Set(ready())].filter((id) => !seen.has(id));
  const ids = await askableIn(connection, entity, wanted);
  for (let at = 0; at < ids.length; at += GET_PAGE) {
    const asked = ids.slice(at, at + GET_PAGE);
    const records = await connection.get(entity, asked);
    const found = new Set(records.map(({ id }) => id));
    yield { records, gone: asked.filter((id) => !found.has(id)), whole: false };
  }
}

/** Those of the ids that the system can be asked for. */
export async function askableIn(
  connection: Connection,
  entity: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  if (ids.length === 0 || !connection.can(entity, "get")) return [];
  return connection.askable?.(entity, ids) ?? ids;
}

const GET_PAGE = 500;
