import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { type Books, rowsOf, textOf } from "./books.ts";
import { recordReceipts, storedNumbers } from "./clerk.ts";
import { findEntity } from "./entities.ts";
import { faultOf, missing, Refusal, unknownProperty, unsupported } from "./refusal.ts";
import { checkRequestId, once } from "./requests.ts";
import { runQuery } from "./select.ts";
import { applyWrite } from "./write.ts";

/** POST /batch: independent items, each with its own result or Fault in one 200. */

const MAX_ITEMS = 30;
const REQUEST_ID_MAX = 36;
const ITEM_ID_MAX = 10;
const ITEM_KEYS = new Set(["bId", "operation", "optionsData", "Query"]);

/** Runs all items of a batch; a Refusal only for the envelope. */
export function runBatch(body: Row, requestId: string | undefined, books: Books): Row | Refusal {
  const items = rowsOf(body["BatchItemRequest"]);
  if (items.length === 0) return missing("BatchItemRequest");
  const refusal = checkRequestId(requestId, REQUEST_ID_MAX) ?? checkItems(items, requestId, books);
  if (refusal !== undefined) return refusal;
  const replies = items.map((item) => ({ bId: textOf(item["bId"]), ...runItem(item, requestId, books) }));
  recordReceipts(replies.flatMap(storedNumbers), books);
  // The vendor promises no order; a client must go by bId.
  return { BatchItemResponse: books.rule("batch_unordered") ? replies.reverse() : replies };
}

/** True when a batch holds anything but queries. */
export function writesAnything(body: Json): boolean {
  return isObject(body) && rowsOf(body["BatchItemRequest"]).some((item) => item["Query"] === undefined);
}

function checkItems(items: readonly Row[], requestId: string | undefined, books: Books): Refusal | undefined {
  if (items.length > MAX_ITEMS && books.rule("batch_size")) {
    const detail = `Batch size exceeds allowed limit of ${MAX_ITEMS}. Supplied size:${items.length}`;
    return new Refusal("1040", "Batch size exceeds allowed limit", detail);
  }
  const ids = items.map((item) => textOf(item["bId"]));
  if (ids.includes("")) return missing("bId");
  // Two items of one bId: that the vendor refuses the batch is of low confidence.
  if (new Set(ids).size < ids.length) return unknownProperty("bId");
  return requestId === undefined ? undefined : ids.map((id) => checkRequestId(id, ITEM_ID_MAX)).find(Boolean);
}

function runItem(item: Row, requestId: string | undefined, books: Books): Row {
  if (typeof item["Query"] === "string") {
    const found = runQuery(item["Query"], books);
    return found instanceof Refusal ? { Fault: faultOf(found) } : { QueryResponse: found };
  }
  const key = requestId === undefined ? undefined : `${requestId}:${textOf(item["bId"])}`;
  const result = once(key, () => writeItem(item, books), books);
  return result instanceof Refusal ? { Fault: faultOf(result) } : result;
}

function writeItem(item: Row, books: Books): Row | Refusal {
  const name = Object.keys(item).find((key) => !ITEM_KEYS.has(key));
  const entity = name === undefined ? undefined : findEntity(name);
  const body = name === undefined ? undefined : item[name];
  if (name === undefined || entity === undefined || !isObject(body))
    return unknownProperty(name ?? "IntuitObject");
  const options = optionsOf(item["optionsData"]);
  const operation = textOf(item["operation"]);
  if (!["create", "update", "delete"].includes(operation)) return unsupported(operation || "none");
  const hasId = textOf(body["Id"]) !== "";
  if (operation === "create" && hasId) return unknownProperty("Id");
  if (operation === "update" && !hasId && entity.kind !== "setting") return missing("Id");
  const isVoid = operation === "update" && options.includes("void");
  return applyWrite(
    {
      entity,
      operation: isVoid ? "void" : operation === "delete" ? "delete" : "save",
      body: { ...body },
      allowDuplicateNumber: options.includes("allowduplicatedocnum"),
    },
    books,
  );
}

// Text in the documentation, a list in what the vendor's own SDK sends.
function optionsOf(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return textOf(value).split(",");
}
