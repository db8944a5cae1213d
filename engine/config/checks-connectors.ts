import { isObject } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import { checkExpression, parseTemplate, resultFields } from "../expression/index.ts";
import { allowedHint } from "./allowed-hint.ts";
import { PARSE_HINT } from "./checks-expressions.ts";
import { type ProblemCode, problemAt } from "./codes.ts";
import { ALWAYS, connectorPieces, type Descriptor, type Piece } from "./connector-pieces.ts";
import type { EntityBase, EntitySpec, HttpConnector } from "./connector-types.ts";
import { type Entity, entities } from "./entities.ts";
import { keyFinder, type NodeSources, offsetInScalar, placeAt, placeFinder, pointerTo } from "./source.ts";

/** What is wrong inside a connector.yaml whose shape is right: its expressions, templates, entities and fields. */
export function checkConnector(connector: Descriptor, nodes: NodeSources): readonly Problem[] {
  const functions = Object.keys(connector.functions);
  return [
    ...connectorPieces(connector).flatMap((piece) => pieceProblems(piece, functions, connector, nodes)),
    ...Object.entries(connector.entities).flatMap(([name, spec]) =>
      entityProblems(name, spec, connector, nodes),
    ),
    ...loginSettingProblems(connector, nodes),
  ];
}

/** A person would be told to set what client.yaml does not take. */
function loginSettingProblems(connector: Descriptor, nodes: NodeSources): readonly Problem[] {
  if (connector.driver !== "http") return [];
  const { auth, settings } = connector;
  if (auth.kind !== "oauth2_refresh" || auth.authorize === undefined) return [];
  const properties = settings["properties"];
  const known = isObject(properties) ? Object.keys(properties) : [];
  return Object.keys(auth.authorize.settings).flatMap((name) => {
    if (known.includes(name)) return [];
    const place = keyFinder(nodes)(pointerTo("/auth/authorize/settings", name));
    return [
      problemAt("TP2809", place, `there is no setting "${name}"`, allowedHint(name, known, "There are")),
    ];
  });
}

function pieceProblems(
  { kind, pointer, text, variables }: Piece,
  functions: readonly string[],
  connector: Descriptor,
  nodes: NodeSources,
): readonly Problem[] {
  const seen = [...ALWAYS, ...functions, ...variables];
  if (kind === "expression")
    return expressionProblems({ pointer, text, start: 0, whole: text }, seen, connector, nodes);
  const parts = parseTemplate(text);
  if ("unclosedAt" in parts) {
    const hint = 'Close it with }; a brace that is meant as text stands in an expression: {"{"}.';
    return inside(
      { pointer, whole: text },
      "TP2801",
      parts.unclosedAt,
      "the brace is not closed",
      hint,
      nodes,
    );
  }
  return parts.flatMap((part) =>
    "text" in part
      ? []
      : expressionProblems(
          { pointer, text: part.expression, start: part.offset, whole: text },
          seen,
          connector,
          nodes,
        ),
  );
}

interface Located {
  readonly pointer: string;
  /** The scalar that the text stands in. */
  readonly whole: string;
}

interface ExpressionText extends Located {
  readonly text: string;
  readonly start: number;
}

function expressionProblems(
  expression: ExpressionText,
  variables: readonly string[],
  connector: Descriptor,
  nodes: NodeSources,
): readonly Problem[] {
  const { text, start } = expression;
  const isHttp = connector.driver === "http";
  const secrets = isHttp ? Object.keys(connector.auth.secrets) : [];
  const lookups = isHttp ? Object.keys(connector.lookups) : [];
  return [
    ...checkExpression(text, { variables }).flatMap(({ code, message, hint, offset }) =>
      inside(expression, code, start + offset, message, hint ?? PARSE_HINT, nodes),
    ),
    ...unknownMembers(expression, "auth", "TP2806", secrets, nodes),
    ...unknownMembers(expression, "lookups", "TP2807", lookups, nodes),
  ];
}

/** Members of a variable that the connector declares itself: a misspelt one would be missing without a word. */
function unknownMembers(
  expression: ExpressionText,
  variable: "auth" | "lookups",
  code: ProblemCode,
  known: readonly string[],
  nodes: NodeSources,
): readonly Problem[] {
  const uses = [...expression.text.matchAll(new RegExp(`\\$${variable}\\s*\\.\\s*([A-Za-z_]\\w*)`, "g"))];
  return uses.flatMap((use) => {
    const name = use[1] ?? "";
    if (known.includes(name)) return [];
    const offset = expression.start + use.index + use[0].length - name.length;
    const message = `there is no ${variable === "auth" ? "secret" : "lookup"} "${name}"`;
    return inside(expression, code, offset, message, allowedHint(name, known, "There are"), nodes);
  });
}

