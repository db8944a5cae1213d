import { clerkOf } from "../../support/clerks.ts";
import type { EventKind } from "../scene.ts";
import { onAccountOf } from "../truth.ts";

/** Money on account that goes back to the customer: only where the ledger says what it came out of, and billing takes it. */

export const refund: EventKind = {
  name: "money on account refunded",
  weight: 3,
  happen: (scene) => {
    const { demo, truth, billing, random, today } = scene;
    const over = truth.receipts.filter(({ id }) => id.startsWith("over:"));
    const returnable = over.filter((receipt) => onAccountOf(truth, receipt) > 0);
    if (!billing.takesChanges || returnable.length === 0) return undefined;
    const receipt = random.pick(returnable);
    const left = onAccountOf(truth, receipt);
    const back = {
      date: today,
      amount: random.chance(50) ? left : random.int(1, left),
      reference: `BACK ${scene.next()}`,
    };
    const id = clerkOf(demo).refund(receipt.id, back);
    truth.refunds.push({ ...back, id, receipt });
    return `${back.reference} over ${back.amount} out of ${receipt.reference}`;
  },
};

export const removeRefund: EventKind = {
  name: "refund deleted",
  weight: 1,
  happen: ({ demo, truth, clerk, random }) => {
    const open = truth.refunds.filter(({ date }) => date > (clerk.closedUntil() ?? ""));
    if (open.length === 0) return undefined;
    const gone = random.pick(open);
    clerkOf(demo).removeRefund(gone.id);
    truth.refunds.splice(truth.refunds.indexOf(gone), 1);
    return gone.reference;
  },
};
