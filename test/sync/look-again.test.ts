import assert from "node:assert/strict";
import { test } from "node:test";
import { correctDocument } from "../../engine/commands/correct.ts";
import { unlinkId } from "../../engine/commands/idmap-edit.ts";
import { retryHeld } from "../../engine/commands/issues.ts";
import type { Demo } from "../support/demo.ts";
import { changeBill, changeBooks, idInBooks } from "../support/edits.ts";
import { openTinyDemo } from "../support/tiny-demo.ts";

/** Records that did not change and are looked at all the same, because a person asked for it. */

const HOUR_MS = 3_600_000;

/** The cursor is past INV-1043 by more than its overlap: a run does not read it by itself. */
async function later(demo: Demo): Promise<void> {
  await demo.run();
  demo.clock.advance(2 * HOUR_MS);
  changeBill(demo, "9001", {});
  await demo.run();
}

test("idmap unlink: an invoice that was deleted from the books is posted anew by the next run", async (t) => {
  const demo = await openTinyDemo(t);
  await later(demo);
  const { ledger } = demo.sandboxes.accounting;
  const id = idInBooks(demo, "Invoice", "DocNumber", "INV-1043");
  ledger.remove("Invoice", id);
  await demo.run();
  assert.equal(numbered(demo, "INV-1043"), 0, "nothing tells a run that it is gone");
  await unlinkId(demo.place, "invoice", { system: "accounting", id });
  await demo.run();
  assert.equal(numbered(demo, "INV-1043"), 1);
});

test("held retry: a record in step is compared with the target once its pipeline is named, and only then", async (t) => {
  const demo = await openTinyDemo(t);
  await later(demo);
  const id = idInBooks(demo, "Invoice", "DocNumber", "INV-1043");
  const due = () => demo.books("accounting").invoices.find(({ number }) => number === "INV-1043")?.due_date;
  changeBooks(demo, "Invoice", id, { DueDate: "2026-12-31" });
  await demo.run();
  assert.equal(due(), "2026-12-31", "an edit of the target is not read by itself");
  await assert.rejects(retryHeld(demo.place, ["9002"]), /not held: 9002/);
  assert.deepEqual(await retryHeld(demo.place, ["9002"], ["invoices"]), { issues: [], compared: ["9002"] });
  await demo.run();
  // A ledger's edit is shown, and put right only when a person says so.
  const [held] = (await demo.issues()).filter(({ pipeline }) => pipeline === "invoices");
  assert.deepEqual([due(), held?.reason], ["2026-12-31", "posted_differs"]);
  await correctDocument(demo.place, { pipeline: "invoices", source_id: "9002", by: "restore" });
  await demo.run();
  assert.equal(due(), "2026-08-16");
  assert.equal((await demo.issues()).filter(({ pipeline }) => pipeline === "invoices").length, 0);
});

function numbered(demo: Demo, wanted: string): number {
  return demo.books("accounting").invoices.filter(({ number }) => number === wanted).length;
}
