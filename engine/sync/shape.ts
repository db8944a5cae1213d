import { type Entity, entities } from "../config/entities.ts";
import type { CanonicalRecord, Json } from "../core/json.ts";
import { compileExpression, type Expression } from "../expression/index.ts";

/** What several stages ask of a checked configuration: its entities, its expressions, the part of a record it writes. */

/** A pipeline cannot go on; the others do. */
export class PipelineError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PipelineError";
  }
}

/** The entity of a checked configuration. */
export function entityOf(name: string): Entity {
  const entity = entities().get(name);
  if (entity === undefined) throw new Error(`unknown entity ${name}`);
  return entity;
}

/** True for what is posted with lines: an invoice, a credit note. */
export function isDocument({ moneyRecord, fields }: Entity): boolean {
  return moneyRecord && fields.includes("lines");
}

/** A record as this pipeline writes it: the written fields alone, without what is read only. */
export function written(
  entity: Entity,
  record: CanonicalRecord,
  carried: readonly string[],
): { readonly [field: string]: Json } {
  return pick(entity.writable(record), carried);
}

/** The named fields of a record, as far as it has them. */
export function pick(record: CanonicalRecord, fields: readonly string[]): { readonly [field: string]: Json } {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = record[field];
      return value === undefined ? [] : [[field, value] as const];
    }),
  );
}

/** An expression that validate has passed. Throws PipelineError when it does not compile all the same. */
export function compiled(text: string): Expression {
  const result = compileExpression(text);
  if ("error" in result) throw new PipelineError(`an expression cannot be used: ${result.error.message}`);
  return result.expression;
}
