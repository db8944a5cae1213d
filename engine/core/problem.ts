/** A mistake in what a person wrote: where it stands, what happened, what to do. Problems are values, never thrown. */
export interface Problem {
  /** Stable code such as TP2012; codes never change their meaning. */
  readonly code: string;
  readonly severity: "error" | "warning";
  /** Path as the user would type it; line and column are 1-based. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What happened, one sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** Orders errors before warnings, and each by file, line, column and code, so that two runs print the same text. */
export function errorsFirst(a: Problem, b: Problem): number {
  return (
    Number(a.severity === "warning") - Number(b.severity === "warning") ||
    a.file.localeCompare(b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    a.code.localeCompare(b.code)
  );
}

/** One problem as text: place, code and message on one line, the cure indented below it. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, code, severity, message, hint } = problem;
  const label = severity === "warning" ? " warning" : "";
  const head = `${file}:${line}:${column} ${code}${label} ${message}`;
  return hint === undefined ? head : `${head}\n  ${hint}`;
}
