import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Connection, Outcome } from "../../engine/connector/types.ts";
import type { Change, State } from "../../engine/state/types.ts";
import { differences } from "../support/differences.ts";
import { type Injection, inject, runInjected } from "../support/injected-run.ts";
import { smallWorld } from "../support/small-world.ts";
import { openTriangle, type Triangle } from "../support/triangle.ts";

/**
 * A rig that finds nothing proves nothing: with one protection taken away at a time, the checks of kill.test.ts must
 * fail; with all of them in place, the same troubles must leave no trace.
 */

const world = smallWorld({ invoices: 12, receipts: 6 });
const RULES = ["requestid", "doc_number"];
const PAYMENTS = `pipeline: payments
extends: ../base/payments-to-billing.yaml
after: [customers, invoices]
target: { unlinked: ignore }
`;
let triangle: Triangle;

before(async () => {
  triangle = await openTriangle({
    world,
    // What stands in billing already holds a twin, whatever the protocol does: here the protocol is on trial.
    files: { "payments.yaml": PAYMENTS },
    off: { quickbooks: ["rate_limit", "rate_limit_second"], "revio-billing": ["rate_limit"] },
  });
  await triangle.runHere("customers", "accounts", "customers-accounting", "customers-billing-accounting");
  triangle.save("invoices");
  // In a first run payments are looked for by their marks before they are made, which would hide half of the bugs.
  await triangle.runHere("payments");
  await triangle.runHere("invoices");
  triangle.save("payments");
});
after(() => triangle.close());

type Pipeline = "invoices" | "payments";
/** crash: the engine dies when the vendor has stored its first call. The others are faults of the vendor's line. */
type Trouble = "none" | "crash" | "stored, answer lost" | "not stored, answer lost";

interface Plant {
  readonly name: string;
  readonly pipeline: Pipeline;
  readonly trouble: Trouble;
  /** The vendor does not protect against a second invoice. */
  readonly unprotected?: true;
  readonly bug: Injection;
}

const PLANTS: readonly Plant[] = [
  {
    name: "no promise is kept before sending",
    pipeline: "payments",
    trouble: "crash",
    bug: commits((change) => !("put" in change && change.put === "intent")),
  },
  {
    name: "what is open is not settled",
    pipeline: "payments",
    trouble: "crash",
    bug: { state: withoutOpenIntents },
  },
  {
    name: "what is open is not settled, and the vendor knows neither key nor number",
    pipeline: "invoices",
    trouble: "crash",
    unprotected: true,
    bug: { state: withoutOpenIntents },
  },
  {
    name: "the key that is sent is another at each attempt",
    pipeline: "payments",
    trouble: "crash",
    bug: { connection: withOtherKeys },
  },
  {
    name: "a lost answer counts as a refusal",
    pipeline: "payments",
    trouble: "stored, answer lost",
    bug: outcomes((outcome) =>
      outcome.kind === "unknown"
        ? { kind: "refused", class: "transient", message: "no answer", owner: null }
        : outcome,
    ),
  },
  {
    name: "a lost answer counts as done, and nothing is read back",
    pipeline: "invoices",
    trouble: "not stored, answer lost",
    bug: {
      connection: (connection) => ({
        ...lost(connection),
        can: (entity, operation) => operation !== "get" && connection.can(entity, operation),
      }),
    },
  },
  {
    name: "the look-up of a lost create finds nothing",
    pipeline: "payments",
    trouble: "stored, answer lost",
    bug: { connection: (connection) => ({ ...bound(connection), find: async () => [] }) },
  },
  {
    name: "a call without an answer is repeated at once",
    pipeline: "payments",
    trouble: "stored, answer lost",
    bug: {
      connection: (connection) => ({
        ...bound(connection),
        send: async (call) => {
          const answer = await connection.send(call);
          return answer.some(({ kind }) => kind === "unknown") ? connection.send(call) : answer;
        },
      }),
    },
  },
  {
    name: "what was written is not recorded",
    pipeline: "payments",
    trouble: "none",
    bug: commits((change) => !("put" in change && ["link", "sync"].includes(change.put))),
  },
  {
    name: "the watermark moves before the records have an outcome",
    pipeline: "payments",
    trouble: "none",
    bug: { state: withEarlyWatermark },
  },
];

for (const plant of PLANTS) {
  test(`planted: ${plant.name}: the checks of ${plant.pipeline} find it`, async () => {
    assert.notDeepEqual(await findings(plant), []);
  });
}

