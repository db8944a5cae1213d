import { nearMiss } from "../core/near-miss.ts";
import { boundNames, isCoalescing, isNode, type Node, startOf } from "./ast.ts";
import type { EntityShape, ExpressionProblem } from "./check-types.ts";

/** Follows an expression through the fields of its entity, as far as the text alone makes it certain what they are. */

/** What is known about a value; nothing known says nothing. */
interface Value {
  /** The entity's path that it was read from. */
  readonly path?: string;
  readonly money?: boolean;
  /** The field itself, unfiltered and untested: null where the record has null. */
  readonly untested?: boolean;
}

interface Scope {
  readonly context: Value;
  readonly variables: ReadonlyMap<string, Value>;
  /** Paths that a condition around this place looks at. */
  readonly tested: ReadonlySet<string>;
}

const UNKNOWN: Value = {};
const ROOT: Value = { path: "", untested: true };
const SCALARS = ["string", "integer", "boolean", "decimal", "money", "date", "instant"];
const TEXT_FUNCTIONS = (
  "trim uppercase lowercase substring substringBefore substringAfter contains split replace match length pad join " +
  "base64encode base64decode encodeUrl encodeUrlComponent decodeUrl decodeUrlComponent"
).split(" ");
/** Functions that hand on money as money. */
const MONEY_KEEPERS = ["sum", "total", "max", "min", "abs", "default", "number"];
/** Functions that hand on a list, or one of its items. */
const LIST_KEEPERS = ["first", "list", "sort", "reverse", "distinct", "filter"];

