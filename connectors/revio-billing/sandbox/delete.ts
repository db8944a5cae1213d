import type { Row, SandboxReply } from "../../../engine/connector/sandbox/types.ts";
import { type Books, midnight, textOf, timestamp } from "./books.ts";
import { validation } from "./replies.ts";

/** What deleting means: most rows go, a service product ends at a date, a customer with money on it stays. */

// That a customer with any of these cannot go is not documented; losing its bills would be worse than refusing.
const KEEPS_CUSTOMER = ["bills", "charges", "payments", "services"] as const;

/** Deletes a row, or says why not. `body` is what the request carried; one client sends one for service products. */
export function removal(
  collection: string,
  id: string,
  row: Row,
  body: Row | undefined,
  books: Books,
): SandboxReply | undefined {
  if (collection === "service_products") return endServiceProduct(row, body, books);
  if (collection === "customers") {
    const held = KEEPS_CUSTOMER.find((other) =>
      books.ledger.all(other).some((item) => item["customer_id"] === row["customer_id"]),
    );
    if (held !== undefined) return validation([`The customer has ${held} and cannot be deleted.`]);
  }
  books.ledger.remove(collection, id);
  return undefined;
}

/** Seen in one client: {service_product_id, effective_date, generate_proration}; so the row ends rather than goes. */
function endServiceProduct(row: Row, body: Row | undefined, books: Books): SandboxReply | undefined {
  const named = body?.["service_product_id"] ?? row["service_product_id"];
  if (named !== row["service_product_id"])
    return validation(["The service_product_id field names another one."]);
  const today = midnight(timestamp(books.now()).slice(0, 10));
  const canceled_date = textOf(body?.["effective_date"]) || today;
  const ended = { ...row, status: "DISCONNECTED", status_date: today, canceled_date };
  books.ledger.put("service_products", String(row["service_product_id"]), ended);
  return undefined;
}
