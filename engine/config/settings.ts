import type { ValidateFunction } from "ajv";
import { isObject, type Json } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import type { ConnectorConfig } from "./connector-types.ts";
import { newAjv, runValidator } from "./schema.ts";
import { type NodeSources, pointerTo } from "./source.ts";
import type { SystemName } from "./types.ts";

type Settings = { readonly [key: string]: Json };

// A pattern from outside can take minutes on thirty characters, and a reference can leave the file: neither is compiled.
const KEYWORDS = new Set([
  "type",
  "title",
  "description",
  "examples",
  "default",
  "enum",
  "const",
  "properties",
  "additionalProperties",
  "required",
  "items",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
]);

/** A system's settings with the connector's defaults, and what the connector's own schema objects to. */
export function checkSettings(
  system: SystemName,
  settings: Settings,
  connector: ConnectorConfig,
  nodes: NodeSources,
): { readonly settings: Settings; readonly problems: readonly Problem[] } {
  const usable = compileSettings(connector);
  if ("problem" in usable) return { settings, problems: [usable.problem] };
  const checked = runValidator(usable.validate, settings, nodes, pointerTo("/systems", system, "settings"));
  return { settings: isObject(checked.value) ? checked.value : settings, problems: checked.problems };
}

// Two systems of a client may have one connector, and a folder of clients has few.
const compiled = new Map<string, ValidateFunction>();

function compileSettings(
  connector: ConnectorConfig,
): { readonly validate: ValidateFunction } | { readonly problem: Problem } {
  const schema: unknown = connector.settings ?? {};
  const place = connector.placeOf("/settings");
  const refused = foreignKeyword(schema);
  if (refused !== undefined) {
    const hint = `Keywords that may stand there: ${[...KEYWORDS].join(", ")}.`;
    return { problem: problemAt("TP2605", place, `the settings schema uses "${refused}"`, hint) };
  }
  const key = JSON.stringify(schema);
  const known = compiled.get(key);
  if (known !== undefined) return { validate: known };
  try {
    const validate = newAjv().compile(isObject(schema) ? schema : {});
    compiled.set(key, validate);
    return { validate };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unknown reason";
    const message = `the settings schema cannot be used: ${reason}`;
    return { problem: problemAt("TP2605", place, message, "It must be a JSON Schema (draft-07) of a map.") };
  }
}

function foreignKeyword(schema: unknown): string | undefined {
  if (!isObject(schema)) return undefined;
  for (const [keyword, value] of Object.entries(schema)) {
    if (!KEYWORDS.has(keyword)) return keyword;
    const inside =
      keyword === "properties" && isObject(value) ? Object.values(value) : subSchemas(keyword, value);
    for (const sub of inside) {
      const found = foreignKeyword(sub);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function subSchemas(keyword: string, value: Json): readonly Json[] {
  return keyword === "items" || keyword === "additionalProperties" ? [value] : [];
}
