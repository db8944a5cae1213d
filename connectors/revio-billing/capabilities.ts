import type { Capabilities } from "../../engine/connector/sandbox/capabilities.ts";

const NO_TOKENS = "user name and password do not expire";

export const capabilities: Capabilities = {
  lacks: {
    token_refresh: NO_TOKENS,
    rotated_token_kept: NO_TOKENS,
    rotated_token_lost: NO_TOKENS,
    record_removed:
      "pages are numbered, without a total: what is passed over when a record goes is read by the next full compare",
    same_key: "the vendor has no idempotency key: a create is looked up before it is sent again",
    same_natural_key: "no field is known to be unique",
    stale_version: "the vendor has no version token",
    mixed_batch: "the vendor has no batches",
  },
  unverified: {
    voided_at_source: "the status of a bill is an assumed name",
    lost_create: "search by account_number and customer_id is assumed",
    wait_in_seconds: "that a 429 carries Retry-After is assumed",
    wait_until_date: "that a 429 carries Retry-After is assumed",
    future_cursor: "search by updated_date_start is assumed",
    changed_while_paging: "search by updated_date_start is assumed",
    length_limits: "no length of a field is documented",
    daily_quota: "the text of the gateway's 403 is assumed",
  },
};
