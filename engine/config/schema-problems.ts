import type { AnySchema, ErrorObject } from "ajv";
import { isObject } from "../core/json.ts";
import { nearMiss } from "../core/near-miss.ts";
import type { Problem } from "../core/problem.ts";
import { allowedHint } from "./allowed-hint.ts";
import { problemAt } from "./codes.ts";
import type { PlaceOf } from "./source.ts";
import { keyFinder, type NodeSources, placeFinder, pointerKeys, pointerTo } from "./source.ts";

/** Turns ajv's errors into problems a person can act on: one sentence, the place, and what would be right. */

interface Context {
  readonly nodes: NodeSources;
  readonly placeOf: PlaceOf;
  readonly keyOf: PlaceOf;
  /** Keys that belong at the top of the file. */
  readonly top: readonly string[];
}

/** Problems for the errors of a value that stands at `base` (a JSON pointer) of its file; `schema`: what it is checked by. */
export function schemaProblems(
  errors: readonly ErrorObject[],
  nodes: NodeSources,
  base: string,
  schema: AnySchema,
): readonly Problem[] {
  const properties = base === "" && isObject(schema) ? schema["properties"] : undefined;
  const top = Object.keys(properties ?? {});
  const context: Context = { nodes, placeOf: placeFinder(nodes), keyOf: keyFinder(nodes), top };
  const misspelt = misspeltKeys(errors);
  const problems: Problem[] = [];
  for (const error of errors) {
    // These only repeat what the errors inside them say.
    if (error.keyword === "propertyNames" || error.keyword === "if") continue;
    if (error.keyword === "required" && misspelt.has(`${error.instancePath}/${missingOf(error)}`)) continue;
    problems.push(toProblem(error, `${base}${error.instancePath}`, context));
  }
  return problems;
}

/** Missing keys that an unknown key beside them was meant to be: one mistake gets one problem. */
function misspeltKeys(errors: readonly ErrorObject[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const error of errors) {
    if (error.keyword !== "additionalProperties") continue;
    const near = nearMiss(unknownOf(error), allowedKeys(error));
    if (near !== undefined) found.add(`${error.instancePath}/${near}`);
  }
  return found;
}

function toProblem(error: ErrorObject, pointer: string, context: Context): Problem {
  const { placeOf, keyOf, top } = context;
  const name = nameOf(pointer);
  if (error.propertyName !== undefined) {
    const place = keyOf(pointerTo(pointer, error.propertyName));
    const message = `the key "${error.propertyName}" is not in the form ${name} takes`;
    return problemAt("TP2014", place, message, exampleHint(error.parentSchema));
  }
  switch (error.keyword) {
    case "additionalProperties": {
      const key = unknownOf(error);
      const place = keyOf(pointerTo(pointer, key));
      const hint = allowedHint(key, allowedKeys(error));
      const elsewhere = pointer !== "" && top.includes(key) ? `${key} belongs at the top of the file. ` : "";
      return problemAt("TP2012", place, `unknown key "${key}" ${under(pointer)}`, `${elsewhere}${hint}`);
    }
    case "false schema": {
      const message = `${name} does not go with the other keys beside it`;
      return problemAt("TP2012", keyOf(pointer), message, "Take it out, or change the kind above it.");
    }
    case "required": {
      const key = missingOf(error);
      const hint = exampleHint(propertySchema(error, key)) ?? `Add ${key}.`;
      return problemAt("TP2011", keyOf(pointer), `missing key "${key}" ${under(pointer)}`, hint);
    }
    case "type":
      return typeProblem(error, pointer, context);
    case "enum": {
      const allowed = (Array.isArray(error.schema) ? error.schema : []).map(String);
      const message = `${shown(error)} is no value of ${name}`;
      return problemAt(
        "TP2013",
        placeOf(pointer),
        message,
        allowedHint(String(error.data), allowed, "Allowed"),
      );
    }
    case "pattern":
      return patternProblem(error, pointer, context);
    case "minimum":
    case "maximum": {
      const bound = `${error.keyword === "minimum" ? "at least" : "at most"} ${String(error.schema)}`;
      return problemAt("TP2015", placeOf(pointer), `${name} is ${shown(error)}`, `It must be ${bound}.`);
    }
    case "minLength":
    case "minItems":
    case "minProperties":
      return problemAt(
        "TP2016",
        placeOf(pointer),
        `${name} is empty`,
        exampleHint(error.parentSchema) ?? "Fill it or delete it.",
      );
    default:
      return problemAt("TP2017", placeOf(pointer), `${name} ${error.message ?? "breaks its schema"}`);
  }
}

