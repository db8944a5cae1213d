import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Json } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import { repaired } from "./repair.ts";
import { packageRoot } from "./root.ts";
import { schemaProblems } from "./schema-problems.ts";
import type { NodeSources } from "./source.ts";

export type SchemaName =
  | "client"
  | "pipeline"
  | "code-map"
  | "connector"
  | "connector-sqlite"
  | "connector-files";

/** Annotations of our schemas that ajv does not know; a misspelt keyword is still an error. */
export const VOCABULARY = [
  "x-secret",
  "x-code",
  "x-ref",
  "x-ref-of",
  "x-ref-by",
  "x-money",
  "x-never-from",
  "x-expression",
  "markdownDescription",
  "defaultSnippets",
];

const compiled = new Map<SchemaName, ValidateFunction | undefined>();

/**
 * Checks a value against one of our schemas and fills in its defaults. Coercion is off: 400 does not become "400".
 * A schema file that is not installed checks nothing.
 */
export function checkSchema(
  name: SchemaName,
  value: Json,
  nodes: NodeSources,
): { readonly value: Json; readonly problems: readonly Problem[] } {
  const validate = validatorOf(name);
  if (validate === undefined) return { value, problems: [] };
  return runValidator(validate, value, nodes, "");
}

/**
 * Runs a compiled schema on a copy of `value` that stands at `pointer` of its file. With problems the value is what is
 * left without the refused parts, for further checks only.
 */
export function runValidator(
  validate: ValidateFunction,
  value: Json,
  nodes: NodeSources,
  pointer: string,
): { readonly value: Json; readonly problems: readonly Problem[] } {
  const copy = structuredClone(value);
  const errors: readonly ErrorObject[] = validate(copy) ? [] : (validate.errors ?? []);
  const problems = schemaProblems(errors, nodes, pointer, validate.schema);
  return { value: errors.length === 0 ? copy : repaired(validate, value), problems };
}

/** A fresh ajv with our vocabulary: strict, all errors at once, defaults filled in. */
export function newAjv(): Ajv {
  const ajv = new Ajv({
    strict: true,
    allErrors: true,
    verbose: true,
    useDefaults: true,
    allowUnionTypes: true,
    strictRequired: false,
  });
  ajv.addVocabulary(VOCABULARY);
  return ajv;
}

function validatorOf(name: SchemaName): ValidateFunction | undefined {
  if (compiled.has(name)) return compiled.get(name);
  const path = join(packageRoot(), "schemas", `${name}.schema.json`);
  const schema: unknown = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
  const validate = isObject(schema) ? newAjv().compile(schema) : undefined;
  compiled.set(name, validate);
  return validate;
}
