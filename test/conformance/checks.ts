import type { Capability } from "../../engine/connector/sandbox/capabilities.ts";
import * as access from "./access.ts";
import type { Bench } from "./bench.ts";
import * as files from "./files.ts";
import * as reading from "./reading.ts";
import * as writing from "./writing.ts";

/** What is done to find out whether a connector has a capability. */
const CHECKS: { readonly [name in Capability]: (bench: Bench) => Promise<void> } = {
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

/** What a server does on the wire, a system of files does on the disk. */
const FILE_CHECKS: { readonly [name in Capability]?: (bench: Bench) => Promise<void> } = {
  empty_page: files.emptyExport,
  cut_body: files.tornLine,
  html: files.garbled,
  lost_create: files.lostCreate,
};

/** Finds out whether the bench's connector has the capability; rejects when it has not. */
export function check(name: Capability, bench: Bench): Promise<void> {
  const own = bench.facts.files === undefined ? undefined : FILE_CHECKS[name];
  return (own ?? CHECKS[name])(bench);
}
