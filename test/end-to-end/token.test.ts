import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { smallWorld } from "../support/small-world.ts";
import { openTriangle, type Triangle } from "../support/triangle.ts";

/** The refresh token changes at every use here. A crash between the vendor's change and ours is survived where it can be. */

const PIPELINE = ["run", "--pipeline", "customers-billing-accounting"];
const TOKEN = "/oauth2/";
let triangle: Triangle;

before(async () => {
  triangle = await openTriangle({
    world: smallWorld({ invoices: 2, receipts: 1 }),
    off: { quickbooks: ["rotation_once_a_day", "rate_limit_second"] },
  });
  triangle.save("new");
});
after(() => triangle.close());

test("token: a kill after the new token is stored and before its first use costs nothing", async () => {
  await triangle.rewind("new");
  await triangle.fault("accounting", { kind: "commit_then_hang", path: "^/v3/" });
  const run = triangle.start(PIPELINE);
  await triangle.untilHung("accounting");
  assert.equal((await run.kill()).signal, "SIGKILL");
  await triangle.run("--pipeline", "customers-billing-accounting");
  assert.equal(tokenRequests(), 1, "the stored token was used");
});

test("token: a kill before the new token arrives ends the next run with exit 4, and says what to do", async () => {
  await triangle.rewind("new");
  await triangle.fault("accounting", { kind: "commit_then_hang", path: TOKEN });
  const run = triangle.start(PIPELINE);
  await triangle.untilHung("accounting");
  assert.equal((await run.kill()).signal, "SIGKILL");
  await assertLogin();
  assert.equal(tokenRequests(), 2, "the refused token is not tried again");
});

test("token: an answer that is lost on its way ends in exit 4 after one more try, not in a loop", async () => {
  await triangle.rewind("new");
  await triangle.fault("accounting", { kind: "commit_then_cut", path: TOKEN });
  await assertLogin();
  assert.equal(tokenRequests(), 2);
});

async function assertLogin(): Promise<void> {
  const { code, stdout, stderr } = await triangle.tripoint(PIPELINE);
  assert.equal(code, 4, stderr);
  assert.match(stdout, /refused the refresh token .* Type: tripoint connect accounting/);
}

function tokenRequests(): number {
  return triangle.requests("accounting").filter(({ url }) => url.startsWith(TOKEN)).length;
}
