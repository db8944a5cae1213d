import { printMoney } from "../core/money.ts";
import type { PipelinePlan, Plan, PlannedDecision } from "../sync/types.ts";
import { count } from "./table.ts";
import { visible } from "./visible.ts";

const SIGNS: { readonly [action in PlannedDecision["action"]]: string } = {
  create: "+",
  update: "~",
  void: "-",
  external_id: "=",
  hold: "!",
  dead_letter: "x",
};

/** A plan as people read it: what each pipeline would write, field by field, and what it would set aside. */
export function renderPlan(plan: Plan): string {
  return `${plan.pipelines.map(renderPipeline).join("\n")}`;
}

function renderPipeline(plan: PipelinePlan): string {
  const { pipeline, target, counts, amounts, over, failed, full_compare } = plan;
  const flow = `${pipeline} → ${target.system} ${target.entity}`;
  if (failed !== null) return `${flow}: not planned\n  failed: ${visible(failed)}\n`;
  const money = Object.entries(amounts).map(([currency, amount]) => printMoney(amount, currency));
  const parts = [
    count(counts.created, "create"),
    count(counts.updated, "update"),
    count(counts.voided, "void"),
    `${counts.unchanged} unchanged`,
    `${counts.held} held`,
    `${counts.dead_lettered} refused`,
  ];
  const lines = [`${flow}: ${parts.join(", ")}${money.length === 0 ? "" : `; ${money.join(", ")}`}`];
  if (over !== null) lines.push(`  needs approval: ${visible(over)}`);
  if (full_compare) lines.push("  everything is compared, because the configuration changed");
  return `${[...lines, ...plan.decisions.flatMap(renderDecision)].join("\n")}\n`;
}

function renderDecision(decision: PlannedDecision): readonly string[] {
  const { action, label, source_id, target_id, amount, reason, message, changes } = decision;
  const money = amount === null ? "" : `  ${printMoney(amount.amount, amount.currency)}`;
  const target = target_id === null ? "" : ` → ${target_id}`;
  const why = message === "" ? reason : `${reason}: ${message}`;
  const name = label === "" ? source_id : `${label} (${source_id})`;
  return [
    visible(`  ${SIGNS[action]} ${name}${target}${money}  ${why}`),
    ...changes.map(({ field, from, to }) =>
      visible(
        `      ${field}: ${from === undefined ? "" : `${JSON.stringify(from)} → `}${JSON.stringify(to)}`,
      ),
    ),
  ];
}
