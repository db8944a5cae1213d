import { clerkOf } from "../../support/clerks.ts";
import { billOf } from "../posted.ts";
import type { EventKind, Scene } from "../scene.ts";
import { receivables } from "../service-invoices.ts";
import { openOf, sumOf, type TrueInvoice, type TrueReceipt } from "../truth.ts";
import { openIn, payables } from "./payments.ts";

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
    forget(scene, receipt);
    const booked = scene.clerk.items().find(({ number }) => number === first.invoice);
    const most = Math.min(openOf(scene.truth, invoice), (booked?.open ?? 0) + first.amount);
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

/** The same money for other invoices of the customer, whole or in part; what they do not take stays where it was. */
export const movePayment: EventKind = {
  name: "payment moved",
  weight: 4,
  happen: (scene) => {
    const { demo, truth, random, posted } = scene;
    const movable = changeable(scene).filter((receipt) => othersFor(scene, receipt).length > 0);
    if (movable.length === 0) return undefined;
    const receipt = random.pick(movable);
    let left = receipt.amount - sumOf(truth.refunds.filter((refund) => refund.receipt === receipt));
    const take = (most: number): number => {
      const part = Math.min(left, most);
      left -= part;
      return part;
    };
    const moved = random
      .shuffle(othersFor(scene, receipt))
      .slice(0, random.int(1, 3))
      .flatMap((invoice) => {
        const open = openIn(scene, invoice);
        const amount = take(random.chance(50) ? open : random.int(1, open));
        return amount === 0 ? [] : [{ invoice: invoice.number, amount }];
      });
    const kept = receipt.documents.flatMap(({ invoice, amount: most }) => {
      const amount = take(most);
      return amount === 0 ? [] : [{ invoice, amount }];
    });
    const documents = [...posted.onDocuments(moved), ...kept];
    const id = clerkOf(demo).edit(receipt.id, {
      date: receipt.date,
      amount: receipt.amount,
      reference: receipt.reference,
      on: Object.fromEntries(documents.map(({ invoice, amount }) => [invoice, amount])),
    });
    const allocations = documents.map((one) => ({ ...one, invoice: billOf(one.invoice) }));
    replace(scene, receipt, { ...receipt, id, allocations, documents });
    const paid = allocations.map(({ invoice, amount }) => `${invoice} ${amount}`).join(" + ");
    return `${receipt.reference} is for ${paid}, no more for ${receipt.documents.map(({ invoice, amount }) => `${invoice} ${amount}`).join(" + ") || "nothing"}`;
  },
};

/** Invoices of the customer that a payment is not on, and that are to be paid. */
function othersFor(scene: Scene, { company, allocations }: TrueReceipt): readonly TrueInvoice[] {
  const own = new Set(allocations.map(({ invoice }) => invoice));
  return payables(scene).filter((one) => one.company === company && !own.has(one.number));
}

function someReceipt(scene: Scene): TrueReceipt | undefined {
  // Money on account in Xero is another document, which nobody deletes.
  const all = changeable(scene).filter(({ id }) => !id.startsWith("over:"));
  return all.length === 0 ? undefined : scene.random.pick(all);
}

function changeable({ truth, billing, clerk }: Scene): readonly TrueReceipt[] {
  return truth.receipts.filter(({ date }) => billing.takesChanges && date > (clerk.closedUntil() ?? ""));
}

/** What was returned of it was returned of what it is now. */
function replace({ truth }: Scene, receipt: TrueReceipt, now: TrueReceipt): void {
  truth.receipts[truth.receipts.indexOf(receipt)] = now;
  for (const [place, refund] of truth.refunds.entries()) {
    if (refund.receipt === receipt) truth.refunds[place] = { ...refund, receipt: now };
  }
}

function forget({ truth }: Scene, receipt: TrueReceipt): void {
  truth.receipts.splice(truth.receipts.indexOf(receipt), 1);
}
