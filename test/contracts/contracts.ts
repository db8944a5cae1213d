import { isObject, type Json } from "../../engine/core/json.ts";
import { type Contract, together } from "./contract.ts";
import { type OpenapiOptions, openapiContract } from "./openapi.ts";
import { quickbooksContract } from "./quickbooks.ts";
import { readSpec } from "./specs.ts";

// What of a document deserves a word of its own.
const OPTIONS: { readonly [connector: string]: Omit<OpenapiOptions, "basePath"> } = {
  autotask: { unwrap: itemsOf },
  connectwise: { errors: "ErrorResponseMessage" },
  halopsa: { records: recordsInEnvelope },
  // A third party wrote the document; the types are in the vendor's own XSD.
  quickbooks: { withoutBodies: true },
  "sage-accounting": { unwrap: itemsInEnvelope },
};

/** The contract of a connector's vendor; undefined when the vendor publishes no spec. */
export function contractOf(connector: string, basePath: string): Contract | undefined {
  const document = readSpec(`${connector}.openapi.json`);
  const operations =
    document === undefined ? undefined : openapiContract(document, { basePath, ...OPTIONS[connector] });
  const lists = readSpec(`${connector}.xsd-types.json`);
  if (lists === undefined) return operations;
  const types = quickbooksContract(lists);
  return operations === undefined ? types : together(operations, types);
}

/** A list is the one list beside record_count; anything else is a record, or a list of them. */
function recordsInEnvelope(body: Json): readonly Json[] {
  if (Array.isArray(body)) return body;
  if (!isObject(body) || body["record_count"] === undefined) return [body];
  return Object.values(body).find((value) => Array.isArray(value)) ?? [];
}

/** The document describes the bare list, which really comes in an envelope; Swagger 2 has no word for null. */
function itemsInEnvelope(body: Json): readonly Json[] {
  return [withoutNulls(isObject(body) ? (body["$items"] ?? body) : body)];
}

/**
 * The document calls an answer what is one record of it; one with an id alone is no record. Swagger 2 has no word for
 * null, which stands in every field that nobody has filled in.
 */
function itemsOf(body: Json): readonly Json[] {
  if (!isObject(body) || "itemId" in body) return [];
  const { items, item } = body;
  return (Array.isArray(items) ? items : [item ?? body]).map(withoutNulls);
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const filled = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(filled.map(([name, one]) => [name, withoutNulls(one)]));
}
