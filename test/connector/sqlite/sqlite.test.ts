import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import initSqlJs from "sql.js";
import { SystemError } from "../../../engine/connector/types.ts";
import { listed, ownSystem, sent, writeOf } from "../../support/own-connector.ts";

/** A billing system of its own table layout, in a database file. */
const YAML = `
driver: sqlite
database: $settings.folder & "/own.db"
outbox: $settings.folder & "/outbox.ndjson"
imported: SELECT job AS key FROM jobs WHERE job IN (SELECT value FROM json_each(:keys))
page_size: 2
entities:
  customer:
    table: kunden
    key: nr
    children:
      mails: |
        SELECT kunde AS parent_id, mail FROM mails
        WHERE kunde IN (SELECT value FROM json_each(:ids)) ORDER BY mail
    list: { sql: "SELECT * FROM kunden WHERE :since IS NULL OR stand >= :since ORDER BY nr" }
    get: { sql: "SELECT * FROM kunden WHERE nr IN (SELECT value FROM json_each(:ids))" }
    find: { sql: "SELECT kunden.* FROM kunden JOIN jobs ON nr = jobs.kunde WHERE job = :key", match: "true" }
    id: nr
    read: |
      { "id": $id(nr), "updated_at": stand, "name": firma, "status": "active", "currency": "USD",
        "billing_emails": $list(mails.mail) }
    write:
      name: '{ "firma": name }'
      billing_emails: '{ "mails": $list(billing_emails.{ "mail": $ }) }'
    create: { id: '"N-" & $key' }
    update: {}
`;
const TABLES = `
  CREATE TABLE kunden (nr TEXT PRIMARY KEY, firma TEXT, stand TEXT);
  CREATE TABLE mails (kunde TEXT, mail TEXT);
  CREATE TABLE jobs (job TEXT PRIMARY KEY, kunde TEXT);
`;

async function setUp(t: TestContext, sql: string) {
  const system = ownSystem(t, YAML);
  const file = join(system.folder, "own.db");
  const made = await initSqlJs();
  const change = (statements: string): void => {
    const database = new made.Database(existsSync(file) ? readFileSync(file) : undefined);
    database.exec(statements);
    writeFileSync(`${file}.new`, database.export());
    renameSync(`${file}.new`, file);
    database.close();
  };
  change(TABLES + sql);
  const outbox = join(system.folder, "outbox.ndjson");
  const lines = (): readonly { readonly id: string; readonly key: string }[] =>
    existsSync(outbox)
      ? readFileSync(outbox, "utf8")
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line))
      : [];
  return { ...system, file, change, outbox, lines };
}

const THREE = `
  INSERT INTO kunden VALUES ('1', 'Acme', '2026-11-01T00:00:00Z'), ('2', 'Bolt', '2026-11-02T00:00:00Z'),
    ('3', 'Café "Zur Post"', '2026-11-03T00:00:00Z');
  INSERT INTO mails VALUES ('3', 'b@post.example'), ('3', 'a@post.example'), ('1', 'ap@acme.example');
`;

test("sqlite: rows come page by page with the rows that belong to them", async (t) => {
  const { open } = await setUp(t, THREE);
  const connection = open();
  const sizes: number[] = [];
  for await (const { records } of connection.list("customer", { since: undefined, parents: undefined })) {
    sizes.push(records.length);
  }
  assert.deepEqual(sizes, [2, 1]);
  const records = await listed(connection, "customer");
  assert.deepEqual(
    records.map(({ id, record }) => [id, record["name"], record["billing_emails"]]),
    [
      ["1", "Acme", ["ap@acme.example"]],
      ["2", "Bolt", []],
      ["3", 'Café "Zur Post"', ["a@post.example", "b@post.example"]],
    ],
  );
  assert.equal((await listed(connection, "customer", "2026-11-02T00:00:00Z")).length, 2);
  assert.deepEqual(
    (await connection.get("customer", ["3", "1", "9"])).map(({ id }) => id),
    ["1", "3"],
  );
});

