/** What every system is asked: name of a capability → what the connector does when its system behaves like that. */
export const CAPABILITIES = {
  bad_credentials: "wrong credentials end the pipeline with a login error that shows no secret",
  token_refresh: "a token that ends between two pages is renewed, and no record is missed",
  rotated_token_kept: "a rotated refresh token is stored before its access token is used",
  rotated_token_lost: "the lost answer to a refresh is asked for again, or ends in a clear login error",
  empty_page: "a list without records is read as none",
  record_removed: "a record that goes away between two pages hides no other",
  record_added: "a record that appears between two pages makes no other come twice",
  same_page_twice: "a page that comes again, as if the position were ignored, ends the reading",
  future_cursor: "a cursor in the far future is no error and gives nothing new",
  changed_while_paging: "a record changed between two pages is read now or by the next cursor",
  deleted_at_source: "a record deleted by a person is seen as deleted",
  voided_at_source: "a document voided by a person is read as voided",
  wait_in_seconds: "Retry-After in seconds is obeyed, and the call sent again",
  wait_until_date: "Retry-After as a date is obeyed, and the call sent again",
  server_error: "a 5xx is read again; a write that met one is not sent again",
  cut_body: "a read cut in its body is repeated; a write whose answer was cut is unknown, and found",
  html: "HTML instead of JSON is an error that says so, and proves nothing about a write",
  same_key: "a create sent twice under one key is one record",
  same_natural_key: "a second record with a natural key that is taken is refused as a duplicate",
  stale_version: "a change of an old version is refused as stale",
  external_id: "the id of another system is written to a record and read back",
  lost_create: "a create whose answer was lost is found again",
  mixed_batch: "of a batch each item has its own outcome",
  unicode: "names of all alphabets come back as they were written",
  length_limits: "a text longer than its field is refused or cut as declared, never stored otherwise",
  daily_quota: "a used-up daily quota ends the pipeline at once, without waiting",
} as const;

export type Capability = keyof typeof CAPABILITIES;

/** What a connector's folder says of its capabilities; one that is not named rests on the vendor's documents. */
export interface Capabilities {
  /** Capability → why there is nothing of it here. */
  readonly lacks: { readonly [name in Capability]?: string };
  /** Capability → what the vendor does not document in public, so that the sandbox assumes it. */
  readonly unverified: { readonly [name in Capability]?: string };
}

/** One capability of one connector. */
export interface CapabilityView {
  readonly capability: string;
  /** What the connector does. */
  readonly does: string;
  readonly basis: "documented" | "unverified" | "none";
  /** What is assumed, or why there is nothing of it; null for what is documented. */
  readonly note: string | null;
}

/** All capabilities of a connector, in the order of the list. */
export function describeCapabilities({ lacks, unverified }: Capabilities): readonly CapabilityView[] {
  // The keys of the list are its type.
  const names = Object.keys(CAPABILITIES) as Capability[];
  return names.map((capability) => {
    const missing = lacks[capability];
    const assumed = unverified[capability];
    const basis = missing !== undefined ? "none" : assumed !== undefined ? "unverified" : "documented";
    return { capability, does: CAPABILITIES[capability], basis, note: missing ?? assumed ?? null };
  });
}
