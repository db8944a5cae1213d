import { decideKnown, type Known } from "./decide-known.ts";
import { decideUnlinked, type Unmatched } from "./decide-unlinked.ts";
import type { PageContext, PageDecision } from "./page-context.ts";
import { NOT_LINKED, type Resolved, type SetAside } from "./stages.ts";
import { describe } from "./text.ts";
import { skip } from "./triage.ts";

/** Splits records by what names their counterpart in the target, a link first, and decides on each kind. */
export async function decideResolved(
  context: PageContext,
  resolved: readonly Resolved[],
  adopt: ReadonlyMap<string, string>,
): Promise<readonly PageDecision[]> {
  const { pipeline, links } = context;
  const ids = resolved.map(({ candidate }) => candidate.source.id);
  const linked = links.translate(pipeline.target.entity, pipeline.source.system, pipeline.target.system, ids);
  const decided: PageDecision[] = [];
  const known: Known[] = [];
  const unlinked: Resolved[] = [];
  for (const one of resolved) {
    const id = one.candidate.source.id;
    const [targetId, ...more] = linked.get(id) ?? [];
    const adopted = adopt.get(id);
    if (more.length > 0)
      decided.push({ decision: ambiguousLink(one, [targetId ?? "", ...more]), matched: undefined });
    else if (targetId !== undefined) known.push({ resolved: one, targetId, matched: undefined });
    else if (adopted !== undefined) known.push({ resolved: one, targetId: adopted, matched: {} });
    else if (pipeline.target.write_mode === "update_only")
      decided.push({ decision: skip(one.candidate, NOT_LINKED), matched: undefined });
    else unlinked.push(one);
  }
  const isDated = unlinked.length + known.length > 0 && context.target.moneyRecord;
  const closedUntil = isDated ? await context.closedUntil() : null;
  const deciding = { ...context, closedUntil };
  const matches = await context.matcher.match(unlinked);
  const unmatched: Unmatched[] = [];
  for (const [index, one] of unlinked.entries()) {
    const match = matches[index] ?? { kind: "none" };
    if (match.kind === "one") known.push({ resolved: one, targetId: match.id, matched: match.numbers });
    else unmatched.push({ resolved: one, match });
  }
  return [
    ...decided,
    ...(await decideUnlinked(deciding, unmatched)),
    ...(await decideKnown(deciding, known)),
  ];
}

function ambiguousLink({ candidate, record }: Resolved, ids: readonly string[]): SetAside {
  const message = `${describe(record)} is linked to several records: ${ids.join(", ")}; unlink all but one`;
  return { candidate, action: "hold", reason: "link_ambiguous", message, detail: { ids: [...ids] } };
}
