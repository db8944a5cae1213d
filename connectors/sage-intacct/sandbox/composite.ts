import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { Refusal } from "./errors.ts";

/** One request of a composite, after its references were put in. */
export interface SubRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Json;
  readonly headers: { readonly [name: string]: Json };
}

/**
 * POST /services/core/composite: requests one after the other, each with its own status; a later one may name what an
 * earlier one made as @{reference.key}. That the rest goes on after a failure is assumed.
 */
export function runComposite(
  requests: readonly Json[],
  send: (request: SubRequest) => { readonly status: number; readonly body: Json },
): { readonly status: number; readonly body: Json } {
  const made = new Map<string, Row>();
  const results = requests.map((request): Row => {
    if (!isObject(request)) throw new Refusal("payload", "A composite is a list of requests");
    const text = JSON.stringify({ path: request["path"] ?? "", body: request["body"] ?? null });
    const filled = JSON.parse(
      text.replace(/@\{(\w+)\.(\w+)\}/g, (whole, reference: string, field: string) => {
        const value = made.get(reference)?.[field];
        return typeof value === "string" ? value : whole;
      }),
    ) as { readonly path: string; readonly body: Json };
    const { headers } = request;
    const reply = send({
      method: String(request["method"]),
      ...filled,
      headers: isObject(headers) ? headers : {},
    });
    const body: Row = isObject(reply.body) ? { ...reply.body } : {};
    const result = body["ia::result"];
    if (typeof request["resultReference"] === "string" && isObject(result)) {
      made.set(request["resultReference"], { ...result });
    }
    return { ...body, "ia::status": reply.status };
  });
  const failed = results.filter((result) => Number(result["ia::status"]) >= 300).length;
  const meta = { totalCount: results.length, totalSuccess: results.length - failed, totalError: failed };
  return { status: failed === 0 ? 200 : 207, body: { "ia::result": results, "ia::meta": meta } };
}
