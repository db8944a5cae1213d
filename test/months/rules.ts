import { makeRandom } from "../../mappings/demo/world/random.ts";

/** How one client wants its documents posted: drawn for each, so that every way is played. */
export interface Rules {
  readonly revise: "update" | "void_and_reissue";
  readonly period_closed: "hold" | "next_open_day" | "adjust";
  readonly zero_total: "skip" | "hold" | "post";
  readonly lines: "detail" | "summarised";
  /** What becomes of the bills of an account whose service is not provisioned. */
  readonly readiness: "hold" | "ignore";
}

export function drawRules(seed: number): Rules {
  const random = makeRandom(seed, "rules");
  return {
    revise: random.pick(["update", "void_and_reissue"] as const),
    period_closed: random.pick(["hold", "next_open_day", "adjust"] as const),
    zero_total: random.pick(["skip", "hold", "post"] as const),
    lines: random.pick(["detail", "summarised"] as const),
    readiness: random.pick(["hold", "ignore"] as const),
  };
}

const DEMO_INVOICES = `pipeline: invoices
extends: ../base/invoices-to-accounting.yaml
after: [customers-accounting, customers-billing-accounting]
tests: []
`;

/** Which of the keys a pipeline takes. */
const KEYS: { readonly [file: string]: readonly (keyof Rules)[] } = {
  "invoices.yaml": ["revise", "period_closed", "zero_total", "lines"],
  "msp-invoices.yaml": ["revise", "period_closed", "zero_total", "lines"],
  "negative-invoices.yaml": ["period_closed", "lines"],
  "credit-notes.yaml": ["period_closed", "lines"],
};

const USES = "credit-applications.yaml";

// What was used is not adjusted.
function usesOf({ period_closed }: Rules): string {
  return `period_closed: ${period_closed === "hold" ? "hold" : "next_open_day"}\n`;
}

/** The client's files with these rules in the pipelines that post documents. */
export function withRules(
  files: { readonly [name: string]: string },
  rules: Rules,
): { readonly [name: string]: string } {
  const all: { readonly [name: string]: string } = { "invoices.yaml": DEMO_INVOICES, ...files };
  return Object.fromEntries(
    Object.entries(all).map(([name, text]) => {
      const keys = (KEYS[name] ?? []).map((key) => `${key}: ${rules[key]}\n`);
      return [name, text + keys.join("") + (name === USES ? usesOf(rules) : "")];
    }),
  );
}
