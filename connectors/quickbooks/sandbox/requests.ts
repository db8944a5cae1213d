import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject } from "../../../engine/core/json.ts";
import type { Books } from "./books.ts";
import { Refusal } from "./refusal.ts";

/**
 * requestid: a repeat gets the original reply and writes nothing. Kept in the ledger without an end, since how long the
 * vendor keeps them is unverified. A refusal wrote nothing and is not kept: the same id may then be tried again.
 */
const REPLIES = "requestid";

/** The kept reply of a request id, or the write's own, which is then kept. */
export function once(requestId: string | undefined, write: () => Row | Refusal, books: Books): Row | Refusal {
  if (requestId === undefined || !books.rule("requestid")) return write();
  const kept = books.ledger.get(REPLIES, requestId)?.["reply"];
  if (isObject(kept)) return { ...kept };
  const result = write();
  if (!(result instanceof Refusal)) books.ledger.put(REPLIES, requestId, { reply: result });
  return result;
}

/** Refuses a request id over its length; the code is of low confidence. */
export function checkRequestId(requestId: string | undefined, max: number): Refusal | undefined {
  if (requestId === undefined || requestId.length <= max) return undefined;
  const detail = `requestid must have ${max} characters at most. Supplied length:${requestId.length}`;
  return new Refusal(
    "2050",
    "String length is either shorter or longer than supported by specification",
    detail,
  );
}
