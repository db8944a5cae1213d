import type { SandboxExchange } from "../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import type { Contract, Finding } from "./contract.ts";
import { createValidator } from "./validator.ts";

/**
 * A contract out of the vendor's own XSD, which has every field of every type and says nothing of operations: the
 * envelopes around the types (one entity, a query's answer, a batch, a change feed) are the few that stand here.
 */

type Fields = { readonly [key: string]: Json };
/** A value and the type that it is said to be. */
type Typed = readonly [type: string, value: Json];

const SIMPLE: { readonly [type: string]: Json } = {
  id: { type: "string" },
  string: { type: "string" },
  boolean: { type: "boolean" },
  decimal: { type: "number" },
  int: { type: "integer" },
  positiveInteger: { type: "integer" },
  date: { type: "string", format: "date" },
  dateTime: { type: "string", format: "date-time" },
};
// Attributes of every entity, which the XSD gives once and JSON shows as fields.
const ATTRIBUTES = { domain: { type: "string" }, status: { type: "string" }, sparse: { type: "boolean" } };
const REFERENCE = {
  type: "object",
  properties: { value: { type: "string" }, name: { type: "string" }, type: { type: "string" } },
  required: ["value"],
  additionalProperties: false,
};
const BATCH_KEYS = new Set(["bId", "operation", "optionsData", "Query", "Fault", "QueryResponse"]);
const QUERY_KEYS = new Set(["startPosition", "maxResults", "totalCount"]);

/** `lists`: quickbooks.xsd-types.json. */
export function quickbooksContract(lists: Json): Contract {
  const types = fieldsAt(lists, "types");
  const validate = createValidator(definitions(types, fieldsAt(lists, "enums")));
  const nameOf = (name: string): string | undefined =>
    Object.keys(types).find((type) => type.toLowerCase() === name.toLowerCase());
  const check = (values: readonly Typed[] | undefined): Finding =>
    values?.flatMap(([type, value]) => {
      const known = nameOf(type);
      if (known === undefined) return [`${type} is no type`];
      return validate({ $ref: `#/definitions/${known}` }, value).map((problem) => `${known}${problem}`);
    });
  return (exchange) => ({ request: check(sentTypes(exchange)), response: check(answeredTypes(exchange)) });
}

/** Undefined for what holds none of the types: reads, and the token service. */
function sentTypes({ request }: SandboxExchange): readonly Typed[] | undefined {
  const [, resource = ""] = /^\/v3\/company\/[^/]+\/([a-z]+)$/.exec(request.path) ?? [];
  if (request.method !== "POST" || resource === "" || resource === "query") return undefined;
  const body: Json = JSON.parse(request.body);
  if (resource !== "batch") return [[resource, body]];
  return list(at(body, "BatchItemRequest")).flatMap((item) => entitiesIn(item, BATCH_KEYS));
}

function answeredTypes({ request, reply }: SandboxExchange): readonly Typed[] | undefined {
  const { body } = reply ?? {};
  if (!request.path.startsWith("/v3/") || !isObject(body)) return undefined;
  if (isObject(body["fault"])) return undefined;
  const { time: _time, ...rest } = body;
  return answerIn(rest);
}

function answerIn(body: Json): readonly Typed[] {
  if (!isObject(body)) return [];
  const { Fault, QueryResponse, BatchItemResponse, CDCResponse, ...entity } = body;
  return [
    ...(Fault === undefined ? [] : ([["Fault", Fault]] as const)),
    ...(QueryResponse === undefined ? [] : entitiesIn(QueryResponse, QUERY_KEYS)),
    ...list(BatchItemResponse).flatMap((item) => answerIn(without(item, "bId"))),
    ...list(CDCResponse).flatMap((one) =>
      list(at(one, "QueryResponse")).flatMap((item) => entitiesIn(item, QUERY_KEYS)),
    ),
    ...entitiesIn(entity, new Set()),
  ];
}

function entitiesIn(holder: Json, others: ReadonlySet<string>): readonly Typed[] {
  if (!isObject(holder)) return [];
  return Object.entries(holder)
    .filter(([key]) => !others.has(key))
    .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((one) => [key, one] as const));
}

function definitions(types: Fields, enums: Fields): { [name: string]: Json } {
  const made = Object.entries(types).map(([name, type]) => {
    const fields = list(at(type, "fields")).map((field): [string, Json] => {
      const schema = fieldSchema(String(at(field, "type")), types, enums);
      const many = at(field, "max") === "unbounded";
      return [String(at(field, "name")), many ? { type: "array", items: schema } : schema];
    });
    const attributes = list(at(type, "attributes")).map((attribute): [string, Json] => [
      String(at(attribute, "name")).replace("@", ""),
      fieldSchema(String(at(attribute, "type")), types, enums),
    ]);
    const properties = { ...ATTRIBUTES, ...Object.fromEntries([...fields, ...attributes]) };
    return [name, { type: "object", properties, additionalProperties: false }] as const;
  });
  return { ...Object.fromEntries(made), ReferenceType: REFERENCE, MemoRef: REFERENCE };
}

/** A type that the lists do not have may be anything. Empty text and null clear a field, whatever its type. */
function fieldSchema(type: string, types: Fields, enums: Fields): Json {
  const values = enums[type];
  if (Array.isArray(values)) return { enum: [...values] };
  const simple = SIMPLE[type];
  if (simple !== undefined) return simple;
  return type in types ? { $ref: `#/definitions/${type}` } : {};
}

function without(value: Json, key: string): Json {
  return isObject(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)) : value;
}

function at(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) ? value[key] : undefined;
}

function fieldsAt(value: Json, key: string): Fields {
  const fields = at(value, key);
  return isObject(fields) ? fields : {};
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
