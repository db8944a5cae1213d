import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { checkChange } from "../../engine/state/changes.ts";
import { openDatabase } from "../../engine/state/database.ts";
import { LOOKUPS } from "../../engine/state/lookups.ts";
import { initState, openState, openStateReadOnly } from "../../engine/state/store.ts";
import { TABLES } from "../../engine/state/tables.ts";
import { openTokenStore } from "../../engine/state/tokens.ts";
import { type Change, type State, StateError } from "../../engine/state/types.ts";

const root = mkdtempSync(join(tmpdir(), "tripoint-state-"));
after(() => rmSync(root, { recursive: true }));
let folders = 0;

test("store: every table's rows survive a reopening, as do deletions", async () => {
  const folder = await newState();
  const state = await openState({ folder });
  for (const table of TABLES.keys()) {
    state.commit([sample(table, "kept"), sample(table, "gone"), sample(table, "kept", "changed")]);
    state.commit([checkChange({ del: table, row: keyOf(table, "gone") })]);
  }
  const before = content(state);
  state.close();
  const again = await openState({ folder });
  assert.deepEqual(content(again), before);
  for (const [table, rows] of before) {
    assert.deepEqual(rows, [rowOf(sample(table, "kept", "changed"))], table);
  }
  again.close();
});

test("store: the epoch grows with every opening, the sequence with every line", async () => {
  const folder = await newState();
  const first = await openState({ folder });
  const { epoch, sequence } = first;
  first.commit([], { reason: "a note alone is a line" });
  first.commit([]);
  assert.equal(first.sequence, sequence + 1, "a commit of nothing writes nothing");
  first.close();
  const second = await openState({ folder });
  assert.equal(second.epoch, epoch + 1);
  assert.ok(second.sequence > sequence + 1);
  second.close();
});

test("store: afterCommit is told the sequence of each commit", async () => {
  const told: number[] = [];
  const state = await openState({ folder: await newState(), afterCommit: (sequence) => told.push(sequence) });
  state.commit([link("customer", "psa", "1", "u1")]);
  state.commit([link("customer", "psa", "2", "u2")]);
  assert.deepEqual(told, [state.sequence - 1, state.sequence]);
  state.close();
});

test("store: a change that could not be kept exactly is refused before anything is written", async () => {
  const state = await openState({ folder: await newState() });
  const good = link("customer", "psa", "1", "u1");
  const { sequence } = state;
  for (const bad of [
    { put: "link", row: { ...rowOf(good), id: "a\0b" } },
    { put: "link", row: { ...rowOf(good), id: "a\ud800" } },
    { put: "link", row: { ...rowOf(good), id: 7 } },
    { put: "link", row: { entity: "customer" } },
    { put: "generation", row: { slot: "s", n: 0.5 } },
    { put: "nothing", row: {} },
    { del: "link", row: {} },
  ]) {
    // The compiler would refuse these; what comes from JSON is not checked by it.
    assert.throws(() => state.commit([good, bad as unknown as Change]), Error, JSON.stringify(bad));
  }
  assert.equal(state.sequence, sequence);
  assert.equal(state.count("link"), 0);
  state.close();
});

test("store: a NUL in a text that is no key is replaced, so that a vendor's message cannot stop a run", () => {
  const change = checkChange(sample("issue", "a"));
  const row = { ...rowOf(change), message: "bad\0byte" };
  assert.equal(rowOf(checkChange({ put: "issue", row }))["message"], "bad\ufffdbyte");
});