function inside(
  { pointer, whole }: Located,
  code: string,
  offset: number,
  message: string,
  hint: string,
  nodes: NodeSources,
): readonly Problem[] {
  const node = nodes.get(pointer);
  // What nobody wrote is a default of the schema.
  if (node === undefined) return [];
  const { file, line, column } = placeAt(node.source, offsetInScalar(node, whole, offset));
  return [{ code, severity: "error", file, line, column, message, hint }];
}

function entityProblems(
  name: string,
  spec: EntityBase,
  connector: Descriptor,
  nodes: NodeSources,
): readonly Problem[] {
  const at = pointerTo("/entities", name);
  const entity = entities().get(name);
  if (entity === undefined) {
    return [unknownEntity(keyFinder(nodes)(at), name, [...entities().keys()])];
  }
  const readable = Object.keys(connector.entities).filter((one) => connector.entities[one]?.list);
  const parent = spec.list?.parent ?? null;
  return [
    ...spec.shares_row.flatMap((other, index) =>
      entities().has(other)
        ? []
        : [
            unknownEntity(placeFinder(nodes)(pointerTo(at, "shares_row", index)), other, [
              ...entities().keys(),
            ]),
          ],
    ),
    ...(parent === null || readable.includes(parent)
      ? []
      : [unknownEntity(placeFinder(nodes)(pointerTo(at, "list", "parent")), parent, readable)]),
    ...writeKeyProblems(at, spec, entity, nodes),
    ...readFieldProblems(at, spec, entity, nodes),
    ...(connector.driver === "http" ? callProblems(at, name, connector, nodes) : []),
  ];
}

function callProblems(
  at: string,
  name: string,
  connector: Extract<Descriptor, { readonly driver: "http" }>,
  nodes: NodeSources,
): readonly Problem[] {
  const spec = connector.entities[name];
  if (spec === undefined) return [];
  return [...batchProblems(at, spec, connector, nodes), ...chunkProblems(at, spec, connector, nodes)];
}

function unknownEntity(
  place: ReturnType<ReturnType<typeof placeFinder>>,
  name: string,
  known: readonly string[],
): Problem {
  return problemAt("TP2802", place, `unknown entity "${name}"`, allowedHint(name, known, "There are"));
}

function writeKeyProblems(
  at: string,
  spec: EntityBase,
  entity: Entity,
  nodes: NodeSources,
): readonly Problem[] {
  const writable = entity.fields.filter((field) => !entity.readOnly.has(field));
  return Object.keys(spec.write).flatMap((key) => {
    const place = keyFinder(nodes)(pointerTo(at, "write", key));
    return key.split(",").flatMap((part) => {
      const field = part.trim();
      if (writable.includes(field)) return [];
      return entity.fields.includes(field)
        ? [
            problemAt(
              "TP2804",
              place,
              `${entity.name}.${field} is never written`,
              "Leave it out: its owner computes it.",
            ),
          ]
        : [
            problemAt(
              "TP2803",
              place,
              `${entity.name} has no field "${field}"`,
              allowedHint(field, writable),
            ),
          ];
    });
  });
}

function readFieldProblems(
  at: string,
  spec: EntityBase,
  entity: Entity,
  nodes: NodeSources,
): readonly Problem[] {
  const located = { pointer: pointerTo(at, "read"), whole: spec.read };
  return resultFields(spec.read).flatMap(({ name, offset }) => {
    if (entity.fields.includes(name)) return [];
    const message = `${entity.name} has no field "${name}"`;
    return inside(located, "TP2803", offset, message, allowedHint(name, entity.fields), nodes);
  });
}

function batchProblems(
  at: string,
  spec: EntitySpec,
  { batch }: Pick<HttpConnector, "batch">,
  nodes: NodeSources,
): readonly Problem[] {
  if (batch !== null) return [];
  return (["create", "update", "void", "set_field"] as const).flatMap((operation) => {
    if (!spec[operation]?.batch_item) return [];
    const place = keyFinder(nodes)(pointerTo(at, operation, "batch_item"));
    return [
      problemAt(
        "TP2805",
        place,
        "the connector has no batch for this item",
        "Describe it under batch, or leave the item out.",
      ),
    ];
  });
}

/** More ids than a page has records: those cut off would read as deleted. */
function chunkProblems(
  at: string,
  { get }: EntitySpec,
  { page }: Pick<HttpConnector, "page">,
  nodes: NodeSources,
): readonly Problem[] {
  if (get === null || get.many <= page.size) return [];
  const place = placeFinder(nodes)(pointerTo(at, "get", "many"));
  const message = `${get.many} ids may be named at once, but a page has ${page.size} records`;
  return [problemAt("TP2808", place, message, `Write ${page.size} at most.`)];
}
