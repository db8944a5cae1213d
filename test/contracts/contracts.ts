import { type Contract, together } from "./contract.ts";
import { openapiContract } from "./openapi.ts";
import { quickbooksContract } from "./quickbooks.ts";
import { readSpec } from "./specs.ts";

// Named schemas of refusals that a document has and links to no operation.
const ERRORS: { readonly [connector: string]: string } = { connectwise: "ErrorResponseMessage" };

/** The contract of a connector's vendor; undefined when the vendor publishes no spec. */
export function contractOf(connector: string, basePath: string): Contract | undefined {
  const document = readSpec(`${connector}.openapi.json`);
  const errors = ERRORS[connector];
  const operations =
    document === undefined
      ? undefined
      : openapiContract(document, { basePath, ...(errors === undefined ? {} : { errors }) });
  const lists = readSpec(`${connector}.xsd-types.json`);
  if (lists === undefined) return operations;
  const types = quickbooksContract(lists);
  return operations === undefined ? types : together(operations, types);
}
