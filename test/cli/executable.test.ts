import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../engine/config/root.ts";

// The compiler writes files that nobody may execute, and npx makes them so only where it has not been before.
test("the built command runs by its own name, as npx starts it", () => {
  const command = join(packageRoot(), "dist", "engine", "cli.js");
  assert.match(execFileSync(command, ["--version"], { encoding: "utf8" }), /^\d+\.\d+\.\d+/);
});