/** Problems with paths (TP3104), money (TP3105) and fields that may be null (TP3106); duplicates are possible. */
export function checkFields(text: string, root: Node, entity: EntityShape): readonly ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  const seen: Set<string>[] = [];
  const bound = boundNames(root);
  const once = new Set(bound.filter((name) => bound.indexOf(name) === bound.lastIndexOf(name)));

  visit(root, { context: ROOT, variables: new Map(), tested: new Set() });
  return problems;

  function visit(node: Node, scope: Scope): Value {
    const value = node.type === "path" ? visitPath(node, scope) : visitNode(node, scope);
    if (node.type === "path" || node.predicate === undefined) return value;
    for (const { expr } of node.predicate) if (expr) visit(expr, { ...scope, context: value });
    return { ...value, untested: false };
  }

  function visitNode(node: Node, scope: Scope): Value {
    switch (node.type) {
      case "variable":
        return visitVariable(node, scope);
      case "binary":
        return visitBinary(node, scope);
      case "unary":
        return visitUnary(node, scope);
      case "condition":
        return visitCondition(node, scope);
      case "block":
        return visitBlock(node, scope);
      case "function":
      case "partial":
        return visitCall(node, scope, undefined);
      case "apply":
        return visitApply(node, scope);
      case "lambda":
        if (node.body) visit(node.body, withParameters(node, scope, []));
        return UNKNOWN;
      case "bind":
        return isNode(node.rhs) ? visit(node.rhs, scope) : UNKNOWN;
      default:
        return UNKNOWN;
    }
  }

  function visitVariable(node: Node, scope: Scope): Value {
    if (node.value === "") return touch(scope.context);
    if (node.value === "$") return ROOT;
    const value = scope.variables.get(String(node.value)) ?? UNKNOWN;
    return touch(
      value.path !== undefined && scope.tested.has(value.path) ? { ...value, untested: false } : value,
    );
  }

  function visitPath(node: Node, scope: Scope): Value {
    let current = scope.context;
    let tested = scope.tested;
    for (const step of node.steps ?? []) {
      const inner: Scope = { ...scope, context: current, tested };
      if (step.type === "name") current = member(current, step, tested);
      else if (step.type === "sort") for (const { expression } of step.terms ?? []) visit(expression, inner);
      else current = visit(step, inner);
      for (const { expr } of step.stages ?? []) {
        if (expr === undefined) continue;
        const context = current;
        tested = union(
          tested,
          touched(() => visit(expr, { ...scope, context, tested })),
        );
        current = { ...current, untested: current.untested === true && !isScalar(current) };
      }
      // `@$x` leaves the context where it was, so what follows is not below this step.
      if (step.focus !== undefined) current = UNKNOWN;
    }
    for (const pair of node.group?.lhs ?? []) {
      for (const part of pair) visit(part, { ...scope, context: current, tested });
    }
    return node.group === undefined ? current : UNKNOWN;
  }

  function member(parent: Value, step: Node, tested: ReadonlySet<string>): Value {
    const name = String(step.value);
    if (parent.path === undefined || (parent.path === "" && name === "raw")) return UNKNOWN;
    const names = entity.namesAt(parent.path);
    if (names.length === 0 && !isScalar(parent)) return UNKNOWN;
    if (!names.includes(name)) {
      problems.push(unknownPath(name, parent.path, names, startOf(text, step)));
      return UNKNOWN;
    }
    const path = parent.path === "" ? name : `${parent.path}.${name}`;
    const money = entity.typeAt(path)?.kinds.includes("money") === true;
    return touch({ path, money, untested: parent.untested === true && !tested.has(path) });
  }

  function visitBinary(node: Node, scope: Scope): Value {
    if (!isNode(node.lhs) || !isNode(node.rhs)) return UNKNOWN;
    const { lhs, rhs } = node;
    const operator = String(node.value);
    let left: Value = UNKNOWN;
    const looked = touched(() => {
      left = visit(lhs, scope);
    });
    const isLogic = operator === "and" || operator === "or";
    const right = visit(rhs, isLogic ? { ...scope, tested: union(scope.tested, looked) } : scope);
    if (operator === "&") {
      const why = "& writes null as the word null";
      mayBeNull(left, lhs, why);
      mayBeNull(right, rhs, why);
    }
    if (["*", "/", "%"].includes(operator)) {
      arithmetic(left, lhs, operator);
      arithmetic(right, rhs, operator);
    }
    return { money: ["+", "-"].includes(operator) && (left.money === true || right.money === true) };
  }

  function visitUnary(node: Node, scope: Scope): Value {
    for (const item of node.expressions ?? []) visit(item, scope);
    if (Array.isArray(node.lhs)) {
      for (const part of node.lhs.flat()) if (isNode(part)) visit(part, scope);
    }
    return node.expression === undefined ? UNKNOWN : { money: visit(node.expression, scope).money === true };
  }

  function visitCondition(node: Node, scope: Scope): Value {
    if (isCoalescing(node) && node.then !== undefined) {
      mayBeNull(visit(node.then, scope), node.then, "?? takes null for a value", defaultOnly);
      if (node.else) visit(node.else, scope);
      return UNKNOWN;
    }
    const { condition } = node;
    const looked = condition === undefined ? new Set<string>() : touched(() => visit(condition, scope));
    const inner = { ...scope, tested: union(scope.tested, looked) };
    const then = node.then === undefined ? UNKNOWN : visit(node.then, inner);
    const otherwise = node.else === undefined ? UNKNOWN : visit(node.else, inner);
    return { money: then.money === true && otherwise.money === true };
  }

  function visitBlock(node: Node, scope: Scope): Value {
    const variables = new Map(scope.variables);
    let last: Value = UNKNOWN;
    for (const expression of node.expressions ?? []) {
      last = visit(expression, { ...scope, variables });
      const name = expression.type === "bind" && isNode(expression.lhs) ? String(expression.lhs.value) : "";
      if (once.has(name)) variables.set(name, last);
    }
    return last;
  }

  function visitApply(node: Node, scope: Scope): Value {
    if (!isNode(node.lhs) || !isNode(node.rhs)) return UNKNOWN;
    const piped = { value: visit(node.lhs, scope), node: node.lhs };
    const { rhs } = node;
    if (rhs.type === "function") return visitCall(rhs, scope, piped);
    if (rhs.type === "variable") return judgeCall(String(rhs.value), [piped]);
    visit(rhs, scope);
    return UNKNOWN;
  }

  function visitCall(node: Node, scope: Scope, piped: Argument | undefined): Value {
    const name = node.procedure?.type === "variable" ? String(node.procedure.value) : "";
    // A name without its $ is no path: checkExpression reports it as the function it was meant to be.
    const isBare = node.procedure?.type === "path" && node.procedure.steps?.length === 1;
    if (node.procedure !== undefined && name === "" && !isBare) visit(node.procedure, scope);
    const args: Argument[] = piped === undefined ? [] : [piped];
    for (const argument of node.arguments ?? []) {
      const list = args[0]?.value ?? UNKNOWN;
      const value =
        argument.type === "lambda" ? visitCallback(name, argument, list, scope) : visit(argument, scope);
      args.push({ value, node: argument });
    }
    return judgeCall(name, args);
  }

  /** The items of the list are what the function given to $map and its like gets. */
  function visitCallback(name: string, lambda: Node, list: Value, scope: Scope): Value {
    const given: { readonly [name: string]: readonly Value[] } = {
      map: [list],
      filter: [list],
      single: [list],
      reduce: [UNKNOWN, list],
      sort: [list, list],
    };
    const values = Object.hasOwn(given, name) ? (given[name] ?? []) : [];
    if (lambda.body) visit(lambda.body, withParameters(lambda, scope, values));
    return UNKNOWN;
  }

  function withParameters(lambda: Node, scope: Scope, values: readonly Value[]): Scope {
    const variables = new Map(scope.variables);
    for (const [index, parameter] of (lambda.arguments ?? []).entries()) {
      variables.set(String(parameter.value), values[index] ?? UNKNOWN);
    }
    return { ...scope, variables };
  }

  function judgeCall(name: string, args: readonly Argument[]): Value {
    if (bound.includes(name)) return UNKNOWN;
    const [first] = args;
    if (first === undefined) return UNKNOWN;
    if (name === "exists") mayBeNull(first.value, first.node, "$exists is true of null", compareWithNull);
    if (TEXT_FUNCTIONS.includes(name)) {
      mayBeNull(
        first.value,
        first.node,
        `$${name} fails on null`,
        name === "join" ? joinedOnly : textOrDefault,
      );
    }
    if (name === "round" || name === "average") arithmetic(first.value, first.node, `$${name}`);
    if (LIST_KEEPERS.includes(name)) return { ...first.value, untested: false };
    return { money: MONEY_KEEPERS.includes(name) && first.value.money === true };
  }

  function mayBeNull(value: Value, node: Node, why: string, cure: Cure = textOrDefault): void {
    if (value.path === undefined || value.untested !== true) return;
    if (entity.typeAt(value.path)?.nullable !== true) return;
    const offset = startOf(text, node);
    const field = node.type === "path" ? text.slice(offset, node.steps?.at(-1)?.position) : value.path;
    problems.push({
      code: "TP3106",
      message: `${value.path} may be null, and ${why}.`,
      hint: cure(field.replace(/\s+/g, " ")),
      offset,
    });
  }

  function arithmetic(value: Value, node: Node, operator: string): void {
    if (value.money !== true) return;
    const what = value.path === undefined ? "an amount" : value.path;
    problems.push({
      code: "TP3105",
      message: `${operator} on ${what} can leave fractions of the smallest unit of money.`,
      hint: "Use $times(quantity, unit, currency) for a product and $total(list) for a sum.",
      offset: startOf(text, node),
    });
  }

  function touch(value: Value): Value {
    if (value.path !== undefined) for (const paths of seen) paths.add(value.path);
    return value;
  }

  /** Paths that are read while `look` runs. */
  function touched(look: () => void): ReadonlySet<string> {
    const paths = new Set<string>();
    seen.push(paths);
    look();
    seen.pop();
    return paths;
  }

  function isScalar(value: Value): boolean {
    if (value.path === undefined || value.path === "") return false;
    const kinds = entity.typeAt(value.path)?.kinds ?? [];
    return kinds.length > 0 && kinds.every((kind) => SCALARS.includes(kind));
  }
}

/** What to write instead, given the field as it was written. */
type Cure = (field: string) => string;

interface Argument {
  readonly value: Value;
  readonly node: Node;
}

function unknownPath(
  name: string,
  parent: string,
  names: readonly string[],
  offset: number,
): ExpressionProblem {
  const near = nearMiss(name, names);
  const allowed = names.length === 0 ? `${parent} has no parts.` : `Fields there: ${names.join(", ")}.`;
  return {
    code: "TP3104",
    message: `There is no field ${name} ${parent === "" ? "in the record" : `under ${parent}`}.`,
    hint: near === undefined ? allowed : `Did you mean ${near}? ${allowed}`,
    offset,
  };
}

function union(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a, ...b]);
}

function textOrDefault(field: string): string {
  return `Write $text(${field}) or $default(${field}, …), or compare it with null first.`;
}

function defaultOnly(field: string): string {
  return `Write $default(${field}, …).`;
}

function compareWithNull(field: string): string {
  return `Write ${field} != null.`;
}

function joinedOnly(field: string): string {
  return `Write $joined(${field}, …), which leaves null out.`;
}
