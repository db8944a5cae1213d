import type { Capabilities } from "../../engine/connector/sandbox/capabilities.ts";

const NO_REFRESH = "client credentials are exchanged anew: there is no refresh token";
const NO_CREATE = "nothing is created here; only ids of other systems are written";

export const capabilities: Capabilities = {
  lacks: {
    rotated_token_kept: NO_REFRESH,
    rotated_token_lost: NO_REFRESH,
    record_removed:
      "pages are numbered: what is passed over when a record goes is read by the next full compare",
    voided_at_source: "no documents are read",
    same_key: NO_CREATE,
    same_natural_key: NO_CREATE,
    lost_create: NO_CREATE,
    length_limits: NO_CREATE,
    stale_version: "the vendor has no version token",
    mixed_batch:
      "several records may go in one array, but whether they fail alone is not known: each goes by itself",
    daily_quota: "the vendor names no quota by the day",
  },
  unverified: {
    bad_credentials: "invalid_client is the form of the standard; the vendor shows none",
    empty_page: "the key of the list of clients is of low confidence",
    future_cursor: "that lastupdatefromdate takes a time is known from clients; the swagger says boolean",
    changed_while_paging: "the time zone of alastupdate is assumed to be UTC",
    deleted_at_source: "that an id that is gone answers 404 is assumed; 200 and {} reads alike",
    wait_in_seconds: "no Retry-After was seen; where one comes it is obeyed",
    wait_until_date: "no Retry-After was seen; where one comes it is obeyed",
    external_id: "the form in which a custom field is written is known from clients only",
  },
};