function typeProblem(error: ErrorObject, pointer: string, { nodes, placeOf }: Context): Problem {
  const name = nameOf(pointer);
  const place = placeOf(pointer);
  if (error.parentSchema?.["x-secret"] === true)
    return problemAt("TP2601", place, `${name} is written in clear`, SECRET);
  const written = writtenText(nodes, pointer);
  if (error.parentSchema?.["x-code"] === true && !isObject(error.data) && !Array.isArray(error.data)) {
    if (error.data === null)
      return problemAt("TP2104", place, `${name} has no value`, 'Write it in quotes: "…".');
    const kind = typeof error.data;
    const message = `${pointerKeys(pointer).at(-1)} ${written} is read as the ${kind} ${String(error.data)}`;
    return problemAt("TP2104", place, message, `Write it in quotes: "${written}".`);
  }
  const wanted = [error.schema].flat().map((type) => KINDS[String(type)] ?? String(type));
  const hint =
    wanted[0] === KINDS["string"] && typeof error.data === "number"
      ? `Write it in quotes: "${written}".`
      : (exampleHint(error.parentSchema) ?? `Write ${wanted.join(" or ")}.`);
  const message = `${name} must be ${wanted.join(" or ")}, not ${kindOf(error.data)}`;
  return problemAt("TP2010", place, message, hint);
}

function patternProblem(error: ErrorObject, pointer: string, { placeOf }: Context): Problem {
  const name = nameOf(pointer);
  if (error.parentSchema?.["x-secret"] === true) {
    return problemAt("TP2601", placeOf(pointer), `${name} is written in clear`, SECRET);
  }
  const hint = exampleHint(error.parentSchema);
  return problemAt("TP2014", placeOf(pointer), `${shown(error)} is not in the form ${name} takes`, hint);
}

const SECRET = "Write env:NAME (an environment variable) or file:PATH (a file), never the secret itself.";

const KINDS: { readonly [type: string]: string } = {
  string: "text",
  object: "a map",
  array: "a list",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  null: "null",
};

function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "string" ? "text" : `the ${typeof value} ${String(value)}`;
}

/** How the keys of a pointer are spoken: source.filter, guards[1].assert. */
export function nameOf(pointer: string): string {
  const keys = pointerKeys(pointer);
  if (keys.length === 0) return "the file";
  return keys
    .map((key, index) => (/^\d+$/.test(key) ? `[${key}]` : `${index === 0 ? "" : "."}${key}`))
    .join("");
}

function under(pointer: string): string {
  return pointer === "" ? "at the top of the file" : `under ${nameOf(pointer)}`;
}

function shown(error: ErrorObject): string {
  if (error.parentSchema?.["x-secret"] === true) return "the value";
  const text = JSON.stringify(error.data) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function writtenText(nodes: NodeSources, pointer: string): string {
  const node = nodes.get(pointer);
  return node === undefined ? "" : node.source.text.slice(node.start, node.end).trim();
}

function exampleHint(schema: unknown): string | undefined {
  if (!isObject(schema)) return undefined;
  const { description, examples } = schema;
  const example = Array.isArray(examples) ? `Example: ${JSON.stringify(examples[0])}.` : undefined;
  const parts = [typeof description === "string" ? description : undefined, example];
  const text = parts.filter((part) => part !== undefined).join(" ");
  return text === "" ? undefined : text;
}

function unknownOf(error: ErrorObject): string {
  return String(error.params["additionalProperty"]);
}

function missingOf(error: ErrorObject): string {
  return String(error.params["missingProperty"]);
}

function allowedKeys(error: ErrorObject): readonly string[] {
  return Object.keys(error.parentSchema?.["properties"] ?? {});
}

function propertySchema(error: ErrorObject, key: string): unknown {
  const properties: unknown = error.parentSchema?.["properties"];
  return isObject(properties) ? properties[key] : undefined;
}
