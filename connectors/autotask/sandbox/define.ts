/** Types of the vendor's fields, and entities out of the compact lists in entities.ts. */

export type FieldType =
  | { readonly kind: "int" | "number" | "text" | "flag" | "date" | "picklist" }
  | { readonly kind: "ref"; readonly to: string };

export type Method = "POST" | "PUT" | "PATCH" | "DELETE";

export interface Entity {
  /** Name in URLs and of the collection in the ledger: Companies. */
  readonly path: string;
  /** Name in metadata: Company. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly required: readonly string[];
  /** Set by the vendor alone. */
  readonly computed: readonly string[];
  /** Methods on the collection's own address. */
  readonly methods: readonly Method[];
  /** Where it is written below its parent: /Companies/{id}/Locations. */
  readonly child?: Child;
}

export interface Child {
  readonly parent: string;
  readonly under: string;
  /** Field that names the parent. */
  readonly field: string;
  readonly methods: readonly Method[];
}

interface Lists {
  readonly path: string;
  readonly name: string;
  readonly methods?: string;
  readonly child?: { readonly at: string; readonly field: string; readonly methods: string };
  readonly required?: string;
  readonly computed?: string;
  readonly int?: string;
  readonly number?: string;
  readonly text?: string;
  readonly flag?: string;
  readonly date?: string;
  readonly picklist?: string;
  readonly ref?: string;
}

/** One entity out of its lists of names. */
export function define(lists: Lists): Entity {
  const fields = new Map<string, FieldType>([["id", { kind: "int" }]]);
  for (const kind of ["int", "number", "text", "flag", "date", "picklist"] as const) {
    for (const name of words(lists[kind])) fields.set(name, { kind });
  }
  for (const entry of words(lists.ref)) {
    const [name = "", to = ""] = entry.split("=");
    fields.set(name, { kind: "ref", to });
  }
  return {
    path: lists.path,
    name: lists.name,
    fields,
    required: words(lists.required),
    computed: words(lists.computed),
    methods: words(lists.methods) as Method[],
    ...(lists.child === undefined ? {} : { child: childOf(lists.child) }),
  };
}

function childOf({ at, field, methods }: NonNullable<Lists["child"]>): Child {
  const [parent = "", under = ""] = at.split("/");
  return { parent, under, field, methods: words(methods) as Method[] };
}

function words(list: string | undefined): string[] {
  return list?.split(" ").filter((word) => word !== "") ?? [];
}
