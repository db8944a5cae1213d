import { checkSchema } from "../../engine/config/schema.ts";
import type { ClientConfig } from "../../engine/config/types.ts";
import type { Json } from "../../engine/core/json.ts";

/** The readiness of a client that says no more than this, with the schema's defaults. */
export function readinessOf(said: { readonly [key: string]: Json } = {}): ClientConfig["readiness"] {
  const client = {
    client: "acme",
    time_zone: "UTC",
    currency: "USD",
    systems: { psa: { connector: "x" } },
    readiness: said,
  };
  const { value } = checkSchema("client", client, new Map());
  return (value as unknown as ClientConfig).readiness;
}
