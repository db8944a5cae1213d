import type { Capabilities } from "../../engine/connector/sandbox/capabilities.ts";

const NO_TOKENS = "keys do not expire";
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
    daily_quota: "the vendor names no quota by the day",
  },
  unverified: {
    deleted_at_source: "deleted companies are assumed to be listed with deletedFlag",
    external_id: "the form of a PATCH of custom fields is of low confidence",
    record_removed: "pages by pageId are known from one client, not from the vendor's pages",
    wait_until_date: "the vendor's 429 shows seconds",
  },
};
