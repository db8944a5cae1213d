import type { Problem } from "../core/problem.ts";
import { checkExpression } from "../expression/index.ts";
import { type Entity, entities } from "./entities.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { offsetInScalar, placeAt, pointerTo } from "./source.ts";

/** $invoicing(customer_id, date): how the client invoices the PSA's customer for service of that day. */
const VARIABLES = ["invoicing"];

/** What a transform sees besides: entity to the records that refer to it and met `require`. */
const TRANSFORM_VARIABLES = [...VARIABLES, "related"];

/** Every JSONata expression of a pipeline: that it parses, and that its paths exist. The caret stands inside it. */
export function checkExpressions(pipeline: LoadedPipeline): readonly Problem[] {
  const source = entities().get(pipeline.source.entity);
  const target = entities().get(pipeline.target.entity);
  const { filter, require } = pipeline.source;
  return [
    ...(filter === undefined
      ? []
      : expressionProblems(filter, "/source/filter", source, pipeline, VARIABLES)),
    ...Object.entries(require).flatMap(([name, text]) =>
      expressionProblems(text, pointerTo("/source/require", name), entities().get(name), pipeline),
    ),
    ...Object.entries(pipeline.transform).flatMap(([field, text]) =>
      expressionProblems(text, pointerTo("/transform", field), source, pipeline, TRANSFORM_VARIABLES),
    ),
    ...pipeline.guards.flatMap(({ assert }, index) =>
      expressionProblems(assert, pointerTo("/guards", index, "assert"), target, pipeline, VARIABLES),
    ),
  ];
}

/** What helps where an expression could not be read. */
export const PARSE_HINT =
  "The caret stands where the expression could not be read on: look at what is before it, too.";

/** The problems of one expression; `nodes`: of the file in which it stands at `pointer`. */
export function expressionProblems(
  text: string,
  pointer: string,
  entity: Entity | undefined,
  { nodes }: Pick<LoadedPipeline, "nodes">,
  variables: readonly string[] = [],
): readonly Problem[] {
  const node = nodes.get(pointer);
  if (text === "" || node === undefined) return [];
  const found = checkExpression(text, { ...(entity === undefined ? {} : { entity }), variables });
  return found.map(({ code, message, hint, offset }) => {
    const { file, line, column } = placeAt(node.source, offsetInScalar(node, text, offset));
    return { code, severity: "error", file, line, column, message, hint: hint ?? PARSE_HINT };
  });
}
