import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { loadConnector } from "../../engine/config/load-connector.ts";
import { openConnection } from "../../engine/connector/open-connection.ts";
import type { Connection, Outcome, SystemRecord, Write } from "../../engine/connector/types.ts";
import type { Clock } from "../../engine/core/clock.ts";
import { idempotencyKey } from "../../engine/core/ids.ts";
import type { Json } from "../../engine/core/json.ts";

/** A connection through a descriptor of the test's own, with a folder for the system's files. */
export interface OwnSystem {
  readonly folder: string;
  readonly clock: Clock & { at: number };
  /** Another connection, as another run would open it. */
  open(): Connection;
}

/** `yaml` is the descriptor without its name and title; its settings are `folder`. Ends with the test. */
export function ownSystem(t: TestContext, yaml: string): OwnSystem {
  const folder = mkdtempSync(join(tmpdir(), "tripoint-own-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return systemIn(t, folder, yaml);
}

/** As ownSystem, with the files of a folder that is there. */
export function systemIn(t: Pick<TestContext, "after">, folder: string, yaml: string): OwnSystem {
  const path = join(folder, "tiny", "connector.yaml");
  mkdirSync(join(folder, "tiny"), { recursive: true });
  const settings = "settings: { type: object, properties: { folder: { type: string } } }";
  writeFileSync(path, `connector: tiny\ntitle: Tiny Billing\n${settings}\n${yaml}`);
  const { config, problems } = loadConnector(path, folder);
  assert.deepEqual(problems, []);
  assert.ok(config);
  const clock = {
    at: Date.now(),
    now: () => clock.at,
    sleep: async (ms: number) => {
      clock.at += ms;
    },
  };
  return {
    folder,
    clock,
    open: () => {
      const connection = openConnection({
        system: {
          name: "billing",
          connector: config,
          base_url: undefined,
          settings: { folder },
          auth: {},
          allow_unverified: [],
          settle_ms: undefined,
          settle_again_ms: undefined,
        },
        currency: "USD",
        codes: new Map(),
        secret: () => ({ ok: false, reason: "there are none" }),
        tokens: { get: () => undefined, put: () => {} },
        clock,
      });
      t.after(() => connection.close());
      return connection;
    },
  };
}

/** Everything that a list gives. */
export async function listed(
  connection: Connection,
  entity: string,
  since?: string,
): Promise<readonly SystemRecord[]> {
  const records: SystemRecord[] = [];
  for await (const page of connection.list(entity, { since, parents: undefined }))
    records.push(...page.records);
  return records;
}

/** A write with a key of its own: that of the same source record is the same. */
export function writeOf(
  operation: Write["operation"],
  entity: string,
  source_id: string,
  record: { readonly [field: string]: Json },
  id: string | null = null,
): Write {
  const slot = {
    client: "test",
    pipeline: "p",
    system: "billing",
    entity,
    source_id,
    operation,
    generation: 0,
  };
  return {
    operation,
    entity,
    key: idempotencyKey(slot),
    record: { id, ...record },
    fields: Object.keys(record),
    id,
    token: null,
    vendor: null,
  };
}

/** Prepares the writes and sends them all. */
export async function sent(connection: Connection, writes: readonly Write[]): Promise<readonly Outcome[]> {
  const prepared = await connection.prepare(writes);
  const ready = prepared.flatMap((one) => {
    assert.ok(one.ok, one.ok ? "" : one.message);
    return [one];
  });
  const outcomes: Outcome[] = [];
  for (const call of connection.group(ready)) outcomes.push(...(await connection.send(call)));
  return outcomes;
}
