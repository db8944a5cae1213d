import { resolve } from "node:path";
import { isObject } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import { isInside } from "./extends.ts";
import { checkSchema } from "./schema.ts";
import type { PlaceOf } from "./source.ts";
import { placeFinder, pointerTo, type SourceFile } from "./source.ts";
import type { CodeMap, CodeMapRow } from "./types.ts";
import { readYaml } from "./yaml.ts";

export interface LoadedCodeMap extends CodeMap {
  readonly placeOf: PlaceOf;
  /** Position in the file of each row; rows that are broken are left out of `rows`. */
  readonly positions: readonly number[];
}

export interface LoadedCodes {
  readonly codes: ReadonlyMap<string, LoadedCodeMap>;
  readonly problems: readonly Problem[];
  readonly sources: readonly SourceFile[];
  /** Absolute paths of the files that client.yaml names. */
  readonly paths: readonly string[];
}

/** Reads the code maps that client.yaml names under `codes`; their files stand in the client's folder. */
export function loadCodeMaps(
  named: { readonly [name: string]: string },
  folder: string,
  cwd: string,
  placeOf: PlaceOf,
): LoadedCodes {
  const codes = new Map<string, LoadedCodeMap>();
  const problems: Problem[] = [];
  const sources: SourceFile[] = [];
  const paths: string[] = [];
  for (const [name, file] of Object.entries(named)) {
    const place = placeOf(pointerTo("/codes", name));
    const path = resolve(folder, file);
    if (!isInside(path, folder)) {
      problems.push(
        problemAt("TP1031", place, `the code map ${file} leaves the client's folder`, "Move it there."),
      );
      continue;
    }
    paths.push(path);
    const loaded = loadCodeMap(name, path, cwd);
    if (loaded.problems.some(({ code }) => code === "TP1001")) {
      const message = `the code map ${file} cannot be read`;
      problems.push(
        problemAt("TP2101", place, message, "The file stands beside client.yaml: check its name."),
      );
      continue;
    }
    sources.push(loaded.source);
    problems.push(...loaded.problems);
    if (loaded.map !== undefined) codes.set(name, loaded.map);
  }
  return { codes, problems, sources, paths };
}

function loadCodeMap(
  name: string,
  path: string,
  cwd: string,
): {
  readonly map: LoadedCodeMap | undefined;
  readonly problems: readonly Problem[];
  readonly source: SourceFile;
} {
  const yaml = readYaml(path, cwd);
  if (yaml.value === undefined) return { map: undefined, problems: yaml.problems, source: yaml.source };
  const checked = checkSchema("code-map", yaml.value, yaml.nodes);
  const placeOf = placeFinder(yaml.nodes);
  const raw = isObject(yaml.value) && Array.isArray(yaml.value["rows"]) ? yaml.value["rows"] : [];
  const positions = raw.flatMap((row, index) => (isRow(row) ? [index] : []));
  const problems = [...yaml.problems, ...checked.problems, ...duplicateCodes(raw, placeOf)];
  return {
    map: {
      name,
      file: yaml.source.file,
      rows: raw.filter(isRow),
      lines: positions.map((index) => placeOf(pointerTo("/rows", index)).line),
      placeOf,
      positions,
    },
    problems,
    source: yaml.source,
  };
}

function isRow(row: unknown): row is CodeMapRow {
  if (!isObject(row) || typeof row["code"] !== "string") return false;
  return Object.values(row).every((value) => typeof value === "string");
}

function duplicateCodes(rows: readonly unknown[], placeOf: PlaceOf): readonly Problem[] {
  const seen = new Map<string, number>();
  const problems: Problem[] = [];
  rows.forEach((row, index) => {
    const code = isObject(row) ? row["code"] : undefined;
    if (typeof code !== "string") return;
    const place = placeOf(pointerTo("/rows", index, "code"));
    const earlier = seen.get(code);
    if (earlier === undefined) seen.set(code, place.line);
    else
      problems.push(
        problemAt(
          "TP2102",
          place,
          `the code "${code}" stands here twice`,
          `It is on line ${earlier} already.`,
        ),
      );
  });
  return problems;
}
