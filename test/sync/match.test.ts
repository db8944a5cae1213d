import assert from "node:assert/strict";
import { test } from "node:test";
import type { IdentityConfig } from "../../engine/config/types.ts";
import type { SystemRecord } from "../../engine/connector/types.ts";
import type { IssueRow, LinkRow } from "../../engine/state/types.ts";
import type { Match } from "../../engine/sync/match.ts";
import { createMatcher } from "../../engine/sync/matcher.ts";
import type { Resolved } from "../../engine/sync/stages.ts";
import {
  clientOf,
  issueOf,
  linkRows,
  listing,
  lookups,
  pipelineOf,
  resolvedOf,
  systemRecord,
} from "../support/stages.ts";

/** Which record of the target an unlinked one is: one hit links, several hold, nothing is guessed. */

const identity: IdentityConfig = {
  strategy: "both",
  external_ids: { billing: { field: "raw.PsaId", holds: "psa", write_back: true } },
  match: ["external_id", "tax_id", ["name_normalized", "postal_code"]],
  on_none: "create",
};
const reverse: IdentityConfig = {
  ...identity,
  external_ids: { psa: { field: "raw.BillingId", holds: "billing", write_back: true } },
};

const company = (name: string, postal_code: string | null, tax_id: string | null = null) => ({
  name,
  tax_id,
  billing_address: postal_code === null ? null : { postal_code },
});

const TARGETS: readonly SystemRecord[] = [
  systemRecord("5", company("Acme Widgets, LLC", "33602-1234", "11-1"), { raw: { PsaId: "1" } }),
  systemRecord("6", company("Acme Widgets", "33602", "22-2"), { raw: { PsaId: "" } }),
  systemRecord("7", company("Harbor Dental", "33605"), { raw: {} }),
  systemRecord("8", company("Gone Inc", "33605"), { deleted: true }),
  systemRecord("9", company("Twin One", "10001", "33-3")),
  systemRecord("10", company("Twin Two", "10002", "33-3")),
];

async function match(
  page: readonly Resolved[],
  own: {
    readonly identity?: IdentityConfig;
    readonly links?: readonly LinkRow[];
    readonly issues?: readonly IssueRow[];
  } = {},
): Promise<readonly Match[]> {
  const config = clientOf({ identity: { customer: own.identity ?? identity } });
  const state = lookups(own.links ?? [], own.issues ?? []);
  return createMatcher(config, pipelineOf(), listing(TARGETS), state, true).match(page);
}

const said = (matches: readonly Match[]) =>
  matches.map((one) =>
    one.kind === "one" ? `${one.id} by ${one.by}` : one.kind === "several" ? one.ids.join(" or ") : "none",
  );

for (const { name, id, record, raw, by, want } of [
  {
    name: "the target's field holds the source's id",
    id: "1",
    record: company("Other name", "1"),
    want: "5 by external_id",
  },
  {
    name: "the source's field holds the target's id",
    id: "77",
    record: company("Other name", "1"),
    raw: { BillingId: "7" },
    by: reverse,
    want: "7 by external_id",
  },
  { name: "a tax id", id: "77", record: company("Other", "1", "22-2"), want: "6 by tax_id" },
  {
    name: "a name and five digits, whatever the spelling",
    id: "77",
    record: company("HARBOR  dental inc.", "33605-0001"),
    want: "7 by name_normalized + postal_code",
  },
  {
    name: "two with the same name and place",
    id: "77",
    record: company("ACME WIDGETS", "33602"),
    want: "5 or 6",
  },
  { name: "a tax id that two have", id: "77", record: company("Twin One", "10001", "33-3"), want: "9 or 10" },
  { name: "a name in another place", id: "77", record: company("Harbor Dental", "33610"), want: "none" },
  { name: "a name without a place", id: "77", record: company("Harbor Dental", null), want: "none" },
  { name: "a record that was deleted there", id: "77", record: company("Gone Inc", "33605"), want: "none" },
  { name: "an empty field is no id", id: "", record: company("Nobody", "1"), want: "none" },
] as const) {
  test(`match: ${name} → ${want}`, async () => {
    const page = [resolvedOf(id, record, raw ?? null)];
    assert.deepEqual(said(await match(page, { identity: by ?? identity })), [want]);
  });
}

