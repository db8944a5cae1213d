/** JSON as it comes off a wire or out of a file. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A canonical record: every field of its entity schema is present, null where a system has no value. */
export type CanonicalRecord = { readonly [field: string]: Json };

/** True for a plain JSON object (not null, not a list). */
export function isObject(value: unknown): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted path such as `billing_address.postal_code`; undefined where the path ends early. */
export function atPath(value: unknown, path: string): Json | undefined {
  let current: unknown = value;
  for (const key of path.split(".")) {
    if (!isObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current as Json | undefined;
}
