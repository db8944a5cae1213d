import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Row } from "../../../../engine/connector/sandbox/types.ts";
import { parseMoney } from "../../../../engine/core/money.ts";
import { type Client, connect, rowsAt } from "../client.ts";
import { invoice, line, payment } from "./samples.ts";

/** Whatever is written in whatever order, open amounts must follow from totals and links alone. */

const step = fc.record({
  // Weighted, so that most voids and deletions meet a document that was paid.
  kind: fc.constantFrom(
    "invoice",
    "pay",
    "pay",
    "pay",
    "memo",
    "credit",
    "void",
    "delete",
    "unpay",
    "change",
  ),
  minor: fc.integer({ min: 1, max: 1000 }),
  pick: fc.nat(2),
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

test("balance: open amounts tie to totals less applied payments after any sequence of writes", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 16 }), async (steps) => {
      const client = await connect(t, { off: ["rate_limit"] });
      for (const [index, item] of steps.entries()) await apply(client, item, index);
      checkBooks(client);
      await client.server.close();
    }),
    { numRuns: 40, seed: 20_260_615 },
  );
});

async function apply(client: Client, { kind, minor, pick }: Step, index: number): Promise<void> {
  const amount = minor / 100;
  const chosen = (entity: string): Row | undefined => {
    const rows = client.server.ledger.all(entity).filter((row) => customerOf(row) === "789");
    return rows[pick % Math.max(1, rows.length)];
  };
  const [target, paid, memo] = [chosen("Invoice"), chosen("Payment"), chosen("CreditMemo")];
  const key = (row: Row): Row => ({ Id: row["Id"] ?? null, SyncToken: row["SyncToken"] ?? null });
  // A refusal is an answer too: only the books must stay right.
  const send = (path: string, body: Row) => client.call("POST", path, body);
  if (kind === "invoice" || target === undefined)
    await send("/invoice", invoice(`N${index}`, [line(amount * 10)]));
  if (kind === "memo") await send("/creditmemo", invoice(`C${index}`, [line(amount)]));
  if (target === undefined) return;
  const link = { type: "Invoice", id: String(target["Id"]), amount };
  if (kind === "pay") await send("/payment", payment(amount + 1, [link]));
  if (kind === "void") await send("/invoice?operation=void", key(target));
  if (kind === "delete") await send("/invoice?operation=delete", key(target));
  if (kind === "change") await send("/invoice", { ...key(target), sparse: true, Line: [line(amount)] });
  if (kind === "unpay" && paid !== undefined) await send("/payment?operation=update&include=void", key(paid));
  if (kind === "credit" && memo !== undefined) {
    const applied = Math.min(amount, Number(target["Balance"]), Number(memo["Balance"]));
    const other = { type: "CreditMemo", id: String(memo["Id"]), amount: applied };
    await send("/payment", payment(0, [{ ...link, amount: applied }, other]));
  }
}

function checkBooks(client: Client): void {
  const all = (entity: string): Row[] =>
    client.server.ledger
      .all(entity)
      .filter((row) => customerOf(row) === "789")
      .map((row) => ({ ...row }));
  const applied = (entity: string, id: unknown): number =>
    all("Payment")
      .flatMap((row) => rowsAt(row, "Line"))
      .filter((row) => rowsAt(row, "LinkedTxn").some((to) => to["TxnType"] === entity && to["TxnId"] === id))
      .reduce((sum, row) => sum + minorOf(row["Amount"]), 0);
  let expected = 0;
  for (const [entity, sign] of [
    ["Invoice", 1],
    ["CreditMemo", -1],
  ] as const) {
    for (const row of all(entity)) {
      const open = minorOf(row["TotalAmt"]) - applied(entity, row["Id"]);
      assert.equal(minorOf(row["Balance"]), open, `${entity} ${String(row["Id"])}`);
      assert.ok(open >= 0);
      expected += sign * open;
    }
  }
  for (const row of all("Payment")) {
    assert.ok(minorOf(row["UnappliedAmt"]) >= 0);
    expected -= minorOf(row["UnappliedAmt"]);
  }
  assert.equal(minorOf(client.server.ledger.get("Customer", "789")?.["Balance"]), expected);
}

function customerOf(row: Row): string {
  return JSON.stringify(row["CustomerRef"] ?? null).includes('"789"') ? "789" : "";
}

function minorOf(value: unknown): number {
  assert.ok(typeof value === "number");
  const minor = parseMoney(value, "USD");
  assert.ok(minor !== undefined, `${value} is no amount`);
  return minor;
}