test("sqlite: a number beyond 2^53 keeps its digits", async (t) => {
  const { open, change } = await setUp(
    t,
    "DROP TABLE kunden; CREATE TABLE kunden (nr INTEGER, firma TEXT, stand TEXT)",
  );
  change("INSERT INTO kunden VALUES (9007199254740993, 'Big', '2026-11-01T00:00:00Z')");
  const [record] = await listed(open(), "customer");
  assert.equal(record?.id, "9007199254740993");
});

test("sqlite: what changes in the file is seen by the next list of the same connection", async (t) => {
  const { open, change } = await setUp(t, THREE);
  const connection = open();
  await listed(connection, "customer");
  change("INSERT INTO kunden VALUES ('4', 'New', '2026-11-04T00:00:00Z')");
  assert.equal((await listed(connection, "customer")).length, 4);
});

test("sqlite: a list that has begun goes on with the copy that it began with", async (t) => {
  const { open, change } = await setUp(t, THREE);
  const connection = open();
  const names: unknown[] = [];
  for await (const { records } of connection.list("customer", { since: undefined, parents: undefined })) {
    names.push(...records.map(({ record }) => record["name"]));
    change("UPDATE kunden SET firma = 'changed'");
    await connection.get("customer", ["1"]);
  }
  assert.deepEqual(names, ["Acme", "Bolt", 'Café "Zur Post"']);
});

test("sqlite: a write-ahead log with rows in it is refused with what to do; an empty one does no harm", async (t) => {
  const { open, file } = await setUp(t, THREE);
  writeFileSync(`${file}-wal`, "committed rows");
  await assert.rejects(listed(open(), "customer"), (error) => {
    assert.ok(error instanceof SystemError);
    assert.match(error.message, /wal_checkpoint\(TRUNCATE\)/);
    assert.match(error.message, /rows that are not in the database file yet/);
    return true;
  });
  writeFileSync(`${file}-wal`, "");
  const bytes = readFileSync(file);
  // As SQLite marks a file that is in write-ahead mode.
  bytes[18] = 2;
  bytes[19] = 2;
  writeFileSync(file, bytes);
  assert.equal((await listed(open(), "customer")).length, 3);
});

test("sqlite: a transaction that is under way is waited for, and refused when it does not end", async (t) => {
  const { open, file, clock } = await setUp(t, THREE);
  writeFileSync(
    `${file}-journal`,
    Buffer.concat([Buffer.from("d9d505f920a163d7", "hex"), Buffer.alloc(500)]),
  );
  const before = clock.at;
  await assert.rejects(listed(open(), "customer"), /is being written all the time/);
  assert.ok(clock.at - before >= 5000);
  const { sleep } = clock;
  clock.sleep = async (ms) => {
    await sleep(ms);
    rmSync(`${file}-journal`, { force: true });
  };
  assert.equal((await listed(open(), "customer")).length, 3);
});

for (const { name, spoil, message } of [
  { name: "that is not there", spoil: (file: string) => rmSync(file), message: /there is no file/ },
  {
    name: "that is none",
    spoil: (file: string) => writeFileSync(file, "<html>"),
    message: /no SQLite database/,
  },
]) {
  test(`sqlite: a database ${name} fails with a sentence`, async (t) => {
    const { open, file } = await setUp(t, THREE);
    spoil(file);
    await assert.rejects(listed(open(), "customer"), (error) => {
      assert.ok(error instanceof SystemError);
      assert.match(error.message, message);
      return true;
    });
  });
}

test("sqlite: a statement that does not fit the tables names itself", async (t) => {
  const { open, change } = await setUp(t, THREE);
  change("DROP TABLE mails");
  await assert.rejects(listed(open(), "customer"), /no such table: mails .*SELECT kunde AS parent_id/);
});