test("match: a record that is linked already is nobody else's, and the next one is found", async () => {
  const links = linkRows("customer", ["psa:2", "billing:5"]);
  const page = [resolvedOf("77", company("Acme Widgets", "33602"))];
  assert.deepEqual(said(await match(page, { links })), ["6 by name_normalized + postal_code"]);
});

test("match: a record that only another system is linked to is free", async () => {
  const links = linkRows("customer", ["accounting:2", "billing:7"]);
  const page = [resolvedOf("77", company("Harbor Dental", "33605"))];
  assert.deepEqual(said(await match(page, { links })), ["7 by name_normalized + postal_code"]);
});

test("match: two records of a page that claim one target get it neither", async () => {
  const page = [
    resolvedOf("77", company("Harbor Dental", "33605")),
    resolvedOf("78", company("Harbor Dental", "33605")),
  ];
  assert.deepEqual(said(await match(page)), ["7", "7"]);
});

test("match: a claim of an earlier run's held record still stands against a record that comes alone", async () => {
  const issues = [issueOf("78", "match_ambiguous", { detail: JSON.stringify({ ids: ["7"] }) })];
  const page = [resolvedOf("77", company("Harbor Dental", "33605"))];
  assert.deepEqual(said(await match(page, { issues })), ["7"]);
});

test("match: a record's own earlier hold stands not in its way", async () => {
  const issues = [issueOf("77", "match_ambiguous", { detail: JSON.stringify({ ids: ["7"] }) })];
  const page = [resolvedOf("77", company("Harbor Dental", "33605"))];
  assert.deepEqual(said(await match(page, { issues })), ["7 by name_normalized + postal_code"]);
});

test("match: a record that could be several claims none of them", async () => {
  const issues = [issueOf("78", "match_ambiguous", { detail: JSON.stringify({ ids: ["5", "6"] }) })];
  const page = [resolvedOf("1", company("Acme Widgets", "33602"))];
  assert.deepEqual(said(await match(page, { issues })), ["5 by external_id"]);
});

test("match: pages of one run claim against each other", async () => {
  const config = clientOf({ identity: { customer: identity } });
  const matcher = createMatcher(config, pipelineOf(), listing(TARGETS), lookups([]), true);
  const harbor = (id: string) => [resolvedOf(id, company("Harbor Dental", "33605"))];
  assert.deepEqual(said(await matcher.match(harbor("77"))), ["7 by name_normalized + postal_code"]);
  assert.deepEqual(said(await matcher.match(harbor("78"))), ["7"]);
});

test("match: without keys of the client's, master data is matched by the natural keys of its entity", async () => {
  const pipeline = pipelineOf({ source: { entity: "contact" }, target: { entity: "contact" } });
  const dana = { customer_id: "5", name: "Dana Fox", email: "dana@acme.example" };
  const matcher = createMatcher(
    clientOf({}),
    pipeline,
    listing([systemRecord("50", dana)]),
    lookups([]),
    false,
  );
  assert.deepEqual(
    said(await matcher.match([resolvedOf("1", dana)])).map((one) => one.slice(0, 2)),
    ["50"],
  );
  assert.deepEqual(said(await matcher.match([resolvedOf("2", { ...dana, customer_id: "6" })])), ["none"]);
});

test("match: while records of the target cannot be read, nothing is taken to be missing there", async () => {
  const config = clientOf({ identity: { customer: identity } });
  const broken = systemRecord("66", {}, { unreadable: "customer: name must not be null" });
  const targets = [...TARGETS, broken];
  const unknown = [resolvedOf("77", company("Sunshine Bakery", "33610"))];
  const harbor = [resolvedOf("78", company("Harbor Dental", "33605"))];
  const matcher = createMatcher(config, pipelineOf(), listing(targets), lookups([]), true);
  assert.deepEqual(await matcher.match(unknown), [{ kind: "unsure", unreadable: ["66"] }]);
  assert.deepEqual(said(await matcher.match(harbor)), ["7 by name_normalized + postal_code"]);
  const links = linkRows("customer", ["psa:4", "billing:66"]);
  const linked = createMatcher(config, pipelineOf(), listing(targets), lookups(links, []), true);
  assert.deepEqual(await linked.match(unknown), [{ kind: "none" }]);
});
