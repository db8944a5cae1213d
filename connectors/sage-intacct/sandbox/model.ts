import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import { typeOf } from "./objects.ts";
import type { Fields, Shape } from "./shapes.ts";

/** GET /services/core/model?name=: what an object holds (the shape of a field's entry is assumed). */
export function describe(name: string): Row {
  const type = typeOf(name);
  return {
    apiObject: name,
    type: "rootObject",
    idempotenceSupported: type.writable,
    httpMethods: type.writable ? "GET,POST,PATCH,DELETE" : "GET",
    fields: described(type.fields),
  };
}

function described(fields: Fields): Json {
  return Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, entry(shape)]));
}

function entry(shape: Shape): Json {
  if (shape.kind === "computed") return { ...(entry(shape.shape) as Row), readOnly: true };
  if (shape.kind === "group" || shape.kind === "list")
    return { type: shape.kind, fields: described(shape.fields) };
  if (shape.kind === "choice") return { type: "string", enum: [...shape.values] };
  return {
    type: shape.kind === "ref" ? "object" : shape.kind,
    ...(shape.kind === "ref" ? { ref: shape.to ?? null } : {}),
  };
}
