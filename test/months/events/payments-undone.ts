import { clerkOf } from "../../support/clerks.ts";
import { billOf } from "../posted.ts";
import type { EventKind, Scene } from "../scene.ts";
import { receivables } from "../service-invoices.ts";
import { openOf, sumOf, type TrueReceipt } from "../truth.ts";

/** What accounting's clerk does to payments that are there; only where billing takes such changes. */

export const removePayment: EventKind = {
  name: "payment deleted",
  weight: 2,
  happen: (scene) => {
    const receipt = someReceipt(scene);
    if (receipt === undefined) return undefined;
    clerkOf(scene.demo).remove(receipt.id);
    forget(scene, receipt);
    return receipt.reference;
  },
};

export const voidPayment: EventKind = {
  name: "payment returned by the bank",
  weight: 2,
  happen: (scene) => {
    const receipt = someReceipt(scene);
    if (receipt === undefined) return undefined;
    clerkOf(scene.demo).void(receipt.id, "NSF");
    forget(scene, receipt);
    return receipt.reference;
  },
};

export const editPayment: EventKind = {
  name: "payment edited",
  weight: 3,
  happen: (scene) => {
    const receipt = someReceipt(scene);
    const [first] = receipt?.documents ?? [];
    const bill = billOf(first?.invoice ?? "");
    const invoice = receivables(scene.truth).find(({ number }) => number === bill);
    if (receipt === undefined || first === undefined || invoice === undefined) return undefined;
    const booked = scene.clerk.items().find(({ number }) => number === first.invoice);
    const own = sumOf(receipt.allocations.filter((one) => one.invoice === bill));
    const room = Math.min(openOf(scene.truth, invoice) + own, (booked?.open ?? 0) + first.amount);
    // Billing's credit that is on its way finds as much open as before.
    const most = scene.posted.isCredited(invoice) ? Math.min(room, first.amount) : room;
    if (most < 1) return undefined;
    forget(scene, receipt);
    const amount = scene.random.int(1, most);
    const id = clerkOf(scene.demo).edit(receipt.id, {
      date: receipt.date,
      amount,
      reference: receipt.reference,
      on: { [first.invoice]: amount },
    });
    scene.truth.receipts.push({
      ...receipt,
      id,
      amount,
      allocations: [{ invoice: bill, amount }],
      documents: [{ invoice: first.invoice, amount }],
    });
    return `${receipt.reference} is ${amount} for ${bill}`;
  },
};

function someReceipt(scene: Scene): TrueReceipt | undefined {
  // Money on account in Xero is another document, which nobody deletes.
  const all = changeable(scene).filter(({ id }) => !id.startsWith("over:"));
  return all.length === 0 ? undefined : scene.random.pick(all);
}

/** Payments that the clerk can still change, and billing with them. */
export function changeable({ truth, billing, clerk }: Scene): readonly TrueReceipt[] {
  return truth.receipts.filter(({ date }) => billing.takesChanges && date > (clerk.closedUntil() ?? ""));
}

function forget({ truth }: Scene, receipt: TrueReceipt): void {
  truth.receipts.splice(truth.receipts.indexOf(receipt), 1);
}
