import { count } from "./table.ts";
import { visible } from "./visible.ts";

export interface TestView {
  readonly pipeline: string;
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
}

/** The tests of pipelines, a line each, and how many failed. */
export function renderTests(tests: readonly TestView[]): string {
  if (tests.length === 0) return "There are no tests: a pipeline has them under tests.\n";
  const lines = tests.map(({ pipeline, name, ok, message }) => {
    const text = `${ok ? "ok  " : "FAIL"}  ${visible(`${pipeline}: ${name}`)}`;
    return ok ? text : `${text}\n      ${message.split("\n").map(visible).join("\n      ")}`;
  });
  const failed = tests.filter(({ ok }) => !ok).length;
  return `${lines.join("\n")}\n${count(tests.length, "test")}, ${failed === 0 ? "all passed" : `${failed} failed`}\n`;
}
