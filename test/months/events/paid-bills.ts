import { billOf } from "../posted.ts";
import type { EventKind, Scene } from "../scene.ts";
import { openOf, sumOf, type TrueInvoice } from "../truth.ts";
import { allocate } from "./payments-moved.ts";
import { corrected, put } from "./revisions.ts";

/** Bills that billing corrects though money is on them: accounting follows once people have taken it off, or not at all. */

/** To less than was paid of it, too. */
export const revisePaidBill: EventKind = {
  name: "paid bill revised",
  weight: 3,
  happen: (scene) => {
    const { truth, random, posted } = scene;
    const paid = truth.invoices.filter(
      (one) =>
        isPaid(scene, one) &&
        posted.isSettled(one) &&
        !posted.isAdjusted(one) &&
        posted.originals(one).length === 1,
    );
    if (paid.length === 0) return undefined;
    const invoice = random.pick(paid);
    const now = corrected(scene, invoice);
    if (now === undefined) return undefined;
    truth.revisedPaid.set(invoice.number, invoice);
    return put(scene, now, `is over ${now.total}, and ${invoice.total - openOf(truth, invoice)} is paid`);
  },
};

/** What people did about bills that wait because money is on them; `again` puts it back, as far as they take it. */
export interface Freed {
  readonly bills: readonly string[];
  again(): void;
}

type People = Pick<Scene, "demo" | "truth" | "billing" | "clerk" | "posted">;

/** Takes the money off what waits; where billing would not follow, the bill is again what it was. */
export function freePaidBills(people: People): Freed {
  const { truth, billing, posted } = people;
  const waiting = truth.invoices.filter((one) => posted.isPending(one) && isPaid(people, one));
  const off = waiting.flatMap((invoice) => {
    const before = truth.revisedPaid.get(invoice.number);
    if (billing.takesChanges || before === undefined) return takeOff(people, invoice.number);
    put(people, before, "");
    return [];
  });
  return {
    bills: waiting.map(({ number }) => number),
    again: () => {
      for (const { id, bill, amount } of off) {
        const receipt = truth.receipts.find((one) => one.id === id);
        const invoice = truth.invoices.find(({ number }) => number === bill);
        const most = Math.min(amount, invoice === undefined ? 0 : openOf(truth, invoice));
        if (receipt === undefined || most === 0) continue;
        const part = posted.onDocuments([{ invoice: bill, amount: most }]);
        allocate(people, receipt, [...receipt.documents, ...part]);
      }
    },
  };
}

function takeOff(people: People, bill: string) {
  const isOn = ({ invoice }: { readonly invoice: string }): boolean => billOf(invoice) === bill;
  return people.truth.receipts
    .filter(({ documents }) => documents.some(isOn))
    .map((receipt) => {
      const left = receipt.documents.filter((one) => !isOn(one));
      const { id } = allocate(people, receipt, left);
      return { id, bill, amount: sumOf(receipt.documents.filter(isOn)) };
    });
}

/** True where nothing but payments is on a bill. */
function isPaid({ truth }: Pick<Scene, "truth">, { number, voided }: TrueInvoice): boolean {
  const credited = truth.credits.flatMap(({ invoice, applications }) => [
    invoice,
    ...applications.map((one) => one.invoice),
  ]);
  const paid = truth.receipts.some(({ allocations }) =>
    allocations.some(({ invoice }) => invoice === number),
  );
  return paid && !voided && !credited.includes(number);
}
