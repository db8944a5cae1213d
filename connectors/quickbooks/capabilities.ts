import type { Capabilities } from "../../engine/connector/sandbox/capabilities.ts";

export const capabilities: Capabilities = {
  lacks: {
    external_id: "no field for ids of other systems is written: the number and the name lead back",
    daily_quota: "the vendor has no quota by the day",
  },
  unverified: {
    rotated_token_lost: "no grace is known for a rotated refresh token",
    same_key: "how long a requestid is remembered is not said",
    wait_in_seconds: "the vendor documents no Retry-After; where one comes it is obeyed",
    wait_until_date: "the vendor documents no Retry-After; where one comes it is obeyed",
    length_limits: "100 characters of e-mail addresses rest on a weak source",
  },
};
