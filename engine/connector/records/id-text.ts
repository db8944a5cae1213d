import type { Json } from "../../core/json.ts";

/** An id as text; null for what is none. */
export function idText(value: Json | undefined): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : null;
}