test("look-ups: a page of ids is answered from all its tables", async () => {
  const state = await openState({ folder: await newState() });
  state.commit([
    link("customer", "psa", "1", "u1"),
    link("customer", "accounting", "A1", "u1"),
    link("customer", "accounting", "B1", "u1"),
    link("customer", "psa", "2", "u2"),
    link("contract", "accounting", "C2", "u2"),
    { put: "generation", row: { slot: "s", n: 3 } },
    sample("sync", "a"),
    sample("issue", "a"),
    related("r1", "p1"),
    related("r2", "p1"),
    related("r3", "p2"),
  ]);
  assert.deepEqual(
    [...state.translate("customer", "psa", "accounting", ["1", "2", "3", "1"])],
    [["1", ["A1", "B1"]]],
  );
  assert.deepEqual(
    [...state.uidsOf("customer", "psa", ["2", "1", "x"])],
    [
      ["2", "u2"],
      ["1", "u1"],
    ],
  );
  assert.deepEqual(
    state.linksOf("customer", ["u1"]).map((row) => row.id),
    ["A1", "B1", "1"],
  );
  assert.deepEqual([...state.generations(["s", "t"])], [["s", 3]]);
  assert.deepEqual([...state.syncRows("pipeline-a", ["source_id-a", "x"]).keys()], ["source_id-a"]);
  assert.equal(state.issues("pipeline-a", ["source_id-a"]).get("source_id-a")?.message, "message-a");
  const found = state.relatedOf("invoices", "contract", ["p1", "p3"]);
  assert.deepEqual(
    [...found].map(([parent, rows]) => [parent, rows.map((row) => row.id)]),
    [["p1", ["r1", "r2"]]],
  );
  assert.equal(state.translate("customer", "psa", "accounting", []).size, 0);
  state.close();
});

test("look-ups: no statement reads a whole table", async () => {
  const db = await openDatabase(undefined);
  for (const [name, sql] of Object.entries(LOOKUPS)) {
    const steps = db.all(`EXPLAIN QUERY PLAN ${sql}`, []).map((row) => String(row[3]));
    const scans = steps.filter((step) => step.startsWith("SCAN"));
    assert.deepEqual(scans, ["SCAN j VIRTUAL TABLE INDEX 1:"], name);
    assert.ok(
      steps.some((step) => step.startsWith("SEARCH")),
      name,
    );
  }
  db.close();
});

test("rows: pages follow each other without gap, also while the table changes", async () => {
  const state = await openState({ folder: await newState() });
  for (let i = 0; i < 1300; i++)
    state.commit([link("customer", i % 2 === 0 ? "psa" : "billing", id(i), `u${i}`)]);
  assert.equal([...state.rows("link")].length, 1300);
  for (const where of [{ system: "psa" }, { entity: "customer", system: "psa" }] as const) {
    assert.deepEqual(
      [...state.rows("link", where)].map((row) => row.id),
      evenIds(),
      JSON.stringify(where),
    );
    assert.equal(state.count("link", where), 650);
  }
  let seen = 0;
  for (const row of state.rows("link", { system: "billing" })) {
    state.commit([{ del: "link", row }]);
    seen += 1;
  }
  assert.deepEqual([seen, state.count("link")], [650, 650]);
  state.close();
});

test("store: 20 000 commits are there after a reopening, past a checkpoint", async () => {
  const folder = await newState();
  const state = await openState({ folder, checkpoint_min_bytes: 1_000_000 });
  for (let i = 0; i < 20_000; i++) state.commit([link("customer", "psa", id(i), `u${i}`)]);
  state.close();
  const again = await openState({ folder });
  assert.equal(again.count("link"), 20_000);
  assert.equal(again.uidsOf("customer", "psa", [id(19_999)]).get(id(19_999)), "u19999");
  again.close();
  const generations = readdirSync(folder).filter((name) => name.startsWith("state-"));
  assert.equal(generations.length, 3);
});

test("read-only: sees what is committed while another holds the lock, and writes nothing", async () => {
  const folder = await newState();
  const state = await openState({ folder });
  state.commit([link("customer", "psa", "1", "u1")]);
  const before = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs]);
  const reader = await openStateReadOnly({ folder });
  assert.equal(reader.count("link"), 1);
  assert.equal(reader.epoch, state.epoch);
  assert.throws(() => reader.commit([link("customer", "psa", "2", "u2")]), /reading only/);
  reader.close();
  assert.deepEqual(
    readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs]),
    before,
  );
  state.commit([link("customer", "psa", "2", "u2")]);
  state.close();
});

