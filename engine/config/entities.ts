import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { evenAddress } from "../core/address.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import { sentences } from "./entity-sentences.ts";
import {
  type FieldType,
  type JsonObject,
  type Reference,
  type Shape,
  shapeOf,
  walk,
} from "./entity-shape.ts";
import { packageRoot } from "./root.ts";

/** The canonical model: every entity of schemas/entities, with what the engine asks about its fields and records. */

export type { FieldType, Kind } from "./entity-shape.ts";

export interface EntityReference extends Reference {
  /** Canonical path: `customer_id`, `lines.gl_code`, `allocations.invoice_id`, `contract_ids`. */
  readonly path: string;
  /** Inside a read-only field: shown, never written, so it need not be resolved. */
  readonly readOnly: boolean;
}

/** The named fields are equal, the dates so many days apart at most, and the texts do not speak against it. */
export interface Alike {
  readonly same: readonly string[];
  readonly days: number;
  readonly text: string;
}

export interface Entity {
  readonly name: string;
  readonly description: string;
  /** Top-level fields in the order of the schema. */
  readonly fields: readonly string[];
  /** Top-level fields that are not written: `id`, `external_ids`, `updated_at` and the computed ones. */
  readonly readOnly: ReadonlySet<string>;
  readonly references: readonly EntityReference[];
  /** Natural keys in the order in which they are tried; `address_key` is derived from `address`. */
  readonly match: readonly (readonly string[])[];
  /** The date that go_live is compared with. */
  readonly dateField: string | undefined;
  /** When two records that nothing links are probably one, for an entity without a natural key. */
  readonly alike: Alike | undefined;
  /** Writing one moves money, so it needs exactly-once proof. */
  readonly moneyRecord: boolean;
  readonly neverFrom: "psa" | undefined;
  /** Fields by which another system tells the owner what became of a record; they say nothing of the record itself. */
  readonly marks: ReadonlySet<string>;
  /** Type at a dotted canonical path, lists crossed silently; undefined when the schema has no such path. */
  typeAt(path: string): FieldType | undefined;
  /** Names allowed below a path ("" is the record itself), for near misses. */
  namesAt(path: string): readonly string[];
  /** Empty when valid, else at most ten sentences on what is wrong. */
  validate(record: unknown): readonly string[];
  /** As validate, but for what is computed by its owner: a record that is to be written has none of that yet. */
  validateWritten(record: unknown): readonly string[];
  /**
   * The record with every missing field as null or an empty list, also in its lines and other members, and its addresses
   * in one spelling.
   */
  complete(partial: JsonObject): CanonicalRecord;
  /** The record without `id`, `external_ids`, `updated_at` and read-only fields: what is fingerprinted and written. */
  writable(record: CanonicalRecord): CanonicalRecord;
}

const SUFFIX = ".schema.json";
const ANNOTATIONS = [
  "x-ref",
  "x-ref-of",
  "x-ref-by",
  "x-money",
  "x-decimal",
  "x-never-from",
  "x-match",
  "x-alike",
  "x-date",
  "x-money-record",
  "x-mark",
  "x-address",
];
// The record head carries ids and times of one system; they say nothing about what the record holds.
const HEAD = ["id", "external_ids", "updated_at"];

let loaded: ReadonlyMap<string, Entity> | undefined;

/** All entities by name, loaded once from the package's schemas/entities; throws when a schema is broken. */
export function entities(): ReadonlyMap<string, Entity> {
  loaded ??= loadEntities(join(packageRoot(), "schemas", "entities"));
  return loaded;
}

function loadEntities(folder: string): ReadonlyMap<string, Entity> {
  const ajv = new Ajv({ strict: true, allErrors: true, verbose: true });
  ajv.addVocabulary(ANNOTATIONS);
  formats.default(ajv, ["date", "date-time"]);
  const schemas = new Map<string, JsonObject>();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(SUFFIX)) continue;
    const schema: unknown = JSON.parse(readFileSync(join(folder, file), "utf8"));
    if (!isObject(schema)) throw new Error(`schemas/entities/${file} is no JSON object`);
    ajv.addSchema(schema);
    schemas.set(file.slice(0, -SUFFIX.length), schema);
  }
  const definitions = schemas.get("shared")?.["definitions"];
  if (!isObject(definitions)) throw new Error("schemas/entities/shared.schema.json has no definitions");
  schemas.delete("shared");
  return new Map([...schemas].map(([name, schema]) => [name, entityOf(name, schema, definitions, ajv)]));
}

