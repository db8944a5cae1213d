import type { Capabilities } from "../../engine/connector/sandbox/capabilities.ts";

const NO_REFRESH = "client credentials are exchanged anew: the refresh token that comes along is not used";

export const capabilities: Capabilities = {
  lacks: {
    rotated_token_kept: NO_REFRESH,
    rotated_token_lost: NO_REFRESH,
    stale_version: "the vendor has no version token",
    external_id: "no field for ids of other systems is written: the customer's id and the number lead back",
    mixed_batch: "composites are not used: whether the rest goes on after a failure is not known",
    length_limits: "no length of a field is documented",
    daily_quota: "transactions are counted by the month; those above it are billed, not refused",
  },
  unverified: {
    token_refresh: "how long a token lives is of low confidence; the reply says it",
    deleted_at_source: "what is deleted leaves no trace in a query",
    wait_in_seconds: "Retry-After is of medium confidence; where there is none a minute is waited",
    wait_until_date: "no Retry-After with a date was seen; where one comes it is obeyed",
    same_key: "Idempotency-Key is known from one client, and how long it is kept is not said",
    same_natural_key: "status and words of a refused duplicate are assumed",
    unicode: "names of the fields of a contact are assumed",
  },
};
