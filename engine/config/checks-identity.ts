import type { Problem } from "../core/problem.ts";
import { allowedHint } from "./allowed-hint.ts";
import { fieldProblems } from "./checks-fields.ts";
import { problemAt } from "./codes.ts";
import { type ClientDraft, carriedFields, systemOf } from "./draft.ts";
import { type Entity, entities } from "./entities.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { keyFinder, type Place, placeFinder, pointerTo } from "./source.ts";
import type { ExternalIdField, IdentityConfig } from "./types.ts";

/** Keys of `match` that are derived from a record rather than read off it. */
const DERIVED = ["external_id", "name_normalized", "postal_code"];

/** How records are matched: declared where pipelines need it (R30), and complete. */
export function checkIdentity(draft: ClientDraft): readonly Problem[] {
  const problems = [...strategyProblems(draft)];
  for (const [name, identity] of Object.entries(draft.shape.identity)) {
    const entity = entities().get(name);
    if (entity === undefined) {
      const place = keyFinder(draft.nodes)(pointerTo("/identity", name));
      const hint = allowedHint(name, [...entities().keys()], "Entities");
      problems.push(problemAt("TP2203", place, `unknown entity "${name}"`, hint));
      continue;
    }
    problems.push(...externalIdProblems(identity, entity, draft), ...matchProblems(identity, entity, draft));
  }
  return problems;
}

function strategyProblems({ shape, nodes, pipelines }: ClientDraft): readonly Problem[] {
  if (shape.identity["customer"] !== undefined || nodes.has("/identity/customer")) return [];
  const linking = pipelines.filter(linksCustomers).map(({ pipeline }) => pipeline);
  if (linking.length === 0) return [];
  const message = `no matching strategy for customers, which these pipelines link: ${linking.join(", ")}`;
  const hint = "Add identity: { customer: { strategy: both, match: […], on_none: hold } }.";
  return [problemAt("TP2306", keyFinder(nodes)("/identity/customer"), message, hint)];
}

function linksCustomers({ target }: LoadedPipeline): boolean {
  if (target.entity === "customer") return true;
  const references = entities().get(target.entity)?.references ?? [];
  return references.some((reference) => reference.entity === "customer" && !reference.readOnly);
}

function externalIdProblems(
  identity: IdentityConfig,
  entity: Entity,
  draft: ClientDraft,
): readonly Problem[] {
  const at = pointerTo("/identity", entity.name);
  const placeOf = placeFinder(draft.nodes);
  const fields = Object.entries(identity.external_ids);
  if (identity.strategy !== "crosswalk" && identity.strategy.length > 0 && fields.length === 0) {
    const message = `strategy ${identity.strategy} keeps ids in fields, but external_ids names none`;
    const hint = "Add external_ids, or write strategy: crosswalk.";
    return [problemAt("TP2307", placeOf(`${at}/strategy`), message, hint)];
  }
  return fields.flatMap(([system, field]) => {
    const pointer = pointerTo(at, "external_ids", system);
    if (draft.shape.systems[system] === undefined) {
      const place = keyFinder(draft.nodes)(pointer);
      const hint = allowedHint(system, Object.keys(draft.shape.systems), "It declares");
      return [problemAt("TP2201", place, `client.yaml declares no system "${system}"`, hint)];
    }
    return [
      ...fieldProblems(field.field, entity, placeOf(`${pointer}/field`)),
      ...holdsProblems(field, system, pointer, draft),
      ...writeBackProblems(field, system, pointer, entity, draft),
      ...(identity.strategy === "crosswalk" && field.write_back
        ? [stateAlone(system, placeOf(`${pointer}/write_back`))]
        : []),
    ];
  });
}

function stateAlone(system: string, place: Place): Problem {
  const message = `strategy crosswalk keeps ids in tripoint's state alone, but write_back writes them to ${system}`;
  return problemAt("TP2307", place, message, "Write strategy: both, or write_back: false.");
}

function holdsProblems(
  { holds }: ExternalIdField,
  system: string,
  pointer: string,
  draft: ClientDraft,
): readonly Problem[] {
  const place = placeFinder(draft.nodes)(`${pointer}/holds`);
  if (holds === system) {
    return [
      problemAt(
        "TP2307",
        place,
        `${system} cannot hold its own id as an external one`,
        "Name another system.",
      ),
    ];
  }
  if (holds.length === 0 || draft.shape.systems[holds] !== undefined) return [];
  const hint = allowedHint(holds, Object.keys(draft.shape.systems), "It declares");
  return [problemAt("TP2201", place, `client.yaml declares no system "${holds}"`, hint)];
}

function writeBackProblems(
  { field, write_back }: ExternalIdField,
  system: string,
  pointer: string,
  entity: Entity,
  draft: ClientDraft,
): readonly Problem[] {
  const config = systemOf(draft, system);
  if (!write_back || config === undefined || field === "") return [];
  const spec = config.connector.entities[entity.name];
  const top = field.split(".")[0] ?? "";
  const can = field.startsWith("raw.")
    ? Boolean(spec?.set_field)
    : carriedFields(config, entity.name).has(top);
  if (can || (!field.startsWith("raw.") && entity.typeAt(field) === undefined)) return [];
  const message = `the connector ${config.connector.connector} cannot write ${entity.name}.${field}`;
  const hint = "Write write_back: false, or choose a field that it can write.";
  return [problemAt("TP2404", placeFinder(draft.nodes)(`${pointer}/field`), message, hint)];
}

function matchProblems(identity: IdentityConfig, entity: Entity, draft: ClientDraft): readonly Problem[] {
  const at = pointerTo("/identity", entity.name, "match");
  const placeOf = placeFinder(draft.nodes);
  return identity.match.flatMap((key, index) => {
    const pointer = pointerTo(at, index);
    const parts = typeof key === "string" ? [key] : key;
    return parts.flatMap((part, position) => {
      const place = placeOf(typeof key === "string" ? pointer : pointerTo(pointer, position));
      if (!DERIVED.includes(part)) return fieldProblems(part, entity, place);
      const written = draft.nodes.has(pointer);
      if (part !== "external_id" || !written || Object.keys(identity.external_ids).length > 0) return [];
      const hint = "Add external_ids, or take external_id out of match.";
      return [problemAt("TP2307", place, "match uses external_id, but external_ids names no field", hint)];
    });
  });
}
