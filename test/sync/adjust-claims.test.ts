import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Connection, PreparedWrite } from "../../engine/connector/types.ts";
import { initState, openState } from "../../engine/state/store.ts";
import type { ClaimRow } from "../../engine/state/types.ts";
import { carryOut } from "../../engine/sync/protocol.ts";

test("adjust: what an adjustment bills anew is claimed with its promise, though nobody knows whether it was stored", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "tripoint-claims-"));
  const clock = { now: Date.now, sleep: () => Promise.resolve() };
  await initState({ folder });
  const state = await openState({ folder, clock });
  t.after(() => {
    state.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const ready = (writes: readonly { key: string }[]): PreparedWrite[] =>
    writes.map((write) => ({ ok: true, write, request: { headers: {} }, item: undefined }) as never);
  const connection = {
    system: "accounting",
    concurrency: 1,
    can: () => false,
    prepare: async (writes: readonly { key: string }[]) => ready(writes),
    group: (writes: readonly PreparedWrite[]) => [{ writes, batch: "" }],
    send: async () => [{ kind: "unknown", message: "cut" }],
  } as unknown as Connection;
  const claim: ClaimRow = {
    kind: "invoice",
    item: "time:9",
    base: "time:9",
    pipeline: "invoices",
    source_id: "9002",
    customer_id: "C1",
    contract_id: "",
    product_code: "",
    period_from: "",
    currency: "USD",
    amount: 4500,
    record: "",
  };
  const base = { fingerprint: "", source_hash: "", fields: null };
  await carryOut({ client: "test", run: "1", state, connection, clock, signal: undefined }, [
    {
      pipeline: "invoices",
      source_id: "invoice:9002~A1",
      write: {
        operation: "create",
        entity: "invoice",
        record: {},
        fields: [],
        id: null,
        token: null,
        vendor: null,
      },
      promised: {
        record: {},
        fields: [],
        source: { system: "billing", label: "INV-1043" },
        target_label: "INV-1043-A1",
        source_hash: "",
        base,
        links: ["invoice"],
        write_back: [],
        claims: null,
        adjusts: { source_id: "9002", target_id: "1", base, claims: [claim] },
      },
      onRefused: () => undefined,
    },
  ]);
  assert.equal(state.count("intent"), 1);
  assert.deepEqual([...state.rows("claim")], [claim]);
});
