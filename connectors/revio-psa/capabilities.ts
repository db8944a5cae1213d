import type { Capabilities } from "../../engine/connector/sandbox/capabilities.ts";

const NO_REFRESH = "a key is exchanged anew: there is no refresh token";
const NO_CREATE = "nothing is created here; only ids of other systems are written";
const NAMES = "the vendor's endpoint reference is not public: names of fields are assumed";

export const capabilities: Capabilities = {
  lacks: {
    rotated_token_kept: NO_REFRESH,
    rotated_token_lost: NO_REFRESH,
    record_removed:
      "pages are numbered, without a total: what is passed over when a record goes is read by the next run, which reads all",
    voided_at_source: "no documents are read",
    same_key: NO_CREATE,
    same_natural_key: NO_CREATE,
    lost_create: NO_CREATE,
    length_limits: NO_CREATE,
    stale_version: "the vendor shows no version token",
    mixed_batch: "the vendor shows no batches",
    daily_quota: "none is known for this API",
  },
  unverified: {
    bad_credentials: "the answer to a wrong key is documented as a 4xx and no more",
    token_refresh: "the life of a token is not said; its own exp is obeyed",
    empty_page: "that a page behind the last one is empty is known of the list of tickets",
    same_page_twice: "paging of customers is assumed to be that of tickets",
    changed_while_paging: NAMES,
    deleted_at_source: "a client of the vendor takes 404 for an id that is gone",
    wait_in_seconds: "that a 429 carries Retry-After is assumed",
    wait_until_date: "that a 429 carries Retry-After is assumed",
    external_id: "that a customer can be changed by PATCH is assumed, and off unless client.yaml allows it",
    unicode: NAMES,
  },
};
