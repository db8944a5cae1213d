import assert from "node:assert/strict";
import test from "node:test";
import { openTokenStore } from "../../engine/state/tokens.ts";
import { StateError } from "../../engine/state/types.ts";
import { LOSSES, seeded, simDisk } from "../support/sim-disk.ts";

const FOLDER = "/state";

test("tokens: a put is there for the next store, with the value before it", () => {
  const disk = newDisk();
  const store = openTokenStore(FOLDER, disk);
  assert.equal(store.get("accounting"), undefined);
  store.put("accounting", { refresh_token: "one" });
  assert.equal(store.previous("accounting"), undefined);
  store.put("accounting", { refresh_token: "two" });
  store.put("__proto__", "odd name");
  const again = openTokenStore(FOLDER, disk);
  assert.deepEqual(again.get("accounting"), { refresh_token: "two" });
  assert.deepEqual(again.previous("accounting"), { refresh_token: "one" });
  assert.equal(again.get("__proto__"), "odd name");
});

for (const loss of LOSSES) {
  test(`tokens: a crash at any call, losing ${loss}, leaves the old or the new value, and the new one once put returned`, () => {
    for (let call = 1; call <= 6; call++) {
      const disk = newDisk();
      openTokenStore(FOLDER, disk).put("accounting", "old");
      disk.crashAt(disk.calls + call);
      let returned = true;
      try {
        openTokenStore(FOLDER, disk).put("accounting", "new");
      } catch {
        returned = false;
      }
      disk.crash(loss, seeded(call));
      const value = openTokenStore(FOLDER, disk).get("accounting");
      assert.ok(value === "new" || (value === "old" && !returned), `call ${call}: ${String(value)}`);
    }
  });
}

test("tokens: a disk that refuses is a StateError and the old value stays", () => {
  for (let call = 1; call <= 5; call++) {
    const disk = newDisk();
    const store = openTokenStore(FOLDER, disk);
    store.put("accounting", "old");
    disk.failAt(disk.calls + call, "ENOSPC");
    assert.throws(() => store.put("accounting", "new"), { kind: "disk" }, `call ${call}`);
    assert.equal(openTokenStore(FOLDER, disk).get("accounting"), call === 5 ? "new" : "old");
  }
});

test("tokens: a file that is no token file is damage, not an empty store", () => {
  for (const text of ["", "{", "[]", '{"connections":{"a":7}}']) {
    const disk = newDisk();
    const file = disk.create(`${FOLDER}/tokens.json`);
    disk.write(file, Buffer.from(text));
    assert.throws(
      () => openTokenStore(FOLDER, disk),
      (error) => {
        return error instanceof StateError && error.kind === "damaged";
      },
    );
  }
});

function newDisk() {
  const disk = simDisk();
  disk.makeFolder(FOLDER);
  return disk;
}
