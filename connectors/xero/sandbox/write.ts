import { createHash } from "node:crypto";
import type {
  Row,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { type Books, draftOf, rowsOf } from "./books.ts";
import { Refusal } from "./refusal.ts";
import { answer, exception, validation } from "./reply.ts";

/** What every write has in common: one element or a list, all or each for itself, and the idempotency key. */

const KEY_MAX = 128;
// "Some minutes", say the documents; six is this server's reading.
const KEY_LIFE_MS = 6 * 60_000;

/** Stores one element; a Refusal stores nothing. */
export type Store = (element: Row, books: Books) => Row | Refusal;

/** Runs a write once per idempotency key: the same request again gets the first good answer. */
export function once(
  request: SandboxRequest,
  context: SandboxContext,
  work: () => SandboxReply,
): SandboxReply {
  const key = request.headers["idempotency-key"];
  if (typeof key !== "string" || !context.rule("idempotency")) return work();
  if (key.length > KEY_MAX) return keyRefused("Idempotency-Key is longer than 128 characters", context);
  const print = createHash("sha256")
    .update(`${request.method} ${request.path} ${request.body}`)
    .digest("hex");
  const known = context.ledger.get("idempotency", key);
  if (known !== undefined && context.now() - Number(known["at"]) < KEY_LIFE_MS) {
    if (known["print"] !== print) return keyRefused("Idempotency-Key was used for another request", context);
    return { status: 200, body: known["body"] ?? null };
  }
  const reply = work();
  if (reply.status === 200) {
    context.ledger.put("idempotency", key, { key, print, at: context.now(), body: reply.body ?? null });
  }
  return reply;
}

/** Stores the elements of a request's body: `{"Invoices": [...]}` or one element alone. */
export function storeAll(
  resource: string,
  request: SandboxRequest,
  context: SandboxContext,
  store: Store,
): SandboxReply {
  const elements = elementsOf(resource, request.body);
  if (elements === undefined || elements.length === 0) {
    return exception(14, "PostDataInvalidException", "The data posted is not JSON of this resource", context);
  }
  const isEach = request.query.get("summarizeErrors") === "false";
  return isEach
    ? storeEach(resource, elements, context, store)
    : storeWhole(resource, elements, context, store);
}

function storeEach(
  resource: string,
  elements: readonly Row[],
  context: SandboxContext,
  store: Store,
): SandboxReply {
  const results = elements.map((element) => {
    const draft = draftOf(context);
    const stored = store(element, draft.books);
    if (stored instanceof Refusal)
      return { ...refused(resource, element, stored), StatusAttributeString: "ERROR" };
    draft.commit();
    return { ...stored, StatusAttributeString: "OK" };
  });
  return answer(resource, results, context);
}

function storeWhole(
  resource: string,
  elements: readonly Row[],
  context: SandboxContext,
  store: Store,
): SandboxReply {
  const draft = draftOf(context);
  const results = elements.map((element) => ({ element, stored: store(element, draft.books) }));
  const errors = results.flatMap(({ element, stored }) =>
    stored instanceof Refusal ? [refused(resource, element, stored)] : [],
  );
  if (errors.length > 0) return validation(errors, context);
  draft.commit();
  return answer(
    resource,
    results.flatMap(({ stored }) => (stored instanceof Refusal ? [] : [stored])),
    context,
  );
}

// Which mark an element has is by the vendor's schemas: Contact and Payment know no HasErrors.
const OTHER_MARK = new Set(["Contacts", "Payments", "BatchPayments"]);

function refused(resource: string, element: Row, { messages }: Refusal): Row {
  const ValidationErrors = messages.map((Message) => ({ Message }));
  // An element of an answer knows documents by their ids, and of an allocation nothing.
  if (resource === "Allocations") return { ValidationErrors };
  const mark = OTHER_MARK.has(resource) ? "HasValidationErrors" : "HasErrors";
  return { ...element, [mark]: true, ValidationErrors };
}

function elementsOf(resource: string, text: string): Row[] | undefined {
  let body: Json;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (Array.isArray(body)) return rowsOf(body);
  if (!isObject(body)) return undefined;
  return body[resource] === undefined ? [{ ...body }] : rowsOf(body[resource]);
}

function keyRefused(message: string, context: SandboxContext): SandboxReply {
  return exception(10, "ValidationException", message, context);
}
