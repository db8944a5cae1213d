/** Types of the vendor's fields, out of the compact lists in fields.ts. */

export type FieldType =
  | { readonly kind: "text"; readonly max?: number; readonly allowed?: readonly string[] }
  | { readonly kind: "number" | "flag" | "date" | "list" }
  | { readonly kind: "ref"; readonly to?: string };

export interface Entity {
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly required: readonly string[];
  /** Required by PUT on top of `required` ("Required On Updates" in the spec). */
  readonly requiredOnPut: readonly string[];
}

interface Lists {
  readonly required?: string;
  readonly required_on_put?: string;
  readonly text?: string;
  readonly number?: string;
  readonly flag?: string;
  readonly date?: string;
  readonly ref?: string;
  readonly list?: string;
}

/** One entity out of its lists of names. */
export function define(lists: Lists): Entity {
  const fields = new Map<string, FieldType>();
  for (const entry of words(lists.text)) {
    const [name = "", allowed] = entry.split("=");
    const [plain = "", max] = name.split("<");
    fields.set(plain, {
      kind: "text",
      ...(max === undefined ? {} : { max: Number(max) }),
      ...(allowed === undefined ? {} : { allowed: allowed.split("|") }),
    });
  }
  for (const kind of ["number", "flag", "date", "list"] as const) {
    for (const name of words(lists[kind])) fields.set(name, { kind });
  }
  for (const entry of words(lists.ref)) {
    const [name = "", to] = entry.split("=");
    fields.set(name, { kind: "ref", ...(to === undefined ? {} : { to }) });
  }
  return { fields, required: words(lists.required), requiredOnPut: words(lists.required_on_put) };
}

function words(list: string | undefined): string[] {
  return list?.split(" ").filter((word) => word !== "") ?? [];
}
