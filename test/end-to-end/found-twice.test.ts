import assert from "node:assert/strict";
import { test } from "node:test";
import { credentials } from "../../connectors/revio-billing/sandbox/gateway.ts";
import { smallWorld } from "../support/small-world.ts";
import { openTriangle } from "../support/triangle.ts";

/** A write whose answer was lost and that the vendor has twice: nobody chooses between the two, and no third is made. */

test("found twice: a payment that billing has twice after a lost answer is held, and no third one is made", async (t) => {
  const world = smallWorld({ invoices: 4, receipts: 2 });
  const triangle = await openTriangle({ world });
  t.after(() => triangle.close());
  await triangle.runHere("customers", "accounts", "customers-accounting", "customers-billing-accounting");
  await triangle.runHere("payments");
  await triangle.runHere("invoices");
  await triangle.fault("billing", { kind: "commit_then_cut", method: "POST", path: "/Payments" });
  await triangle.runHere("payments");
  const posted = triangle.requests("billing").find(({ fault }) => fault !== undefined);
  assert.ok(posted);
  await repeat(`${triangle.origin("billing")}${posted.url}`, posted.body);
  const wanted = world.receipts.length + 1;

  for (let run = 1; run <= 2; run++) {
    const report = await triangle.runHere("payments");
    assert.equal(report.pipelines[0]?.held, 1 + world.strangers.length);
    assert.equal(triangle.books("billing").payments.length, wanted, `run ${run}`);
  }

  const payments = triangle.books("billing").payments;
  const twin = payments.find(({ id, reference }) =>
    payments.some((other) => other.id !== id && other.reference === reference),
  );
  assert.ok(twin);
  const source = triangle.books("accounting").payments.find(({ reference }) => reference === twin.reference);
  assert.ok(source);
  const link = ["idmap", "link", "payment", `accounting:${source.id}`, `billing:${twin.id}`];
  assert.equal((await triangle.tripoint(link)).code, 0);
  const report = await triangle.runHere("payments");
  // The other one stays in billing, where it pays the same invoices: a person has to see it.
  assert.equal(report.pipelines[0]?.held, world.strangers.length + 1);
  const held = await triangle.tripoint(["held", "list"]);
  const [other] = payments.filter(({ id, reference }) => id !== twin.id && reference === twin.reference);
  assert.match(held.stdout, new RegExp(`billing:${other?.id} .*typed_in_there`));
  assert.equal(triangle.books("billing").payments.length, wanted);
});

/** The same request once more, as a proxy on the way may send it. */
async function repeat(url: string, body: string): Promise<void> {
  const { user, password, key } = credentials;
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
      "ocp-apim-subscription-key": key,
      "content-type": "application/json",
    },
    body,
  });
  assert.ok(answer.ok);
}
