import type { Json } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import { renderTable } from "./table.ts";
import { visible } from "./visible.ts";

/** A record set aside, with its reason. */
export interface IssueView {
  readonly pipeline: string;
  readonly source_id: string;
  readonly kind: "held" | "conflict" | "dead_letter";
  readonly reason: string;
  readonly message: string;
  readonly detail: Json;
  readonly since: string;
  readonly attempts: number;
}

/** Held records and dead letters, a line each. */
export function renderHeld(issues: readonly IssueView[]): string {
  if (issues.length === 0) return "Nothing is held.\n";
  return renderTable(
    [
      { title: "pipeline" },
      { title: "record" },
      { title: "kind" },
      { title: "since" },
      { title: "tries", right: true },
      { title: "reason" },
    ],
    issues.map((one) => [
      one.pipeline,
      one.source_id,
      one.kind === "held" ? "held" : "dead letter",
      one.since,
      String(one.attempts),
      `${one.reason}: ${one.message}`,
    ]),
  );
}

/** Conflicts with both sides' values, and how each field was decided. */
export function renderConflicts(issues: readonly IssueView[]): string {
  if (issues.length === 0) return "There are no conflicts.\n";
  return issues
    .map(({ pipeline, source_id, message, detail }) =>
      [`${pipeline} ${source_id}  ${visible(message)}\n`, ...fieldLines(detail)].join(""),
    )
    .join("\n");
}

function fieldLines(detail: Json): readonly string[] {
  if (!isObject(detail) || !isObject(detail["fields"])) return [];
  const resolution = isObject(detail["resolution"]) ? detail["resolution"] : {};
  return Object.entries(detail["fields"]).map(([field, sides]) => {
    const { source = null, target = null } = isObject(sides) ? sides : {};
    const taken = resolution[field] === undefined ? "" : `  (decided: ${String(resolution[field])})`;
    return visible(
      `  ${field}: source ${JSON.stringify(source)}, target ${JSON.stringify(target)}${taken}`,
    ).concat("\n");
  });
}
