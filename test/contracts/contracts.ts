import { isObject, type Json } from "../../engine/core/json.ts";
import { type Contract, together } from "./contract.ts";
import { type OpenapiOptions, openapiContract } from "./openapi.ts";
import { quickbooksContract } from "./quickbooks.ts";
import { readSpec } from "./specs.ts";

// What of a document deserves a word of its own.
const OPTIONS: { readonly [connector: string]: Omit<OpenapiOptions, "basePath"> } = {
  connectwise: { errors: "ErrorResponseMessage" },
  halopsa: { records: recordsInEnvelope },
  // A third party wrote the document; the types are in the vendor's own XSD.
  quickbooks: { withoutBodies: true },
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
