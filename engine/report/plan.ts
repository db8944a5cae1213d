import type { Json } from "../core/json.ts";
import { printMoney } from "../core/money.ts";
import { entityOf } from "../sync/shape.ts";
import type { FieldChange, PipelinePlan, Plan, PlannedDecision } from "../sync/types.ts";
import { amountText, changedMembers } from "../sync/value-words.ts";
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
  return `${[...lines, ...plan.decisions.flatMap((one) => renderDecision(one, target.entity))].join("\n")}\n`;
}

function renderDecision(decision: PlannedDecision, entity: string): readonly string[] {
  const { action, label, source_id, target_id, amount, reason, message, changes } = decision;
  const money = amount === null ? "" : `  ${printMoney(amount.amount, amount.currency)}`;
  const target = target_id === null ? "" : ` → ${target_id}`;
  const why = message === "" ? reason : `${reason}: ${message}`;
  const name = label === "" ? source_id : `${label} (${source_id})`;
  return [
    visible(`  ${SIGNS[action]} ${name}${target}${money}  ${why}`),
    ...changes
      .flatMap((change) => changeLines(change, entity, amount?.currency))
      .map((line) => visible(`      ${line}`)),
  ];
}

/** A changed field with both values; of lines and taxes those that differ, or what they come to. */
function changeLines(
  { field, from, to }: FieldChange,
  name: string,
  currency: string | undefined,
): readonly string[] {
  const line = (path: string, label: string, before: Json | undefined, after: Json): string =>
    `${label}: ${before === undefined ? "" : `${text(path, before)} → `}${text(path, after)}`;
  const text = (path: string, value: Json): string =>
    currency === undefined || path.startsWith("raw.")
      ? JSON.stringify(value)
      : (amountText(entityOf(name), path, value, currency) ?? JSON.stringify(value));
  const members = currency === undefined ? undefined : changedMembers(field, from, to);
  return (
    members?.map((one) =>
      line(`${field}.${one.field}`, `${one.place} ${one.field}`, one.left, one.right),
    ) ?? [line(field, field, from, to)]
  );
}
