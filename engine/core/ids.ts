import { createHash } from "node:crypto";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const KEY_LENGTH = 26;

/**
 * The idempotency key of a write: 26 characters of a-z and 2-7. It depends on what the write is for and never on its
 * payload, the clock or the attempt, so every retry of one intent carries the same key.
 */
export function idempotencyKey(parts: {
  readonly client: string;
  readonly pipeline: string;
  readonly system: string;
  readonly entity: string;
  readonly source_id: string;
  readonly operation: string;
  /** Grows after each proven outcome, so that a corrected create does not replay its refused body. */
  readonly generation: number;
}): string {
  const { client, pipeline, system, entity, source_id, operation, generation } = parts;
  const text = JSON.stringify([client, pipeline, system, entity, source_id, operation, generation]);
  return base32(createHash("sha256").update(text).digest()).slice(0, KEY_LENGTH);
}

/** Key of a batch: the same whenever the same writes go together, in whatever order. */
export function batchKey(keys: readonly string[]): string {
  const text = JSON.stringify([...keys].sort());
  return base32(createHash("sha256").update(text).digest()).slice(0, KEY_LENGTH);
}

/** Id of a new group of links, derived from its first member, so that a rebuilt id map is the same one. */
export function linkGroup(entity: string, system: string, id: string): string {
  return base32(
    createHash("sha256")
      .update(JSON.stringify([entity, system, id]))
      .digest(),
  ).slice(0, 16);
}

function base32(bytes: Uint8Array): string {
  let text = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(buffer >> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
  }
  return text;
}
