import assert from "node:assert/strict";
import test from "node:test";
import initSqlJs from "sql.js";
import { openDatabase } from "../../engine/state/database.ts";
import { TABLES } from "../../engine/state/tables.ts";

/** What a table looked like before the version that brought it: not there. */
async function olderFile(version: number, without: readonly string[]): Promise<Uint8Array> {
  const now = await openDatabase(undefined);
  now.apply([{ put: "due", row: { pipeline: "customers", last_due: "2026-08-10T11:00:00Z" } }]);
  const sql = await initSqlJs();
  const raw = new sql.Database(now.image());
  now.close();
  for (const table of without) raw.exec(`DROP TABLE "${table}"`);
  raw.exec(`PRAGMA user_version = ${version}`);
  const file = raw.export();
  raw.close();
  return file;
}

async function shapeOf(file: Uint8Array): Promise<string> {
  const sql = await initSqlJs();
  const raw = new sql.Database(file);
  const [version] = raw.exec("PRAGMA user_version");
  const columns = [...TABLES.keys()].map((table) => raw.exec(`PRAGMA table_xinfo("${table}")`)[0]?.values);
  raw.close();
  return JSON.stringify([version?.values, columns]);
}

test("migration: a file of version 1 is opened as if it had been made today, and keeps its rows", async () => {
  const migrated = await openDatabase(await olderFile(1, ["alert", "history", "account", "task"]));
  assert.deepEqual(
    [...migrated.rows("due", {})],
    [{ pipeline: "customers", last_due: "2026-08-10T11:00:00Z" }],
  );
  const row = { subject: "login:accounting", level: 7, at: "2026-08-10T11:00:00Z" };
  migrated.apply([{ put: "alert", row }]);
  assert.deepEqual([...migrated.rows("alert", {})], [row]);
  const fresh = await openDatabase(undefined);
  assert.equal(await shapeOf(migrated.image()), await shapeOf(fresh.image()));
  fresh.close();
  migrated.close();
});

for (const { version, without } of [
  { version: 2, without: ["history", "account", "task"] },
  { version: 3, without: ["account", "task"] },
]) {
  test(`migration: a file of version ${version} is opened as if it had been made today`, async () => {
    const migrated = await openDatabase(await olderFile(version, without));
    const fresh = await openDatabase(undefined);
    assert.equal(await shapeOf(migrated.image()), await shapeOf(fresh.image()));
    fresh.close();
    migrated.close();
  });
}

test("migration: a file of a later version is refused", async () => {
  await assert.rejects(openDatabase(await olderFile(99, [])), /version 99/);
});
