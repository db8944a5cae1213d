export { checkExpression, type EntityShape, type ExpressionProblem } from "./check.ts";
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
