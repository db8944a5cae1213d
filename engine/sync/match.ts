import { atPath, type CanonicalRecord, type Json } from "../core/json.ts";
import { addressKey, nameNormalized } from "../core/normalize.ts";
import type { Resolved } from "./stages.ts";

/** Which existing record of the target an unlinked one is: one hit links, several hold, nothing is guessed. */
export type Match =
  | { readonly kind: "one"; readonly id: string; readonly by: string; readonly numbers: CanonicalRecord }
  | { readonly kind: "several"; readonly ids: readonly string[]; readonly by: string }
  /** Nothing matches, but these of the target cannot be read, and one of them may be it. */
  | { readonly kind: "unsure"; readonly unreadable: readonly string[] }
  | { readonly kind: "none" };

export interface Matcher {
  match(page: readonly Resolved[]): Promise<readonly Match[]>;
}

/** A field of a record, or what is derived from several of them, by the name that `identity.match` gives it. */
export function derived(part: string, record: CanonicalRecord): Json | undefined {
  const name = record["name"];
  switch (part) {
    case "name_normalized":
      return typeof name === "string" ? nameNormalized(name) : undefined;
    case "postal_code":
      return postalCode(
        atPath(record, "billing_address.postal_code") ?? atPath(record, "address.postal_code"),
      );
    case "address_key":
      return addressKey(record["address"]);
    default:
      return atPath(record, part);
  }
}

/** The five digits of a US code, which one system keeps and another extends. */
function postalCode(code: Json | undefined): Json | undefined {
  return typeof code === "string" ? code.replace(/^(\d{5})-\d{4}$/, "$1") : code;
}

/** The value of an identity field: a canonical one, or `raw.` of the vendor's own record. */
export function fieldValue(field: string, record: CanonicalRecord, raw: Json): Json | undefined {
  return field.startsWith("raw.") ? atPath(raw, field.slice("raw.".length)) : atPath(record, field);
}
