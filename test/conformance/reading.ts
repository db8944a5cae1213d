import assert from "node:assert/strict";
import type { SandboxExchange, SandboxReply } from "../../engine/connector/sandbox/types.ts";
import { type Connection, SystemError, type SystemRecord } from "../../engine/connector/types.ts";
import { instant } from "../../engine/core/clock.ts";
import { type Bench, PAGE } from "./bench.ts";

/** How lists are read while the vendor's books change, and what of people's changes is seen. */

export async function emptyPage(bench: Bench): Promise<void> {
  const { listed } = bench.facts;
  for (const id of await idsOf(bench)) bench.person((books) => listed.remove(books, id));
  const before = bench.events.length;
  assert.deepEqual(await idsOf(bench), []);
  assert.ok(
    bench.events.slice(before).some((event) => listed.page.test(event)),
    "it was asked",
  );
}

export async function recordRemoved(bench: Bench): Promise<void> {
  const ids = await idsOf(bench);
  const [first = ""] = ids;
  onFirstPage(bench, () => bench.person((books) => bench.facts.listed.remove(books, first)));
  const seen = await idsOf(bench);
  const missing = ids.slice(1).filter((id) => !seen.includes(id));
  assert.deepEqual(missing, [], "records that were there all the time");
}

export async function recordAdded(bench: Bench): Promise<void> {
  const ids = await idsOf(bench);
  let added = "";
  onFirstPage(bench, () => {
    added = bench.person(bench.facts.listed.add);
  });
  const seen = await idsOf(bench);
  assert.deepEqual([...new Set(seen)].filter((id) => id !== added).sort(), [...ids].sort());
  assert.equal(new Set(seen).size, seen.length, `${seen} has one twice`);
}

export async function samePageTwice(bench: Bench): Promise<void> {
  const { sandbox, facts } = bench;
  onFirstPage(bench, (exchange) => {
    const first: SandboxReply = exchange?.reply ?? { status: 500 };
    sandbox.fault({ kind: "reply", path: facts.listed.page.source, times: 50, reply: first });
  });
  const before = bench.events.length;
  await assert.rejects(
    idsOf(bench),
    (error) => error instanceof SystemError && error.kind === "answer" && /second time/.test(error.message),
  );
  assert.ok(bench.events.length - before < 10, "it does not go round");
}

export async function futureCursor(bench: Bench): Promise<void> {
  const { listed } = bench.facts;
  const all = await idsOf(bench);
  // Files are put away when all of them was recorded; until then they are read again.
  await bench.connection.recorded?.();
  const since = "2099-01-01T00:00:00Z";
  const seen = await idsOf(bench, bench.connection, since);
  const incremental = bench.subject.connector.entities[listed.entity]?.list?.incremental !== false;
  assert.deepEqual(seen, incremental ? [] : all);
}

export async function changedWhilePaging(bench: Bench): Promise<void> {
  const ids = await idsOf(bench);
  // A vendor's times are whole seconds.
  const since = instant(bench.clock.now());
  bench.clock.advance(60_000);
  const touched = [ids[0] ?? "", ids[PAGE * 2] ?? ""];
  onFirstPage(bench, () => {
    for (const id of touched) bench.person((books) => bench.facts.listed.touch(books, id));
  });
  const seen = new Set(await idsOf(bench));
  assert.deepEqual(
    ids.filter((id) => !seen.has(id)),
    [],
    "none is passed over",
  );
  const later = await idsOf(bench, bench.connection, since);
  assert.deepEqual(
    touched.filter((id) => !later.includes(id)),
    [],
    "the next cursor has the changed ones",
  );
}

export async function deletedAtSource(bench: Bench): Promise<void> {
  const { entity, act, shows } = bench.facts.deleted;
  bench.clock.advance(60_000);
  const since = instant(bench.clock.now());
  const id = bench.person(act);
  const changed = await readAll(bench.connection, entity, since);
  const found = changed.find((record) => record.id === id);
  switch (shows) {
    case "tombstone":
      return assert.equal(found?.deleted, true);
    case "status":
      return assert.match(String(found?.record["status"]), /^(deleted|inactive)$/);
    case "absent": {
      const all = await readAll(bench.connection, entity);
      assert.ok(!all.some((record) => record.id === id));
      if (!bench.connection.can(entity, "get")) return;
      assert.deepEqual(await bench.connection.get(entity, [id]), []);
    }
  }
}

export async function voidedAtSource(bench: Bench): Promise<void> {
  const { voided } = bench.facts;
  assert.ok(voided, "facts.voided says how a person voids a document");
  bench.clock.advance(60_000);
  const since = instant(bench.clock.now());
  const id = bench.person(voided.act);
  const changed = await readAll(bench.connection, voided.entity, since);
  assert.equal(changed.find((record) => record.id === id)?.record["status"], "voided");
}

/** What a list gives; every record of it can be read. */
export async function readAll(
  connection: Connection,
  entity: string,
  since?: string,
): Promise<readonly SystemRecord[]> {
  const records: SystemRecord[] = [];
  for await (const page of connection.list(entity, { since, parents: undefined })) {
    records.push(...page.records);
  }
  for (const { id, unreadable } of records) assert.equal(unreadable, undefined, `${entity} ${id}`);
  return records;
}

/** Ids of the listed entity, in the order in which they came. */
export async function idsOf(
  bench: Bench,
  connection = bench.connection,
  since?: string,
): Promise<readonly string[]> {
  return (await readAll(connection, bench.facts.listed.entity, since)).map(({ id }) => id);
}

/** Does something once, when the first page has been made up and has not yet left. */
export function onFirstPage(bench: Bench, act: (exchange?: SandboxExchange) => void): void {
  let done = false;
  const once = (exchange?: SandboxExchange): void => {
    if (done) return;
    done = true;
    act(exchange);
  };
  bench.onExchange = (exchange) => {
    if (bench.facts.listed.page.test(exchange.url) && exchange.reply?.status === 200) once(exchange);
  };
  bench.onPage = once;
}
