import { dirname, relative, resolve, sep } from "node:path";
import type { Json } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import { type NodeSource, type NodeSources, placeFinder, pointerTo } from "./source.ts";
import { readYaml, type YamlFile } from "./yaml.ts";

/** A value with the place of every node, where the nodes may come from several files. */
export interface Sourced {
  readonly value: Json;
  readonly nodes: NodeSources;
}

export interface Extended extends Sourced {
  readonly problems: readonly Problem[];
  readonly base: YamlFile | undefined;
  /** The file names a base that could not be laid under it: what it lacks, the base may have. */
  readonly bare: boolean;
}

/**
 * Lays a pipeline over the base file it `extends`: maps merge by key, lists replace, null removes. One level only, and
 * never out of `mappingsRoot` (absolute path).
 */
export function applyExtends(file: Sourced, path: string, mappingsRoot: string, cwd: string): Extended {
  const alone = { ...file, problems: [], base: undefined, bare: false };
  if (!isObject(file.value) || typeof file.value["extends"] !== "string") return alone;
  const bare = { ...alone, bare: true };
  const place = placeFinder(file.nodes)("/extends");
  const basePath = resolve(dirname(path), file.value["extends"]);
  if (!isInside(basePath, mappingsRoot)) {
    const hint = `Keep it under ${relative(cwd, mappingsRoot) || "."}.`;
    return { ...bare, problems: [problemAt("TP1031", place, "extends leaves the mappings folder", hint)] };
  }
  const base = readYaml(basePath, cwd);
  if (base.problems.some((problem) => problem.code === "TP1001")) {
    const message = `the base file ${relative(cwd, basePath)} cannot be read`;
    const hint = "The path is relative to this file: check it.";
    return { ...bare, problems: [problemAt("TP1030", place, message, hint)] };
  }
  if (base.value === undefined) return { ...bare, problems: base.problems, base };
  const problems = [...base.problems];
  if (isObject(base.value) && base.value["extends"] !== undefined) {
    const message = "the base file extends another one";
    problems.push(
      problemAt("TP1032", placeFinder(base.nodes)("/extends"), message, "Merge the two: one level only."),
    );
  }
  return { ...overlay({ value: base.value, nodes: base.nodes }, file), problems, base, bare: false };
}

/** True when `path` is `folder` or lies below it; both absolute. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && resolve(folder, way) === path);
}

/** `over` laid on `base`; each node keeps the place of the file it came from. */
export function overlay(base: Sourced, over: Sourced): Sourced {
  const nodes = new Map<string, NodeSource>();
  const value = merge(base, over, "", nodes);
  return { value: value ?? {}, nodes };
}

function merge(base: Sourced, over: Sourced, pointer: string, nodes: Map<string, NodeSource>): Json {
  if (!isObject(base.value) || !isObject(over.value)) return take(over, pointer, nodes);
  copyNode(over.nodes, pointer, nodes);
  const merged: { [key: string]: Json } = {};
  for (const [key, below] of Object.entries(base.value)) {
    const at = pointerTo(pointer, key);
    const above = over.value[key];
    if (above === null) continue;
    const baseAt = { value: below, nodes: base.nodes };
    merged[key] =
      above === undefined
        ? take(baseAt, at, nodes)
        : merge(baseAt, { value: above, nodes: over.nodes }, at, nodes);
  }
  for (const [key, above] of Object.entries(over.value)) {
    if (Object.hasOwn(base.value, key)) continue;
    merged[key] = take({ value: above, nodes: over.nodes }, pointerTo(pointer, key), nodes);
  }
  return merged;
}

function take(from: Sourced, pointer: string, nodes: Map<string, NodeSource>): Json {
  copyNode(from.nodes, pointer, nodes);
  const { value } = from;
  if (Array.isArray(value)) {
    value.forEach((item: Json, index) => {
      take({ value: item, nodes: from.nodes }, pointerTo(pointer, index), nodes);
    });
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value))
      take({ value: item, nodes: from.nodes }, pointerTo(pointer, key), nodes);
  }
  return value;
}

function copyNode(from: NodeSources, pointer: string, to: Map<string, NodeSource>): void {
  const node = from.get(pointer);
  if (node !== undefined) to.set(pointer, node);
}
