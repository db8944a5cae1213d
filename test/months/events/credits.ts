import { formatMoney } from "../../../engine/core/money.ts";
import { addDays } from "../../../mappings/demo/world/dates.ts";
import { billOf } from "../posted.ts";
import { later } from "../promised.ts";
import type { EventKind, Scene } from "../scene.ts";
import { leftOf, openOf, sumOf, type TrueInvoice } from "../truth.ts";

/** What the billing department gives back, where billing has credit notes. */

export const issueCredit: EventKind = {
  name: "credit note",
  weight: 3,
  happen: (scene) => {
    const { billing, random, truth, today } = scene;
    const corrected = creditable(scene);
    const company = truth.companies.find(({ number }) => number === corrected?.company);
    if (billing.credits === undefined || corrected === undefined || company === undefined) return undefined;
    const line = random.pick(corrected.lines.filter(({ amount }) => amount > 0));
    const amount = random.int(1, line.amount);
    const { charge_type, description } = line;
    const lines = [
      {
        charge_type,
        description: `Credit: ${description}`,
        quantity: "1",
        unit_amount_decimal: formatMoney(amount, "USD"),
        amount,
      },
    ];
    const levied = corrected.taxes.find(
      (tax) => tax.amount > 0 && tax.line_number === corrected.lines.indexOf(line) + 1,
    );
    const taxes =
      levied !== undefined && random.chance(70)
        ? [{ ...levied, line_number: 1, amount: random.int(1, levied.amount) }]
        : [];
    const total = sumOf([...lines, ...taxes]);
    const number = scene.next();
    // Never before what it corrects.
    const date = random.chance(30)
      ? later(corrected.invoice_date, addDays(today, -random.int(1, 30)))
      : today;
    const credit = {
      id: String(800_000 + number),
      number: `CN-${number}`,
      company: company.number,
      date,
      invoice: random.chance(80) ? corrected.number : null,
      lines,
      taxes,
      total,
      applications: usesOf(scene, corrected, total).map((use) => ({ ...use, date })),
      voided: false,
    };
    billing.credits.issue(credit, company);
    truth.credits.push(credit);
    const used = credit.applications.map((one) => `${one.invoice} ${one.amount}`).join(" + ");
    return `${credit.number} of ${corrected.number} over ${total} for ${used || "nothing yet"}`;
  },
};

export const useCredit: EventKind = {
  name: "credit used later",
  weight: 2,
  happen: (scene) => {
    const { billing, random, truth, today } = scene;
    const unused = truth.credits.filter((credit) => leftOf(credit) > 0);
    if (billing.credits === undefined || unused.length === 0) return undefined;
    const credit = random.pick(unused);
    const invoice = creditable(scene, credit.company);
    if (invoice === undefined) return undefined;
    const amount = random.int(1, Math.min(leftOf(credit), openIn(scene, invoice)));
    billing.credits.use(credit.number, invoice.number, amount);
    credit.applications.push({ invoice: invoice.number, amount, date: today });
    return `${credit.number} for ${invoice.number} ${amount}`;
  },
};

export const withdrawCredit: EventKind = {
  name: "credit note withdrawn",
  weight: 1,
  happen: ({ billing, random, truth }) => {
    const standing = truth.credits.filter(({ voided }) => !voided);
    if (billing.credits === undefined || standing.length === 0) return undefined;
    const credit = random.pick(standing);
    billing.credits.withdraw(credit.number);
    credit.voided = true;
    return credit.number;
  },
};

/** Used for the invoice whole or in part, for another one of the customer too, or not yet. */
function usesOf(
  scene: Scene,
  corrected: TrueInvoice,
  total: number,
): { readonly invoice: string; readonly amount: number }[] {
  const how = scene.random.pick(["whole", "part", "two", "not yet"] as const);
  if (how === "not yet") return [];
  const most = Math.min(total, openIn(scene, corrected));
  const first = { invoice: corrected.number, amount: how === "whole" ? most : scene.random.int(1, most) };
  const left = total - first.amount;
  const other = scene.truth.invoices.find(
    (one) =>
      one !== corrected &&
      one.company === corrected.company &&
      openIn(scene, one) > 0 &&
      !scene.posted.isPending(one),
  );
  if (how !== "two" || other === undefined || left === 0) return [first];
  return [first, { invoice: other.number, amount: Math.min(left, openIn(scene, other)) }];
}

function creditable(scene: Scene, company?: string): TrueInvoice | undefined {
  const all = scene.truth.invoices.filter(
    (one) =>
      (company === undefined || one.company === company) &&
      openIn(scene, one) > 0 &&
      // Credited before its change is through, it would need a person to take the credit off again.
      !scene.posted.isPending(one),
  );
  return all.length === 0 ? undefined : scene.random.pick(all);
}

/**
 * What of an invoice neither the ledger's payments nor, as far as billing knows by now, anything else has settled: of one
 * with adjustments no more than is open of a single document, and nothing while billing's credit for it is on its way.
 */
function openIn({ truth, billing, clerk, posted }: Scene, invoice: TrueInvoice): number {
  const known = billing.items().find(({ number }) => number === invoice.number);
  const own = clerk.items().filter(({ number, voided }) => !voided && billOf(number) === invoice.number);
  if (own.length > 1 && posted.isCredited(invoice)) return 0;
  const there = own.length === 0 ? Infinity : Math.max(...own.map(({ open }) => open));
  return Math.min(openOf(truth, invoice), known?.open ?? 0, there);
}
