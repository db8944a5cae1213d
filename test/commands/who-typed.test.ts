import assert from "node:assert/strict";
import { test } from "node:test";
import { whoTyped } from "../../engine/commands/who-typed.ts";

test("whoTyped: a user whom the machine does not list goes by number", () => {
  const unlisted = (): never => {
    throw new Error("uv_os_get_passwd returned ENOENT");
  };
  assert.match(whoTyped(unlisted), /^uid \d+$/);
  assert.equal(
    whoTyped(() => ({ username: "ada" })),
    "ada",
  );
});
