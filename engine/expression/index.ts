export { checkExpression } from "./check.ts";
export type { EntityShape, ExpressionProblem } from "./check-types.ts";
export { compileExpression, type Expression } from "./compile.ts";
export {
  type Evaluated,
  type EvaluateOptions,
  evaluateOne,
  evaluatePage,
  type PageOptions,
} from "./evaluate.ts";
export type { ExpressionError } from "./parse.ts";
export { type ResultField, resultFields } from "./result-fields.ts";
export { parseTemplate, type TemplatePart } from "./template.ts";
