import { clerkOf } from "../../support/clerks.ts";
import { billOf } from "../posted.ts";
import type { EventKind, Scene } from "../scene.ts";
import { sumOf, type TrueInvoice, type TrueReceipt } from "../truth.ts";
import { openIn, payables } from "./payments.ts";
import { changeable } from "./payments-undone.ts";

/** Money that stays what it is and is put on other invoices by accounting's clerk; only where billing takes such changes. */

/** For other invoices of the customer, whole or in part; what they do not take stays where it was. */
export const movePayment: EventKind = {
  name: "payment moved",
  weight: 4,
  happen: (scene) => {
    const { truth, random, posted } = scene;
    const movable = changeable(scene).filter((receipt) => othersFor(scene, receipt).length > 0);
    if (movable.length === 0) return undefined;
    const receipt = random.pick(movable);
    let left = receipt.amount - sumOf(truth.refunds.filter((refund) => refund.receipt === receipt));
    const take = (invoice: string, most: number): TrueReceipt["documents"] => {
      const amount = Math.min(left, most);
      left -= amount;
      return amount === 0 ? [] : [{ invoice, amount }];
    };
    const others = random.shuffle(othersFor(scene, receipt)).slice(0, random.int(1, 3));
    const moved = others.flatMap((invoice) => {
      const open = openIn(scene, invoice);
      return take(invoice.number, random.chance(50) ? open : random.int(1, open));
    });
    const kept = receipt.documents.flatMap(({ invoice, amount }) => take(invoice, amount));
    const now = allocate(scene, receipt, [...posted.onDocuments(moved), ...kept]);
    return `${receipt.reference} is for ${shown(now)}, no more for ${shown(receipt)}`;
  },
};

/** Puts a receipt on documents of the ledger in place of those that it is on. */
export function allocate(
  { demo, truth }: Pick<Scene, "demo" | "truth">,
  receipt: TrueReceipt,
  documents: TrueReceipt["documents"],
): TrueReceipt {
  const of = receipt.documents[0]?.invoice;
  const id = clerkOf(demo).edit(receipt.id, {
    date: receipt.date,
    amount: receipt.amount,
    reference: receipt.reference,
    on: Object.fromEntries(documents.map(({ invoice, amount }) => [invoice, amount])),
    ...(of === undefined ? {} : { of }),
  });
  const allocations = documents.map((one) => ({ ...one, invoice: billOf(one.invoice) }));
  const now = { ...receipt, id, allocations, documents };
  truth.receipts[truth.receipts.indexOf(receipt)] = now;
  for (const [place, refund] of truth.refunds.entries()) {
    if (refund.receipt === receipt) truth.refunds[place] = { ...refund, receipt: now };
  }
  return now;
}

/** Invoices of the customer that a payment is not on, and that are to be paid. */
function othersFor(scene: Scene, { company, allocations }: TrueReceipt): readonly TrueInvoice[] {
  const own = new Set(allocations.map(({ invoice }) => invoice));
  return payables(scene).filter((one) => one.company === company && !own.has(one.number));
}

function shown({ documents }: TrueReceipt): string {
  return documents.map(({ invoice, amount }) => `${invoice} ${amount}`).join(" + ") || "nothing";
}
