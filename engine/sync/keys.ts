import { idempotencyKey } from "../core/ids.ts";
import type { State } from "../state/types.ts";

/** What a write is for: its key depends on this and on how often it has had a proven outcome, on nothing else. */
export interface WriteSlot {
  readonly client: string;
  readonly pipeline: string;
  readonly system: string;
  readonly entity: string;
  readonly source_id: string;
  readonly operation: string;
}

export interface SlotKey {
  readonly slot: string;
  readonly generation: number;
  /** The idempotency key of the next write for this slot. */
  readonly key: string;
}

/** Keys for a page of writes, in their order: one look-up. */
export function keysFor(state: Pick<State, "generations">, slots: readonly WriteSlot[]): readonly SlotKey[] {
  const names = slots.map(slotName);
  const generations = state.generations(names);
  return slots.map((slot, index) => {
    const name = names[index] ?? "";
    const generation = generations.get(name) ?? 0;
    return { slot: name, generation, key: idempotencyKey({ ...slot, generation }) };
  });
}

/** Name under which it is kept how often a write has had a proven outcome. */
export function slotName({
  system,
  entity,
  source_id,
  operation,
}: Omit<WriteSlot, "client" | "pipeline">): string {
  return [system, entity, source_id, operation].join("/");
}