const CONTROLS = new Map(
  PLANTS.map(({ pipeline, trouble, unprotected }) => [
    `${pipeline}, ${trouble}${unprotected ? ", no help from the vendor" : ""}`,
    { pipeline, trouble, ...(unprotected && { unprotected }), bug: {} },
  ]),
);
for (const [name, control] of CONTROLS) {
  test(`planted: nothing (${name}): the checks find nothing`, async () => {
    assert.deepEqual(await findings(control), []);
  });
}

/** Trouble, the run after it, and one more: what is wrong in the books then, and what the last run still wrote. */
async function findings({
  pipeline,
  trouble,
  unprotected,
  bug,
}: Omit<Plant, "name">): Promise<readonly string[]> {
  await triangle.rewind(pipeline);
  for (const rule of RULES) await triangle.setRule("accounting", rule, unprotected !== true);
  const run = (injection: Injection) => runInjected(triangle.place, [pipeline], injection);
  if (trouble === "crash") await assert.rejects(run(inject(bug, { connection: dying })), Crash);
  else {
    await cause(pipeline, trouble);
    await run(bug).catch(onlyCrash);
  }
  await run(bug);
  const accounting = triangle.books("accounting");
  const wrong = differences(
    world,
    pipeline === "payments" ? { accounting, billing: triangle.books("billing") } : { accounting },
  );
  triangle.forget();
  await run(bug);
  return [...wrong, ...triangle.writes()];
}

async function cause(pipeline: Pipeline, trouble: Exclude<Trouble, "crash">): Promise<void> {
  if (trouble === "none") return;
  const kind = trouble === "not stored, answer lost" ? "before" : "commit_then_cut";
  const [system, path] =
    pipeline === "payments" ? (["billing", "/Payments"] as const) : (["accounting", "/batch"] as const);
  await triangle.fault(system, { kind, method: "POST", path });
}

/** Stands for the end of the process. */
class Crash extends Error {}

function onlyCrash(error: unknown): void {
  if (!(error instanceof Crash)) throw error;
}

function dying(connection: Connection): Connection {
  return {
    ...bound(connection),
    send: async (call) => {
      await connection.send(call);
      throw new Crash();
    },
  };
}

/** A copy whose counters still count. */
function bound(connection: Connection): Connection {
  return { ...connection, counts: connection.counts };
}

const lost = (connection: Connection): Connection => ({
  ...bound(connection),
  send: async (call) =>
    (await connection.send(call)).map((outcome) =>
      outcome.kind === "unknown" ? { kind: "done", id: "1" } : outcome,
    ),
});

function outcomes(change: (outcome: Outcome) => Outcome): Injection {
  return {
    connection: (connection) => ({
      ...bound(connection),
      send: async (call) => (await connection.send(call)).map(change),
    }),
  };
}

/** Only the changes that are kept reach the state. */
function commits(keep: (change: Change) => boolean): Injection {
  return { state: (state) => stateWith(state, { commit: (changes) => state.commit(changes.filter(keep)) }) };
}

function withoutOpenIntents(state: State): State {
  return stateWith(state, {
    rows: (table, where) => (table === "intent" ? [] : state.rows(table, where)),
  });
}

function withOtherKeys(connection: Connection): Connection {
  let attempt = 0;
  return {
    ...bound(connection),
    prepare: async (writes) => {
      attempt += 1;
      const sent = writes.map((write) => ({ ...write, key: `${write.key.slice(0, -2)}${10 + attempt}` }));
      const prepared = await connection.prepare(sent);
      return prepared.map((one, index) => ({ ...one, write: writes[index] ?? one.write }));
    },
  };
}

/** The cursor goes to the disk before the promises, and the run ends there. */
function withEarlyWatermark(state: State): State {
  // Past the lookback too.
  const value = new Date(Date.now() + 3_600_000).toISOString();
  return stateWith(state, {
    commit: (changes, note) => {
      const [change] = changes;
      const promised = change !== undefined && "put" in change && change.put === "intent";
      const [cursor] = promised ? state.rows("cursor", { pipeline: change.row.pipeline }) : [];
      if (cursor === undefined) return state.commit(changes, note);
      state.commit([{ put: "cursor", row: { ...cursor, value, full_at: value } }]);
      throw new Crash();
    },
  });
}

/** The state with some of its methods replaced; what changes by itself is asked anew. */
function stateWith(state: State, other: Partial<State>): State {
  return new Proxy(state, {
    get: (target, name) => Reflect.get(name in other ? other : target, name),
  });
}
