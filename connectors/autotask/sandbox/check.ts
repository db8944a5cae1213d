import type { Row, SandboxContext } from "../../../engine/connector/sandbox/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import type { Entity, FieldType } from "./define.ts";
import { invalid } from "./errors.ts";
import { picklists, texts } from "./names.ts";

/** What a record must be to be saved; every error of it in one reply. */
export function checkRow(row: Row, sent: Row, entity: Entity, context: SandboxContext): void {
  const errors = [
    ...(context.rule("required") ? missing(row, entity) : []),
    ...Object.entries(sent).flatMap(([name, value]) => {
      const type = entity.fields.get(name);
      return type === undefined ? [] : fieldErrors(name, value, type, entity, context);
    }),
  ];
  if (errors.length > 0) throw invalid(...errors);
}

function missing(row: Row, { required }: Entity): string[] {
  return required
    .filter((name) => [undefined, null, ""].some((none) => row[name] === none))
    .map(texts.missing);
}

function fieldErrors(
  name: string,
  value: Json,
  type: FieldType,
  entity: Entity,
  { ledger, rule }: SandboxContext,
): string[] {
  // "Booleans accept only true/false, null is an error" (the vendor's page on API calls).
  if (type.kind === "flag")
    return typeof value === "boolean" || !rule("flags") ? [] : [`${name} is not a boolean.`];
  if (value === null) return [];
  switch (type.kind) {
    case "int":
    case "number":
      return typeof value === "number" ? [] : [`${name} is not a number.`];
    case "text":
      return typeof value === "string" ? [] : [`${name} is not a text.`];
    case "date":
      return Number.isNaN(Date.parse(String(value))) ? [`${name} is not a date.`] : [];
    case "picklist": {
      const known = picklists[`${entity.path}.${name}`]?.some((choice) => choice.value === value);
      return known === true || !rule("picklists")
        ? []
        : [`${name} has no value ${String(value)} in its picklist.`];
    }
    case "ref": {
      const known = ledger.get(type.to, String(value)) !== undefined;
      return known || !rule("references") ? [] : [`Reference value on field: ${name} does not exist.`];
    }
  }
}
