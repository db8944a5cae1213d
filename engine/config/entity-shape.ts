import { isObject, type Json } from "../core/json.ts";

/** The fields of an entity as a tree, read off its schema: types, marks and references, for every question about them. */

export type Kind =
  | "string"
  | "integer"
  | "boolean"
  | "object"
  | "array"
  | "decimal"
  | "money"
  | "date"
  | "instant";

export interface FieldType {
  readonly kinds: readonly Kind[];
  readonly nullable: boolean;
  /** Computed by the owner or by tripoint, or inside such a field: never written or fingerprinted. */
  readonly readOnly: boolean;
  readonly description: string;
  readonly enum: readonly string[] | undefined;
}

export interface Reference {
  readonly entity: string;
  readonly by: "id" | "code";
  /** The system whose ids are used everywhere; undefined: each system has its own. */
  readonly of: "psa" | "billing" | "accounting" | undefined;
}

export interface Shape {
  readonly type: FieldType;
  /** Fields of an object, or of the items of a list. */
  readonly members: ReadonlyMap<string, Shape>;
  /** What the value, or each item of the list, refers to. */
  readonly reference: Reference | undefined;
  /** An address, which every record holds in one spelling (core/address.ts). */
  readonly isAddress: boolean;
}

export type JsonObject = { readonly [key: string]: Json };

/** The shape of a schema; `shared` are the definitions that its `$ref`s name. */
export function shapeOf(schema: JsonObject, shared: JsonObject, insideReadOnly = false): Shape {
  const full = resolved(schema, shared);
  const readOnly = insideReadOnly || full["readOnly"] === true;
  const items = isObject(full["items"]) ? shapeOf(full["items"], shared, readOnly) : undefined;
  return {
    type: {
      kinds: kindsOf(full),
      nullable: typesOf(full).includes("null"),
      readOnly,
      description: text(full["description"]) ?? "",
      enum: enumOf(full),
    },
    members: items?.members ?? membersOf(full, shared, readOnly),
    reference: items?.reference ?? referenceOf(full),
    isAddress: full["x-address"] === true,
  };
}

/** Every field of a tree by its dotted path, parents before their members. */
export function* walk(shape: Shape, prefix = ""): Generator<readonly [path: string, shape: Shape]> {
  for (const [name, member] of shape.members) {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    yield [path, member];
    yield* walk(member, path);
  }
}

/** The schema with what it refers to put in its place; what stands beside the reference wins. */
function resolved(schema: JsonObject, shared: JsonObject): JsonObject {
  const { allOf, ...own } = schema;
  const part = Array.isArray(allOf) ? allOf[0] : undefined;
  const reference = isObject(part) ? part["$ref"] : own["$ref"];
  if (typeof reference !== "string") return schema;
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  const definition = shared[name];
  if (!isObject(definition)) throw new Error(`schemas/entities: ${reference} leads nowhere`);
  return { ...resolved(definition, shared), ...own };
}

function membersOf(schema: JsonObject, shared: JsonObject, readOnly: boolean): ReadonlyMap<string, Shape> {
  const members = new Map<string, Shape>();
  const properties = schema["properties"];
  if (!isObject(properties)) return members;
  for (const [name, property] of Object.entries(properties)) {
    if (isObject(property)) members.set(name, shapeOf(property, shared, readOnly));
  }
  return members;
}

function kindsOf(schema: JsonObject): readonly Kind[] {
  if (schema["x-money"] === true) return ["money"];
  if (schema["x-decimal"] === true) return ["decimal"];
  if (schema["format"] === "date") return ["date"];
  if (schema["format"] === "date-time") return ["instant"];
  return typesOf(schema).filter(isKind);
}

function isKind(type: string): type is Kind {
  return ["string", "integer", "boolean", "object", "array"].includes(type);
}

function typesOf(schema: JsonObject): readonly string[] {
  const type = schema["type"];
  return strings(Array.isArray(type) ? type : [type]);
}

function enumOf(schema: JsonObject): readonly string[] | undefined {
  const values = schema["enum"];
  return Array.isArray(values) ? strings(values) : undefined;
}

function referenceOf(schema: JsonObject): Reference | undefined {
  const entity = text(schema["x-ref"]);
  if (entity === undefined) return undefined;
  const of = schema["x-ref-of"];
  return {
    entity,
    by: schema["x-ref-by"] === "code" ? "code" : "id",
    of: of === "psa" || of === "billing" || of === "accounting" ? of : undefined,
  };
}

function strings(values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === "string");
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
