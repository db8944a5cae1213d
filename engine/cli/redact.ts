import type { Env } from "../config/interpolate.ts";
import { createRedactor } from "../connector/redact.ts";

const SECRET_NAME = /key|secret|token|passw|private|credential/i;

/** Takes credentials out of what goes to stderr, whoever put them there: the last line of defence. */
export function createRedact(env: Env): (text: string) => string {
  const redactor = createRedactor();
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && SECRET_NAME.test(name)) redactor.hide(value);
  }
  return redactor.redact;
}
