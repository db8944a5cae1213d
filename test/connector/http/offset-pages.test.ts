import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { offsetPages } from "../../../engine/connector/http/offset-pages.ts";

/** A list that people shorten and lengthen while it is read. */

const fail = (what: string): Error => new Error(what);

async function read(
  list: { id: number }[],
  size: number,
  meanwhile: (page: number) => void,
): Promise<readonly number[]> {
  const seen: number[] = [];
  let page = 0;
  const fetch = async (offset: number): Promise<{ id: number }[]> => {
    const records = list.slice(offset - 1, offset - 1 + size);
    page += 1;
    meanwhile(page);
    return records;
  };
  for await (const records of offsetPages(fetch, size, fail)) {
    for (const record of records) seen.push((record as { id: number }).id);
  }
  return seen;
}

test("offset pages: whatever is removed or added meanwhile, what stays is read, and once", async () => {
  const change = fc.record({ page: fc.integer({ min: 1, max: 8 }), at: fc.nat(30), add: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 2, max: 7 }),
      fc.array(change, { maxLength: 6 }),
      async (length, size, changes) => {
        const list = Array.from({ length }, (_, index) => ({ id: index + 1 }));
        const all = list.map(({ id }) => id);
        let next = 1000;
        const seen = await read(list, size, (page) => {
          for (const { at, add } of changes.filter((one) => one.page === page)) {
            if (add) list.push({ id: ++next });
            else list.splice(at, 1);
          }
        });
        const left = new Set(list.map(({ id }) => id));
        const missed = all.filter((id) => left.has(id) && !seen.includes(id));
        assert.deepEqual(missed, []);
        assert.equal(new Set(seen).size, seen.length, "none twice");
      },
    ),
    { numRuns: 2000 },
  );
});

test("offset pages: a list that ignores the position is left, and so is one that is another every time", async () => {
  const same = [{ id: 1 }, { id: 2 }];
  let id = 0;
  const others = async (): Promise<{ id: number }[]> => [{ id: ++id }, { id: ++id }];
  for (const [fetch, message] of [
    [async () => same, /a second time/],
    [others, /changes faster/],
  ] as const) {
    await assert.rejects(async () => {
      for await (const records of offsetPages(fetch, 2, fail)) assert.ok(records.length > 0);
    }, message);
  }
});
