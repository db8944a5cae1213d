import type { Capabilities } from "../../engine/connector/sandbox/capabilities.ts";

const NO_TOKENS = "user name and password do not expire";
const NO_CREATE = "nothing is created here; only ids of other systems are written";

export const capabilities: Capabilities = {
  lacks: {
    token_refresh: NO_TOKENS,
    rotated_token_kept: NO_TOKENS,
    rotated_token_lost: NO_TOKENS,
    voided_at_source:
      "only its own invoices are read, which the suite leaves to the tests of consolidated invoicing",
    same_key: NO_CREATE,
    same_natural_key: NO_CREATE,
    lost_create: NO_CREATE,
    length_limits: NO_CREATE,
    stale_version: "the vendor has no version token",
    mixed_batch: "the vendor has no batches",
    daily_quota: "the vendor counts by the hour; over its threshold calls wait, as after any 429",
  },
  unverified: {
    changed_while_paging: "that plain edits move lastTrackedModifiedDateTime is of medium confidence",
    deleted_at_source: "that a company is deleted in the product alone is assumed",
    wait_in_seconds: "whether a 429 carries Retry-After differs between tenants",
    wait_until_date: "a Retry-After that was seen had seconds",
    server_error: "by which words trouble is told from a refusal is of low confidence",
  },
};