test("sqlite: a key is written once, by whichever connection and however often it is sent", async (t) => {
  const { open, lines } = await setUp(t, THREE);
  const write = writeOf("create", "customer", "A", { name: "Anna's", billing_emails: ["a@b.example"] });
  const id = `N-${write.key}`;
  const connection = open();
  assert.deepEqual(
    await sent(connection, [write, writeOf("create", "customer", "B", { name: "Bert" })]).then((o) => o[0]),
    {
      kind: "done",
      id,
    },
  );
  await sent(connection, [write]);
  await sent(open(), [write]);
  assert.deepEqual(
    lines().filter(({ key }) => key === write.key),
    [
      {
        key: write.key,
        table: "kunden",
        operation: "create",
        id,
        row: { firma: "Anna's", mails: [{ mail: "a@b.example" }] },
      },
    ],
  );
  assert.equal(lines().length, 2);
});

test("sqlite: a create whose answer was lost is found in the outbox, and in the tables when that was moved away", async (t) => {
  const { open, outbox, change } = await setUp(t, THREE);
  const write = writeOf("create", "customer", "A", { name: "Anna" });
  assert.deepEqual(await open().find("customer", write.record, write.key), []);
  await sent(open(), [write]);
  const [found] = await open().find("customer", write.record, write.key);
  assert.equal(found?.id, `N-${write.key}`);
  change(`INSERT INTO kunden VALUES ('N-${write.key}', 'Anna', '2026-11-05T00:00:00Z');
    INSERT INTO jobs VALUES ('${write.key}', 'N-${write.key}')`);
  rmSync(outbox);
  const [imported] = await open().find("customer", write.record, write.key);
  assert.equal(imported?.id, `N-${write.key}`);
});

test("sqlite: what waits in the outbox is shown as if it had been imported, until it has been", async (t) => {
  const { open, change } = await setUp(t, THREE);
  const create = writeOf("create", "customer", "A", { name: "Anna", billing_emails: ["a@b.example"] });
  const id = `N-${create.key}`;
  await sent(open(), [create]);
  const update = writeOf("update", "customer", "1", { name: "Acme Widgets" }, "1");
  await sent(open(), [update]);
  const names = async () => (await open().get("customer", ["1", id])).map(({ record }) => record["name"]);
  assert.deepEqual(await names(), ["Acme Widgets", "Anna"]);
  change(
    `INSERT INTO jobs VALUES ('${update.key}', '1'); UPDATE kunden SET firma = 'Changed since' WHERE nr = '1'`,
  );
  assert.deepEqual(await names(), ["Changed since", "Anna"]);
});

test("sqlite: a line that was cut off by a crash is taken out, and its write is sent again", async (t) => {
  const { open, outbox, lines } = await setUp(t, THREE);
  const [first, second] = ["A", "B"].map((id) => writeOf("create", "customer", id, { name: id }));
  assert.ok(first && second);
  await sent(open(), [first, second]);
  truncateSync(outbox, readFileSync(outbox).length - 5);
  assert.deepEqual(await open().find("customer", second.record, second.key), []);
  await sent(open(), [first, second]);
  assert.deepEqual(
    lines().map(({ key }) => key),
    [first.key, second.key],
  );
});

test("sqlite: an outbox that cannot be written stores nothing, and says so", async (t) => {
  const { open, outbox, folder } = await setUp(t, THREE);
  writeFileSync(join(folder, "blocked"), "");
  rmSync(outbox, { force: true });
  const system = ownSystem(t, YAML.replace('"/outbox.ndjson"', '"/no-such-folder/outbox.ndjson"'));
  await assert.rejects(sent(system.open(), [writeOf("create", "customer", "A", { name: "A" })]), (error) => {
    assert.ok(error instanceof SystemError);
    assert.match(error.message, /cannot be written/);
    return true;
  });
  assert.equal((await listed(open(), "customer")).length, 3);
});

test("sqlite: what the tables cannot hold is no difference", async (t) => {
  const { open } = await setUp(t, THREE);
  const [held] = await open().carried("customer", [
    { id: null, name: "Anna", tax_id: "DE1", billing_emails: [] },
  ]);
  assert.equal(held?.["name"], "Anna");
});
