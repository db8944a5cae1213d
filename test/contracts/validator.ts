import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import type { Json } from "../../engine/core/json.ts";

/** Problems of a value by a schema over shared definitions, as "where what". */
export type Validate = (schema: Json, value: Json) => readonly string[];

export function createValidator(definitions: { readonly [name: string]: Json }): Validate {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  // ajv-formats is CommonJS: its function is the module itself, and the default of its types.
  (formats as unknown as (ajv: Ajv) => void)(ajv);
  ajv.addSchema({ $id: "spec", definitions });
  const compiled = new Map<string, ValidateFunction>();
  return (schema, value) => {
    const key = JSON.stringify(schema);
    const validate = compiled.get(key) ?? ajv.compile(absolute(schema));
    compiled.set(key, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, keyword, message, params }) => {
      const extra = keyword === "additionalProperties" ? ` ${params["additionalProperty"]}` : "";
      return `${instancePath.replace(/\/\d+/g, "/*") || "/"} ${message}${extra}`;
    });
  };
}

function absolute(schema: Json): { [key: string]: Json } {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/definitions/', '"spec#/definitions/'));
}
