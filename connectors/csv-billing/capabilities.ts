import type { Capabilities } from "../../engine/connector/sandbox/capabilities.ts";

const NO_LOGIN = "there are no credentials: the rights of the folder say who may read it";
const NO_SERVER = "a folder answers no requests: nothing is limited, and nothing is down for a while";
const LATER = "the importer refuses a line later, in imports.error: nobody is told when it is written";

export const capabilities: Capabilities = {
  lacks: {
    bad_credentials: NO_LOGIN,
    token_refresh: NO_LOGIN,
    rotated_token_kept: NO_LOGIN,
    rotated_token_lost: NO_LOGIN,
    record_removed:
      "exports hold rows that changed and have no word for one that is gone: it is made inactive",
    same_page_twice: "pages are pieces of a file: no position is asked for",
    wait_in_seconds: NO_SERVER,
    wait_until_date: NO_SERVER,
    server_error: NO_SERVER,
    daily_quota: NO_SERVER,
    same_natural_key: LATER,
    mixed_batch: LATER,
    stale_version: "rows have no version token",
    length_limits: "no column has a length",
  },
  unverified: {},
};
