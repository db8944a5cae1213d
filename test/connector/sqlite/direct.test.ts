import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadNative } from "../../../engine/connector/sqlite/native.ts";
import { SystemError } from "../../../engine/connector/types.ts";
import { Native } from "../../support/native-sqlite.ts";
import { listed, ownSystem, sent, writeOf } from "../../support/own-connector.ts";
import { DIRECT, firm } from "./direct-system.ts";

/** Writes into a database file that other programs have open: what a native SQLite is for. */

const options = { skip: Native === undefined };

const TABLES = `
  CREATE TABLE kunden (nr TEXT PRIMARY KEY, firma TEXT NOT NULL UNIQUE, stand TEXT, aktiv INTEGER DEFAULT 1);
  CREATE TABLE mails (kunde TEXT REFERENCES kunden (nr), mail TEXT);
  CREATE TABLE labels (kunde TEXT, label TEXT, value TEXT);
  CREATE TABLE jobs (job TEXT PRIMARY KEY, kunde TEXT);
  INSERT INTO kunden (nr, firma, stand) VALUES ('1', 'Acme', '2026-11-01T00:00:00Z');
  INSERT INTO labels VALUES ('1', 'Region', 'South');
`;

function setUp(t: TestContext) {
  if (Native === undefined) throw new Error("better-sqlite3 is not there");
  const system = ownSystem(t, DIRECT);
  const file = join(system.folder, "own.db");
  const database = new Native(file);
  t.after(() => database.close());
  database.exec(TABLES);
  const rows = (sql: string) => database.prepare(sql).all();
  return { ...system, file, database, rows };
}

test(
  "direct: a create and an update are in the tables at once, with their lists, and nothing waits",
  options,
  async (t) => {
    const { open, rows, folder } = setUp(t);
    const create = writeOf("create", "customer", "A", {
      name: "Anna's",
      billing_emails: ["a@b.example", "c@d.example"],
    });
    const id = `N-${create.key}`;
    const update = writeOf("update", "customer", "1", { billing_emails: ["ap@acme.example"] }, "1");
    const connection = open();
    assert.deepEqual(await sent(connection, [create, update]), [
      { kind: "done", id },
      { kind: "done", id: "1" },
    ]);
    assert.deepEqual(rows("SELECT nr, firma, aktiv FROM kunden ORDER BY nr"), [
      { nr: "1", firma: "Acme", aktiv: 1 },
      { nr: id, firma: "Anna's", aktiv: 1 },
    ]);
    assert.deepEqual(rows("SELECT * FROM mails ORDER BY mail"), [
      { kunde: id, mail: "a@b.example" },
      { kunde: "1", mail: "ap@acme.example" },
      { kunde: id, mail: "c@d.example" },
    ]);
    assert.equal(existsSync(join(folder, "outbox.ndjson")), false);
    const records = await listed(connection, "customer", "2026-11-02T00:00:00Z");
    assert.deepEqual(records.map((record) => record.id).sort(), ["1", id].sort());
  },
);

test("direct: an external id sets its own label and leaves the others", options, async (t) => {
  const { open, rows } = setUp(t);
  const write = {
    ...writeOf("external_id", "customer", "1", {}, "1"),
    field: { name: "fields.PSA", value: "CUST-1" },
  };
  assert.deepEqual(await sent(open(), [write]), [{ kind: "done", id: "1" }]);
  assert.deepEqual(rows("SELECT * FROM labels ORDER BY label"), [
    { kunde: "1", label: "PSA", value: "CUST-1" },
    { kunde: "1", label: "Region", value: "South" },
  ]);
});

test(
  "direct: a key is carried out once, by whichever connection and however often it is sent",
  options,
  async (t) => {
    const { open, rows } = setUp(t);
    const write = writeOf("create", "customer", "A", { name: "Anna" });
    await sent(open(), [write]);
    assert.deepEqual(await sent(open(), [write]), [{ kind: "done", id: `N-${write.key}` }]);
    assert.equal(rows("SELECT * FROM kunden").length, 2);
    const [found] = await open().find("customer", write.record, write.key);
    assert.equal(found?.id, `N-${write.key}`);
  },
);