test("init: refuses a folder that holds a state", async () => {
  const folder = await newState();
  await assert.rejects(initState({ folder }), /already/);
});

test("missing: no folder, an empty folder and a folder without a state name the command to type", async () => {
  const folder = join(root, "none");
  for (const open of [openState, openStateReadOnly]) {
    const refusal = { kind: "missing", message: /tripoint state init/ };
    rmSync(folder, { recursive: true, force: true });
    await assert.rejects(open({ folder }), refusal);
    mkdirSync(folder);
    await assert.rejects(open({ folder }), refusal);
    writeFileSync(join(folder, "tokens.json"), '{"connections":{}}', { mode: 0o600 });
    await assert.rejects(open({ folder }), refusal);
  }
});

test("files: nothing is wider than 0600 in a 0700 folder, whatever the umask", async () => {
  const umask = process.umask(0);
  try {
    const folder = await newState();
    const state = await openState({ folder, checkpoint_min_bytes: 1000 });
    for (let i = 0; i < 200; i++) state.commit([link("customer", "psa", id(i), `u${i}`)]);
    openTokenStore(folder).put("accounting", "secret");
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of readdirSync(folder)) {
      assert.equal(statSync(join(folder, name)).mode & 0o177, 0, name);
    }
    state.close();
  } finally {
    process.umask(umask);
  }
});

for (const name of ["state-0.db", "journal-0.log", "tokens.json"]) {
  test(`permissions: ${name} readable by others is refused with the chmod to type`, async () => {
    const folder = await newState();
    writeFileSync(join(folder, "tokens.json"), '{"connections":{}}', { mode: 0o600 });
    chmodSync(join(folder, name), 0o640);
    for (const open of [openState, openStateReadOnly]) {
      await assert.rejects(open({ folder }), (error) => {
        assert.ok(error instanceof StateError && error.kind === "permissions");
        assert.ok(error.message.includes(`chmod 600 '${join(folder, name)}'`), error.message);
        return true;
      });
    }
  });
}

async function newState(): Promise<string> {
  folders += 1;
  const folder = join(root, `client-${folders}`, "state");
  await initState({ folder });
  return folder;
}

function content(state: State) {
  return [...TABLES.keys()].map((table) => [table, [...rowsOf(state, table)]] as const);
}

function rowsOf(state: State, table: string) {
  const change = sample(table, "");
  if (!("put" in change)) throw new Error("a sample is a put");
  return state.rows(change.put);
}

/** A row whose texts say which row and column they are of. */
function sample(table: string, row: string, value = row): Change {
  const shape = TABLES.get(table);
  if (shape === undefined) throw new Error(`no table ${table}`);
  const cells = shape.columns.map(([name, kind]) => {
    if (kind === "integer") return [name, 7];
    if (kind === "nullable") return [name, value === "changed" ? null : "x"];
    return [name, `${name}-${shape.key.includes(name) ? row : value}`];
  });
  return checkChange({ put: table, row: Object.fromEntries(cells) });
}

function keyOf(table: string, row: string): object {
  const cells = rowOf(sample(table, row));
  return Object.fromEntries((TABLES.get(table)?.key ?? []).map((name) => [name, cells[name]]));
}

function rowOf(change: Change): { readonly [column: string]: unknown } {
  return { ...change.row };
}

function link(entity: string, system: string, linkId: string, uid: string): Change {
  return { put: "link", row: { entity, system, id: linkId, uid, label: "" } };
}

function related(relatedId: string, parent_id: string): Change {
  const row = { pipeline: "invoices", entity: "contract", id: relatedId, parent_id, record: "{}" };
  return { put: "related", row };
}

function id(i: number): string {
  return `CUST-${String(i).padStart(5, "0")}`;
}

function evenIds(): string[] {
  return Array.from({ length: 650 }, (_, i) => id(i * 2));
}
