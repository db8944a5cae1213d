import assert from "node:assert/strict";
import { test } from "node:test";
import { calendarOf } from "../../engine/core/clock.ts";
import type { CanonicalRecord } from "../../engine/core/json.ts";
import type { ClaimRow, SyncRow } from "../../engine/state/types.ts";
import { type Charging, reverseItems, sortItems } from "../../engine/sync/charges.ts";
import { pipelineOf, systemRecord } from "../support/stages.ts";

/** What is still to be charged for items that were charged and credited before. */

const pipeline = pipelineOf({
  source: { system: "psa", entity: "billable_item" },
  target: { entity: "billable_item" },
});

const WORK = { customer_id: "C1", currency: "USD", description: "Work", amount: 10_000, status: "ready" };

type Made = readonly CanonicalRecord[];

/** A state in which these charges were made for the item. */
function stateOf(charges: Made) {
  const made = charges.map((record, index): ClaimRow => {
    const item = index === 0 ? "time:1" : `time:1~${index + 1}`;
    const key = { customer_id: "C1", contract_id: "", product_code: "", period_from: "", currency: "USD" };
    const own = { kind: "route", item, base: "time:1", pipeline: "test", source_id: item } as const;
    return { ...key, ...own, amount: Number(record["amount"]), record: JSON.stringify(record) };
  });
  const text = { target_id: "", fingerprint: "", source_hash: "", fields: null, synced_at: "" };
  return {
    claimsOn: (ids: readonly string[]) => new Map(ids.map((id) => [id, [...made]])),
    syncRows: (pipeline: string, ids: readonly string[]) =>
      new Map(ids.map((id): [string, SyncRow] => [id, { pipeline, source_id: id, ...text }])),
  };
}

function chargingOf(charges: Made): Charging {
  return { pipeline, state: stateOf(charges), calendar: calendarOf("America/New_York") };
}

/** What is charged further for an item; undefined: nothing. */
function further(record: CanonicalRecord, charges: Made, updated_at: string | null = null) {
  const source = systemRecord("time:1", record, { updated_at });
  const [one] = sortItems(chargingOf(charges), [source]).charged;
  return one?.kind === "further" ? one.charge.record : undefined;
}

/** The charge, and the credit over it because its item was gone. */
function credited(charge: CanonicalRecord): Made {
  const [one] = reverseItems(chargingOf([charge]), ["time:1"]);
  assert.equal(one?.kind, "further");
  return [charge, one.charge.record];
}

test("charges: what was credited in full and is ready again is charged again", () => {
  assert.equal(further(WORK, credited(WORK))?.["amount"], 10_000);
});

test("charges: what was credited in full and is on the PSA's invoice now is not charged as well", () => {
  assert.equal(further({ ...WORK, status: "billed" }, credited(WORK)), undefined);
});

test("charges: a period that was credited while its line was gone is charged again when it is back", () => {
  const days = { from: "2026-05-01", to: "2026-05-31" };
  const line = { ...WORK, kind: "recurring", period: days, covered: days };
  const after = "2026-06-10T00:00:00Z";
  assert.equal(further({ ...line, amount: 12_000 }, [line], after), undefined);
  // The evening of 31 May in New York.
  assert.equal(further({ ...line, amount: 12_000 }, [line], "2026-06-01T03:00:00Z")?.["amount"], 2_000);
  const again = further(line, credited(line), after);
  assert.equal(again?.["amount"], 10_000);
  assert.equal(further({ ...line, amount: 12_000 }, [...credited(line), again ?? {}], after), undefined);
});
