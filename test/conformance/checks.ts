import type { Capability } from "../../engine/connector/sandbox/capabilities.ts";
import * as access from "./access.ts";
import type { Bench } from "./bench.ts";
import * as reading from "./reading.ts";
import * as writing from "./writing.ts";

/** The suite: what is done to find out whether a connector has a capability. */
export const CHECKS: { readonly [name in Capability]: (bench: Bench) => Promise<void> } = {
  bad_credentials: access.badCredentials,
  token_refresh: access.tokenRefresh,
  rotated_token_kept: access.rotatedTokenKept,
  rotated_token_lost: access.rotatedTokenLost,
  empty_page: reading.emptyPage,
  record_removed: reading.recordRemoved,
  record_added: reading.recordAdded,
  same_page_twice: reading.samePageTwice,
  future_cursor: reading.futureCursor,
  changed_while_paging: reading.changedWhilePaging,
  deleted_at_source: reading.deletedAtSource,
  voided_at_source: reading.voidedAtSource,
  wait_in_seconds: access.waitInSeconds,
  wait_until_date: access.waitUntilDate,
  server_error: access.serverError,
  cut_body: access.cutBody,
  html: access.html,
  same_key: writing.sameKey,
  same_natural_key: writing.sameNaturalKey,
  stale_version: writing.staleVersion,
  external_id: writing.externalId,
  lost_create: writing.lostCreate,
  mixed_batch: writing.mixedBatch,
  unicode: writing.unicode,
  length_limits: writing.lengthLimits,
  daily_quota: access.dailyQuota,
};
