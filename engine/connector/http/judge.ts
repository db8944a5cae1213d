import type { ErrorClass } from "../../config/connector-types.ts";
import type { Json } from "../../core/json.ts";
import { idText } from "../records/id-text.ts";
import type { Scope } from "../records/scope.ts";
import type { Redactor } from "../redact.ts";
import type { Exchange } from "../transport.ts";
import type { Programs } from "./programs.ts";

/** Says what an answer means, by the connector's error table and nothing else. */
export interface Judge {
  /** Of a whole answer, or of one result of a batch when `body` is given. */
  verdict(answer: Answer, body?: Json): Promise<Verdict>;
}

export type Answer = Extract<Exchange, { kind: "answer" }>;

export interface Verdict {
  /** Undefined: no rule names this answer. */
  readonly class: ErrorClass | undefined;
  readonly owner: string | null;
  /** The vendor's own words, or a short piece of what it sent; fit for a message. */
  readonly words: string;
}

const STORED_NOTHING: readonly ErrorClass[] = ["invalid", "duplicate", "stale", "not_found", "period_closed"];
const WORDS_MAX = 300;
const EXCERPT_MAX = 120;

export function createJudge(programs: Programs, scope: Scope, redactor: Redactor): Judge {
  return {
    verdict: async (answer, part) => {
      const { status, headers, body, text } = answer;
      // The rows of a good list are no verdict on the call, whatever their fields are called.
      const whole = isGood(answer) && Array.isArray(body) ? null : body;
      const judged = { status, headers, body: (part === undefined ? whole : part) ?? null };
      for (const rule of programs.errors) {
        const result = await scope.one(rule.when, judged);
        // A rule that cannot be evaluated over this answer does not speak of it.
        if (!result.ok || result.value !== true) continue;
        const proven = !(await isByStatusAlone(rule, judged));
        const owner = rule.owner === undefined ? undefined : await scope.one(rule.owner, judged);
        return {
          class: proven ? rule.class : "unknown_outcome",
          owner: owner?.ok ? idText(owner.value) : null,
          words: await wordsOf(judged, text),
        };
      }
      return { class: undefined, owner: null, words: isGood(answer) ? "" : await wordsOf(judged, text) };
    },
  };

  /**
   * A server that failed proves a refusal only by what its body says: "400 and more is invalid" catches a 500 too, of
   * which nobody knows what happened before it.
   */
  async function isByStatusAlone(
    { when, class: meaning }: Programs["errors"][number],
    { status }: { readonly status: number },
  ): Promise<boolean> {
    if (status < 500 || !STORED_NOTHING.includes(meaning)) return false;
    const bare = await scope.one(when, { status, headers: {}, body: null });
    return bare.ok && bare.value === true;
  }

  async function wordsOf(
    judged: { readonly status: number; readonly body: Json },
    text: string,
  ): Promise<string> {
    const said = await scope.one(programs.errorMessage, judged);
    const words = said.ok && typeof said.value === "string" ? said.value : "";
    return words === "" ? excerpt(text, redactor) : redactor.redact(words).slice(0, WORDS_MAX);
  }
}

/** True for an answer of the 2xx kind. */
export function isGood({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** The beginning of a body on one line, in quotes; secrets are taken out before it is cut. */
export function excerpt(text: string, redactor: Redactor): string {
  const line = redactor
    .redact(text.slice(0, 10 * EXCERPT_MAX))
    .replace(/\s+/g, " ")
    .trim();
  if (line === "") return "an empty body";
  return line.length > EXCERPT_MAX ? `"${line.slice(0, EXCERPT_MAX)}…"` : `"${line}"`;
}
