import type { ClientConfig, CodeMap } from "../config/types.ts";
import type { Explained } from "../report/explain.ts";
import { whyNotJudged } from "../sync/readiness/read.ts";

/** What `readiness` in client.yaml decides, in plain words. */
export function explainReadiness(config: ClientConfig): Explained {
  const { invoices, rules } = config.readiness;
  const key = "readiness";
  const question = "What does an account need before it bills?";
  const not_judged = whyNotJudged(config);
  if (not_judged !== null) return { key, question, answers: [`Nothing is judged: ${not_judged}.`] };
  const on = Object.entries(rules).flatMap(([code, rule]) => (rule === "off" ? [] : [{ code, ...rule }]));
  const off = Object.entries(rules).flatMap(([code, rule]) => (rule === "off" ? [code] : []));
  const blocking = on.filter(({ blocks }) => blocks);
  const wait = blocking.map(({ code, assignee }) => `${code} (${assignee})`).join(", ") || "nothing";
  const tasks = on.filter(({ blocks }) => !blocks).map(({ code, assignee }) => `${code} (${assignee})`);
  return {
    key,
    question,
    answers: [
      invoices === "hold"
        ? `New invoices of an account without a service wait, and so they do for ${wait}.`
        : `New invoices are posted whatever it lacks; it is listed as not ready for ${wait}.`,
      ...(tasks.length === 0 ? [] : [`A task beside it, which nothing waits for: ${tasks.join(", ")}.`]),
      ...(off.length === 0 ? [] : [`Not looked at: ${off.join(", ")}.`]),
      taxWords(jurisdictionsOf(config)),
    ],
  };
}

/** The code map by which accounts are judged; undefined for none. */
export function jurisdictionsOf(config: ClientConfig): CodeMap | undefined {
  return whyNotJudged(config) === null
    ? config.codes.get(config.readiness.tax_jurisdictions ?? "")
    : undefined;
}

function taxWords(codeMap: CodeMap | undefined): string {
  return codeMap === undefined
    ? "Tax jurisdictions are billing's own; an address without one is a gap."
    : `Tax jurisdictions are billing's own, else by the service address and ${codeMap.name} (${codeMap.rows.length} rows).`;
}