test(
  "direct: what the database refuses is answered at once and takes nothing else back",
  options,
  async (t) => {
    const { open, rows } = setUp(t);
    const outcomes = await sent(open(), [
      writeOf("create", "customer", "A", { name: "Anna" }),
      writeOf("create", "customer", "B", { name: "Acme", billing_emails: ["b@acme.example"] }),
      writeOf("create", "customer", "C", { name: null }),
      writeOf("update", "customer", "9", { name: "Nobody" }, "9"),
    ]);
    assert.deepEqual(
      outcomes.map((one) => (one.kind === "refused" ? one.class : one.kind)),
      ["done", "duplicate", "invalid", "not_found"],
    );
    assert.deepEqual(rows("SELECT firma FROM kunden ORDER BY firma"), [{ firma: "Acme" }, { firma: "Anna" }]);
    assert.equal(rows("SELECT * FROM mails").length, 0);
    assert.equal(rows("SELECT * FROM jobs").length, 1);
  },
);

test(
  "direct: while another program has the database locked nothing is written, and it is sent again later",
  options,
  async (t) => {
    const { open, database, rows } = setUp(t);
    const write = writeOf("create", "customer", "A", { name: "Anna" });
    database.exec("BEGIN EXCLUSIVE");
    await assert.rejects(sent(open(), [write]), (error) => {
      assert.ok(error instanceof SystemError);
      assert.equal(error.kind, "unreachable");
      assert.match(error.message, /database is locked/);
      return true;
    });
    database.exec("COMMIT");
    await sent(open(), [write]);
    assert.equal(rows("SELECT * FROM kunden").length, 2);
  },
);

test(
  "direct: a database in write-ahead mode is written, and read again without its owner's help",
  options,
  async (t) => {
    const { open, database } = setUp(t);
    database.pragma("journal_mode = WAL");
    const connection = open();
    await sent(connection, [writeOf("create", "customer", "A", { name: "Anna" })]);
    assert.equal((await listed(connection, "customer")).length, 2);
  },
);

test(
  "direct: kill -9 in the midst leaves no half line, and sending all again makes each once",
  options,
  async (t) => {
    const { open, folder, rows } = setUp(t);
    const program = fileURLToPath(new URL("./direct-child.js", import.meta.url));
    const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
    let said = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      said = Number(line);
      if (said === 40) child.kill("SIGKILL");
    }
    assert.ok(said >= 40);
    const writes = Array.from({ length: said + 5 }, (_, n) =>
      writeOf("create", "customer", `S${n + 1}`, firm(n + 1)),
    );
    const outcomes = await sent(open(), writes);
    assert.ok(outcomes.every(({ kind }) => kind === "done"));
    assert.equal(rows("SELECT * FROM kunden WHERE firma LIKE 'Firm %'").length, writes.length);
    assert.equal(rows("SELECT * FROM mails").length, writes.length);
  },
);

for (const { name, version, node, says } of [
  { name: "is missing", version: undefined, node: "22.1.0", says: /Cannot find module.* better-sqlite3@13,/ },
  { name: "is missing on Node 20", version: undefined, node: "20.20.2", says: /better-sqlite3@12,/ },
  { name: "is 12 on Node 24", version: "12.11.1", node: "24.21.0", says: /12\.11\.1 .* better-sqlite3@13,/ },
  { name: "is 13 on Node 20", version: "13.2.0", node: "20.18.1", says: /13\.2\.0 .* better-sqlite3@12,/ },
]) {
  test(`direct: when the package ${name}, the first read says what to install, and none of it is run`, () => {
    const installed = {
      node,
      version: () => {
        if (version !== undefined) return version;
        throw new Error("Cannot find module 'better-sqlite3'\nRequire stack: …");
      },
      load: () => assert.fail("it was loaded"),
    };
    assert.throws(
      () => loadNative("billing", installed),
      (error) => {
        assert.ok(error instanceof SystemError);
        assert.match(error.message, says);
        assert.doesNotMatch(error.message, /Require stack/);
        return true;
      },
    );
  });
}

for (const { version, node } of [
  { version: "12.11.1", node: "20.18.1" },
  { version: "12.11.1", node: "22.23.3" },
  { version: "13.2.0", node: "22.23.3" },
  { version: "13.2.0", node: "24.21.0" },
]) {
  test(`direct: version ${version} of the package is taken on Node ${node}`, () => {
    const load = () => "the package";
    assert.equal(loadNative("billing", { version: () => version, node, load }), "the package");
  });
}
