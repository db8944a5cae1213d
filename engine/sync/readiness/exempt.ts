import type { ReadinessConfig, TaskCode } from "../../config/readiness.ts";
import { TASK_CODES } from "../../config/readiness.ts";
import type { SystemRecord } from "../../connector/types.ts";
import { evaluatePage } from "../../expression/index.ts";
import { compiled } from "../shape.ts";

/** Which rules of readiness leave which services alone, by their kind or by the client's expression. */

export interface Exemptions {
  of(service: SystemRecord): ReadonlySet<TaskCode>;
  /** Where an expression failed, a sentence each; it exempts nothing then. */
  readonly failed: readonly string[];
}

const PAGE = 500;

/** `now`: milliseconds, what $now() answers. */
export async function exemptionsOf(
  rules: ReadinessConfig["rules"],
  services: readonly SystemRecord[],
  now: number,
): Promise<Exemptions> {
  const exempt = new Map(services.map(({ id, record }) => [id, byKind(rules, String(record["kind"]))]));
  const failed: string[] = [];
  for (const code of TASK_CODES) {
    const rule = rules[code];
    if (rule === "off" || rule.except_when == null) continue;
    const expression = compiled(rule.except_when);
    for (let at = 0; at < services.length; at += PAGE) {
      const page = services.slice(at, at + PAGE);
      const results = await evaluatePage(
        expression,
        page.map(({ record }) => record),
        { now },
      );
      for (const [index, result] of results.entries()) {
        const id = page[index]?.id ?? "";
        if (!result.ok) failed.push(`except_when of ${code} fails on service ${id}: ${result.error.message}`);
        else if (result.value === true) exempt.get(id)?.add(code);
      }
    }
  }
  return { of: ({ id }) => exempt.get(id) ?? new Set(), failed };
}

function byKind(rules: ReadinessConfig["rules"], kind: string): Set<TaskCode> {
  return new Set(
    TASK_CODES.filter((code) => {
      const rule = rules[code];
      return rule !== "off" && rule.except?.some((one) => one === kind) === true;
    }),
  );
}
