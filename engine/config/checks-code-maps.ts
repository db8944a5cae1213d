import type { Problem } from "../core/problem.ts";
import { allowedHint } from "./allowed-hint.ts";
import { problemAt } from "./codes.ts";
import type { ClientDraft } from "./draft.ts";
import type { LoadedCodeMap } from "./load-codes.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { pointerTo } from "./source.ts";
import type { FieldMap } from "./types.ts";

/** What pipelines take from the client's code maps: the map, its column, and the value for unmapped codes. */
export function checkCodeMaps(pipeline: LoadedPipeline, draft: ClientDraft): readonly Problem[] {
  return Object.entries(pipeline.maps).flatMap(([path, map]) => {
    const at = pointerTo("/maps", path);
    return [...mapProblems(map, at, pipeline, draft), ...defaultProblems(map, at, pipeline)];
  });
}

/** Of the maps that give lines and taxes their GL codes: the kinds that their rows may say. */
export function checkKinds(draft: ClientDraft): readonly Problem[] {
  const used = draft.pipelines.flatMap(({ maps }) =>
    Object.entries(maps).flatMap(([path, { codes }]) => (path.endsWith(".gl_code") ? [codes] : [])),
  );
  return [...new Set(used)].flatMap((name) => {
    const map = draft.codes.codes.get(name);
    return map === undefined ? [] : kindProblems(map);
  });
}

// A tax is told from a charge by this word: a misspelt one would be a charge.
const KINDS = ["revenue", "liability"];

function kindProblems({ rows, positions, placeOf }: LoadedCodeMap): readonly Problem[] {
  return rows.flatMap(({ code, kind }, index) => {
    if (kind === undefined || KINDS.includes(kind)) return [];
    const place = placeOf(pointerTo("/rows", positions[index] ?? index, "kind"));
    const hint = `${allowedHint(kind, KINDS, "There are")} Leave it out for an account that is neither.`;
    return [problemAt("TP2110", place, `the code "${code}" has the unknown kind "${kind}"`, hint)];
  });
}

function mapProblems(
  { codes, value, optional }: FieldMap,
  at: string,
  { placeOf }: LoadedPipeline,
  draft: ClientDraft,
): readonly Problem[] {
  if (codes === "") return [];
  const named = Object.keys(draft.shape.codes);
  if (!named.includes(codes)) {
    const message = `client.yaml names no code map "${codes}"`;
    return [problemAt("TP2105", placeOf(`${at}/codes`), message, allowedHint(codes, named, "It names"))];
  }
  const map = draft.codes.codes.get(codes);
  if (map === undefined || optional) return [];
  const columns = new Set(map.rows.flatMap((row) => Object.keys(row)));
  if (map.rows.length > 0 && !columns.has(value)) {
    const hint = `${allowedHint(value, [...columns], "Columns")} Name another one with value:.`;
    return [
      problemAt("TP2103", placeOf(`${at}/value`), `the code map ${codes} has no column "${value}"`, hint),
    ];
  }
  return missingCells(map, value);
}

function missingCells(map: LoadedCodeMap, column: string): readonly Problem[] {
  return map.rows.flatMap((row, index) => {
    if (row[column] !== undefined) return [];
    const place = map.placeOf(pointerTo("/rows", map.positions[index] ?? index));
    return [
      problemAt("TP2103", place, `the code "${row.code}" has no ${column}`, `Add ${column}: "…" to the row.`),
    ];
  });
}

function defaultProblems(map: FieldMap, at: string, pipeline: LoadedPipeline): readonly Problem[] {
  const { placeOf, nodes } = pipeline;
  if (map.on_unmapped === "default" && map.default === null && !nodes.has(`${at}/default`)) {
    const message = "on_unmapped is default, but no default is given";
    return [problemAt("TP2107", placeOf(`${at}/on_unmapped`), message, 'Add default: "…", or write hold.')];
  }
  if (map.on_unmapped !== "default" && map.default !== null) {
    const message = `the default is never used: on_unmapped is ${map.on_unmapped}`;
    return [
      problemAt("TP2109", placeOf(`${at}/default`), message, "Write on_unmapped: default, or delete it."),
    ];
  }
  return [];
}
