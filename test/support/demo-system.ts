import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { sandbox as connectwise } from "../../connectors/connectwise/sandbox.ts";
import { sandbox as quickbooks } from "../../connectors/quickbooks/sandbox.ts";
import { sandbox as revio } from "../../connectors/revio-billing/sandbox.ts";
import { loadClient } from "../../engine/config/load-client.ts";
import { packageRoot } from "../../engine/config/root.ts";
import { resolveSecret } from "../../engine/config/secrets.ts";
import type { ClientConfig, LedgerName } from "../../engine/config/types.ts";
import { openConnection } from "../../engine/connector/open-connection.ts";
import { startSandbox } from "../../engine/connector/sandbox/kit.ts";
import type { RunningSandbox, Sandbox } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import type { Connection, ListOptions, Outcome, SystemRecord, Write } from "../../engine/connector/types.ts";
import type { Clock } from "../../engine/core/clock.ts";
import { idempotencyKey } from "../../engine/core/ids.ts";
import type { CanonicalRecord } from "../../engine/core/json.ts";
import { makeWorld } from "../../mappings/demo/world.ts";
import { copyClient, type SystemEntry } from "./client-copy.ts";

/** One system of the demo: its sandbox, seeded with the demo's world, and a connection as the demo's client opens it. */
export interface DemoSystem {
  readonly world: World;
  readonly client: ClientConfig;
  readonly sandbox: RunningSandbox;
  readonly connection: Connection;
}

const SANDBOXES: { readonly [system in LedgerName]: Sandbox } = {
  psa: connectwise,
  billing: revio,
  accounting: quickbooks,
};

/** Variables of all three sandboxes; only addresses of running ones answer. */
export function demoEnvironment(running: readonly RunningSandbox[] = []): {
  readonly [name: string]: string;
} {
  const absent = Object.values(SANDBOXES).map(({ environment, basePath }) =>
    environment(`http://127.0.0.1:9${basePath}`),
  );
  return Object.assign({}, ...absent, ...running.map(({ environment }) => environment));
}

/** Another system in a role of the demo: its sandbox, and what client.yaml says of it. */
export interface Substitute {
  readonly sandbox: Sandbox;
  readonly system: SystemEntry;
}

/**
 * Starts the sandbox and opens the connection; both end with the test. `now` is the time of both, from which the
 * client's clock jumps ahead where it would wait.
 */
export async function openDemoSystem(
  t: TestContext,
  system: LedgerName,
  now: () => number = Date.now,
  substitute?: Substitute,
): Promise<DemoSystem> {
  const world = makeWorld();
  // Where this clock waits it jumps, which the sandbox's limits per second would not believe.
  const off = system === "accounting" && substitute === undefined ? ["rate_limit_second"] : [];
  const sandbox = await startSandbox(substitute?.sandbox ?? SANDBOXES[system], { world, now, off });
  const env = demoEnvironment([sandbox]);
  const root = substitute === undefined ? packageRoot() : mkdtempSync(join(tmpdir(), "tripoint-system-"));
  if (substitute !== undefined) {
    t.after(() => rmSync(root, { recursive: true }));
    copyClient(root, { systems: { [system]: substitute.system } });
  }
  const { config: client, problems } = loadClient(root, "demo", env, root);
  if (problems.length > 0) throw new Error(`the client does not validate: ${JSON.stringify(problems)}`);
  const config = client?.systems.get(system);
  assert.ok(client && config);
  const tokens = new Map();
  let jumped = 0;
  const clock: Clock = {
    now: () => now() + jumped,
    sleep: async (ms) => {
      jumped += ms;
    },
  };
  const connection = openConnection({
    system: config,
    currency: client.currency,
    codes: client.codes,
    secret: (reference) => resolveSecret(reference, env),
    tokens: { get: (name) => tokens.get(name), put: (name, value) => tokens.set(name, value) },
    clock,
  });
  t.after(async () => {
    await connection.close();
    await sandbox.close();
  });
  return { world, client, sandbox, connection };
}

/** Everything a list gives; each record could be read. */
export async function readAll(
  connection: Connection,
  entity: string,
  options: Partial<ListOptions> = {},
): Promise<readonly SystemRecord[]> {
  const records: SystemRecord[] = [];
  for await (const page of connection.list(entity, { since: undefined, parents: undefined, ...options })) {
    records.push(...page.records);
  }
  for (const { id, unreadable } of records) assert.equal(unreadable, undefined, `${entity} ${id}`);
  return records;
}

/** What sending the writes came to, in their order. */
export async function sendAll(connection: Connection, writes: readonly Write[]): Promise<readonly Outcome[]> {
  const outcomes = new Map<Write, Outcome>();
  const prepared = await connection.prepare(writes);
  const ready = prepared.flatMap((one) => {
    assert.ok(one.ok, one.ok ? "" : one.message);
    return [one];
  });
  for (const call of connection.group(ready)) {
    const answers = await connection.send(call);
    for (const [index, { write }] of call.writes.entries()) {
      const answer = answers[index];
      if (answer !== undefined) outcomes.set(write, answer);
    }
  }
  return writes.flatMap((write) => outcomes.get(write) ?? []);
}

/** A create of all the fields that the connection can carry; `name` makes its key. */
export function createOf(
  connection: Connection,
  entity: string,
  name: string,
  record: CanonicalRecord,
): Write {
  const key = keyOf(connection, entity, name, "create");
  const fields = connection.writableFields(entity);
  return { operation: "create", entity, key, record, fields, id: null, token: null, vendor: null };
}

/** A change of some fields of a record as it was read. */
export function updateOf(
  connection: Connection,
  entity: string,
  read: SystemRecord,
  changes: CanonicalRecord,
): Write {
  const { id, token, vendor } = read;
  const record = { ...read.record, ...changes };
  const key = keyOf(connection, entity, `${id} ${JSON.stringify(changes)}`, "update");
  return { operation: "update", entity, key, record, fields: Object.keys(changes), id, token, vendor };
}

/** The writable fields of records, created, as they are read back by id, beside what the connection says it can hold. */
export async function createAndRead(
  connection: Connection,
  entity: string,
  records: readonly CanonicalRecord[],
): Promise<{ readonly ids: readonly string[]; readonly back: unknown; readonly carried: unknown }> {
  const outcomes = await sendAll(
    connection,
    records.map((record, index) => createOf(connection, entity, String(index), record)),
  );
  const ids = outcomes.map((outcome) => (outcome.kind === "done" ? outcome.id : JSON.stringify(outcome)));
  const read = new Map((await connection.get(entity, ids)).map(({ id, record }) => [id, record]));
  const fields = connection.writableFields(entity);
  const pick = (record: CanonicalRecord | undefined): unknown =>
    fields.map((field) => [field, record?.[field]]);
  return {
    ids,
    back: ids.map((id) => pick(read.get(id))),
    carried: (await connection.carried(entity, records)).map(pick),
  };
}

function keyOf({ system }: Connection, entity: string, source_id: string, operation: string): string {
  return idempotencyKey({
    client: "demo",
    pipeline: "test",
    system,
    entity,
    source_id,
    operation,
    generation: 0,
  });
}