function entityOf(name: string, schema: JsonObject, definitions: JsonObject, ajv: Ajv): Entity {
  const root = shapeOf(schema, definitions);
  const paths = new Map(walk(root));
  const check = validator(ajv, schema);
  const readOnly = new Set(HEAD);
  for (const [field, shape] of root.members) if (shape.type.readOnly) readOnly.add(field);
  const members = new Map([...root.members].filter(([field]) => !readOnly.has(field)));
  const written = writableShape({ ...root, members });
  const date = schema["x-date"];
  return {
    name,
    description: String(schema["description"]),
    fields: [...root.members.keys()],
    readOnly,
    references: referencesOf(paths),
    match: naturalKeys(schema["x-match"]),
    alike: alikeOf(schema["x-alike"]),
    dateField: typeof date === "string" ? date : undefined,
    moneyRecord: schema["x-money-record"] === true,
    neverFrom: schema["x-never-from"] === "psa" ? "psa" : undefined,
    marks: markedFields(schema["properties"]),
    typeAt: (path) => paths.get(path)?.type,
    namesAt: (path) => [...((path === "" ? root : paths.get(path))?.members.keys() ?? [])],
    validate: (record) => (check(record) ? [] : sentences(check.errors ?? [], root)),
    validateWritten: (record) => {
      const errors = check(record) ? [] : (check.errors ?? []);
      return sentences(
        errors.filter(({ instancePath }) => !isReadOnly(instancePath, paths)),
        root,
      );
    },
    complete: (partial) => completeObject(root, partial),
    writable: (record) => pickMembers(written, record),
  };
}

/** True for the place of a value that is computed; list indexes are no part of its path. */
function isReadOnly(instancePath: string, paths: ReadonlyMap<string, Shape>): boolean {
  const names = instancePath.split("/").filter((name) => name !== "" && !/^\d+$/.test(name));
  return paths.get(names.join("."))?.type.readOnly === true;
}

function validator(ajv: Ajv, schema: JsonObject): ValidateFunction {
  const check = ajv.getSchema(String(schema["$id"]));
  if (check === undefined) throw new Error(`${String(schema["$id"])} is not loaded`);
  return check;
}

function referencesOf(paths: ReadonlyMap<string, Shape>): readonly EntityReference[] {
  return [...paths].flatMap(([path, { reference, type }]) =>
    reference === undefined ? [] : [{ ...reference, path, readOnly: type.readOnly }],
  );
}

function markedFields(properties: Json | undefined): ReadonlySet<string> {
  const marked = Object.entries(isObject(properties) ? properties : {}).filter(
    ([, field]) => isObject(field) && field["x-mark"] === true,
  );
  return new Set(marked.map(([name]) => name));
}

function naturalKeys(value: unknown): readonly (readonly string[])[] {
  const keys = Array.isArray(value) ? value : [];
  return keys.filter(Array.isArray).map((key) => key.map(String));
}

function alikeOf(value: unknown): Alike | undefined {
  if (!isObject(value)) return undefined;
  const { same, days, text } = value;
  return { same: Array.isArray(same) ? same.map(String) : [], days: Number(days), text: String(text) };
}

function completeObject(shape: Shape, partial: JsonObject): CanonicalRecord {
  const record: { [key: string]: Json } = {};
  for (const [key, member] of shape.members) record[key] = completeValue(member, partial[key]);
  const unknown = Object.entries(partial).filter(([key]) => !shape.members.has(key));
  // What the schema does not know stays, so that validate can name it.
  return unknown.length === 0 ? record : { ...record, ...Object.fromEntries(unknown) };
}

function completeValue(shape: Shape, value: Json | undefined): Json {
  if (value === undefined) return shape.type.kinds.includes("array") ? [] : null;
  const completed = mapMembers(shape, value, completeObject);
  return shape.isAddress && isObject(completed) ? evenAddress(completed) : completed;
}

/** The shape without what is read only, at every depth. */
function writableShape(shape: Shape): Shape {
  const kept = [...shape.members].filter(([, member]) => !member.type.readOnly);
  return { ...shape, members: new Map(kept.map(([name, member]) => [name, writableShape(member)])) };
}

function pickMembers(shape: Shape, record: JsonObject): CanonicalRecord {
  const picked: { [key: string]: Json } = {};
  for (const [key, member] of shape.members) {
    const value = record[key];
    if (value !== undefined) picked[key] = mapMembers(member, value, pickMembers);
  }
  return picked;
}

/** Applies `change` to an object, or to each object of a list; other values stay as they are. */
function mapMembers(
  shape: Shape,
  value: Json,
  change: (shape: Shape, value: JsonObject) => JsonObject,
): Json {
  if (shape.members.size === 0) return value;
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? change(shape, item) : item));
  return isObject(value) ? change(shape, value) : value;
}
