import type { Capabilities } from "../../engine/connector/sandbox/capabilities.ts";

export const capabilities: Capabilities = {
  lacks: {
    record_removed:
      "nothing of the vendor's is ever removed: only its status changes, and it stays in its list",
    record_added:
      "ids are random, so a new record can push the last one of a page onto the next: it comes twice, and once unchanged",
    stale_version: "the vendor has no version token",
    length_limits:
      "texts are cut to the documented lengths before they are sent; the sandbox knows no lengths",
  },
  unverified: {
    same_key: "how long an Idempotency-Key is remembered is of low confidence",
    same_natural_key: "the sentence of a refused duplicate is of medium confidence",
    future_cursor: "If-Modified-Since counts whole seconds",
    wait_until_date: "the vendor's 429 shows seconds",
  },
};
