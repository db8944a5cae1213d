import type { Capabilities } from "../../engine/connector/sandbox/capabilities.ts";

export const capabilities: Capabilities = {
  lacks: {
    record_removed:
      "pages are numbered: what is passed over when a record goes is read by the next full compare",
    stale_version: "the vendor has no version token",
    mixed_batch: "the vendor has no batches",
    length_limits:
      "before anything is sent, texts are cut to the documented lengths and an invoice's number that has no room is refused",
    daily_quota: "the vendor names no quota by the day",
  },
  unverified: {
    rotated_token_lost: "no grace is known for a rotated refresh token",
    record_added: "contacts are listed in an order that is not documented: new ones are assumed to come last",
    wait_in_seconds: "no Retry-After is documented; where one comes it is obeyed",
    wait_until_date: "no Retry-After is documented; where one comes it is obeyed",
    same_key: "how long an idempotency_id is remembered is not said",
    same_natural_key: "the sentence about a reference that is taken is assumed",
    lost_create: "that search finds contacts by name and invoices by reference is of low confidence",
  },
};
