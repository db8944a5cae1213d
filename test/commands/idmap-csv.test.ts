import assert from "node:assert/strict";
import { test } from "node:test";
import { exportIdMap, importIdMap } from "../../engine/commands/idmap-csv.ts";
import { UsageError } from "../../engine/commands/refusal.ts";
import { freshPlace, putLink } from "./place.ts";

const HEADER = "entity,uid,system,id,label\n";

test("idmap export and import: an id map comes back byte for byte, sorted, formulas disarmed", async (t) => {
  const awkward = ["=1+1", "'=1", "''@x", "-5", "+1", "@a", "'quoted", 'a "b", c', "line\nbreak", "Señorial"];
  const full = await freshPlace(
    t,
    awkward.map((label, index) => putLink("psa", `${9 - index}`, "u", label)),
  );
  const text = await exportIdMap(full);
  const cells = text.match(/(^|,)"?[=+\-@]/gm);
  assert.equal(cells, null, "no cell may begin like a formula");
  const empty = await freshPlace(t);
  assert.deepEqual(await importIdMap(empty, text), { added: 10, unchanged: 0 });
  assert.equal(await exportIdMap(empty), text);
  assert.deepEqual(await importIdMap(empty, text), { added: 0, unchanged: 10 });
});

for (const { name, text } of [
  { name: "another header", text: "entity,system,id\ncustomer,psa,1\n" },
  { name: "a record that is too short", text: `${HEADER}customer,u,psa\n` },
  { name: "a record without an id", text: `${HEADER}customer,u,psa,,\n` },
  { name: "an id that is there twice", text: `${HEADER}customer,u,psa,1,\ncustomer,v,psa,1,\n` },
  {
    name: "an id that is another thing's already",
    text: `${HEADER}customer,v,billing,7,\ncustomer,v,psa,1001,\n`,
  },
]) {
  test(`idmap import: a file with ${name} is refused whole`, async (t) => {
    const place = await freshPlace(t, [putLink("psa", "1001", "u1")]);
    const before = await exportIdMap(place);
    await assert.rejects(importIdMap(place, text), UsageError);
    assert.equal(await exportIdMap(place), before);
  });
}
