import assert from "node:assert/strict";
import { SystemError } from "../../engine/connector/types.ts";
import type { Bench } from "./bench.ts";
import type { FileFacts } from "./facts.ts";
import { idsOf } from "./reading.ts";
import { allCreated, callsOf, create, rows } from "./writing.ts";

/** Capabilities of systems that are files: what goes wrong on a disk instead of on a wire. */

export async function emptyExport(bench: Bench): Promise<void> {
  assert.notDeepEqual(await idsOf(bench), []);
  bench.person((books) => filesOf(bench).empty(books, bench.folder));
  assert.deepEqual(await idsOf(bench), []);
}

/** Half of an export and half of a line are not there; the line's write is sent again, and is there once. */
export async function tornLine(bench: Bench): Promise<void> {
  for (const made of allCreated(bench)) {
    const ids = await idsOf(bench);
    const before = rows(bench, made);
    const record = made.record(60);
    const write = create(bench, made, record);
    const [call] = await callsOf(bench, [write]);
    assert.ok(call);
    const line = `${call.writes[0]?.request.body}\n`;
    filesOf(bench).tear(bench.folder, line.slice(0, line.length / 2));
    assert.equal(rows(bench, made), before, "half a line is not carried out");
    assert.deepEqual(await idsOf(bench), ids, "half an export is not read");
    const next = bench.connect();
    assert.deepEqual(await next.find(made.entity, record, write.key), []);
    const [outcome] = await next.send(call);
    assert.equal(outcome?.kind, "done");
    assert.equal(rows(bench, made), before + 1);
  }
}

export async function garbled(bench: Bench): Promise<void> {
  const { garble, garbled: message } = filesOf(bench);
  garble(bench.folder);
  await assert.rejects(idsOf(bench), (error) => error instanceof SystemError && message.test(error.message));
}

/** The process died after the line was written: the next one finds it, before and after it was carried out. */
export async function lostCreate(bench: Bench): Promise<void> {
  for (const made of allCreated(bench)) {
    const before = rows(bench, made);
    const record = made.record(70);
    const write = create(bench, made, record);
    const [call] = await callsOf(bench, [write]);
    assert.ok(call);
    assert.deepEqual(await bench.connection.find(made.entity, record, write.key), []);
    await bench.connection.send(call);
    assert.equal((await bench.connect().find(made.entity, record, write.key)).length, 1);
    assert.equal(rows(bench, made), before + 1);
    assert.equal((await bench.connect().find(made.entity, record, write.key)).length, 1);
    await bench.connect().send(call);
    assert.equal(rows(bench, made), before + 1, "sent again it is not written again");
  }
}

function filesOf({ facts }: Bench): FileFacts {
  assert.ok(facts.files, "facts.files says what can be wrong with them");
  return facts.files;
}
