import { printMoney } from "../core/money.ts";
import { type Cause, cause } from "./cause.ts";
import type { BilledItem, ItemPlace } from "./ledger.ts";

/** The PSA's items that billing is to invoice, beside the lines with which billing invoices them. Pure. */

/** An amount of an item at its place: what the PSA has, or what billing invoiced. */
export interface ItemPart extends ItemPlace {
  readonly book: "psa" | "billing";
  readonly amount: number;
}

/** False for what nobody is to find in billing: the PSA invoices it itself, has not approved it, or does not bill it. */
export function isForBilling({ facts, lines }: Pick<BilledItem, "facts" | "lines">): boolean {
  const { status, mode, charged, claimed_by, before_go_live, psa_invoices, on_unread_invoice } = facts;
  if (charged !== null || lines.some((one) => one.status === "issued")) return true;
  if (before_go_live || mode !== "consolidated" || claimed_by.length > 0) return false;
  if (status === "pending" || status === "written_off") return false;
  // What is billed on no invoice is covered by its agreement.
  return status !== "billed" || on_unread_invoice || psa_invoices.some((one) => one.status !== "voided");
}

/** Where its amounts stand: each charge in the month of its invoice, and what is on none in the item's own. */
export function partsOf({ customer, date, gl_code, due, charges, lines }: BilledItem): readonly ItemPart[] {
  const issued = lines.filter(({ status }) => status === "issued");
  const own = { book: "psa", customer, gl_code } as const;
  const seen = new Map<string, ItemPart>();
  for (const { charge, date: day } of issued) {
    if (!seen.has(charge)) seen.set(charge, { ...own, date: day, amount: charges.get(charge) ?? 0 });
  }
  const invoiced = [...seen.values()];
  const rest = due - invoiced.reduce((sum, { amount }) => sum + amount, 0);
  return [
    ...invoiced,
    ...(rest === 0 ? [] : [{ ...own, date: issued[0]?.date ?? date, amount: rest }]),
    ...issued.map((one): ItemPart => {
      return {
        book: "billing",
        customer: one.customer,
        date: one.date,
        gl_code: one.gl_code,
        amount: one.amount,
      };
    }),
  ];
}

/** Why the PSA and billing differ over an item in a month (YYYY-MM), and what ends it. */
export function itemCause(item: BilledItem, client: string, month: string): Cause {
  const { facts, due, charged_now, lines, charges } = item;
  const own = ` --client ${client}`;
  const money = (amount: number): string => printMoney(amount, facts.currency);
  const what = `item ${facts.item} (${facts.description})`;
  if (facts.charged === null) return notCharged(item, what, own);
  const live = facts.psa_invoices.filter(({ status }) => status === "issued");
  const [doubly] = [...live.map(({ number }) => number), ...facts.claimed_by];
  if (doubly !== undefined) {
    return cause("billed_twice", `${what} is charged in billing and on invoice ${doubly} of the PSA`, {
      task: `Take it off one of the two.`,
    });
  }
  if (facts.billing_invoices_twice.length > 0) {
    const numbers = facts.billing_invoices_twice.join(" and ");
    return cause("billed_twice", `${what} stands on ${numbers} of billing`, {
      task: "Void one of them in billing, or take it off.",
    });
  }
  const charged = facts.charged.amount;
  if (charged !== due) {
    const now = facts.status === "gone" ? "is gone from the PSA" : `is ${money(due)} in the PSA now`;
    const held = facts.issue === null ? "" : `; it is held: ${facts.issue}`;
    return cause("changed_after_charge", `${what} was charged at ${money(charged)} and ${now}${held}`, {
      command: `tripoint run --pipeline ${item.pipeline}${own}`,
    });
  }
  if (charged_now !== null && charged_now !== charged) {
    return cause(
      "charge_changed",
      `${what} was charged at ${money(charged)}, and billing has ${money(charged_now)}`,
      {
        task: `Put its charge in billing back to ${money(charged)}.`,
      },
    );
  }
  const issued = lines.filter(({ status }) => status === "issued");
  const missing = [...charges.keys()].filter((one) => !issued.some(({ charge }) => charge === one));
  const [first] = missing;
  const invoiced = issued.reduce((sum, { amount }) => sum + amount, 0);
  if (first !== undefined) {
    const open = missing.reduce((sum, one) => sum + (charges.get(one) ?? 0), 0);
    const isRight = invoiced + open === charged && issued.every((one) => standsRight(one, item));
    return isRight && missing.every((one) => isDue(item, one, month))
      ? waitsForInvoice(item, what, open)
      : notInvoiced(item, what, first);
  }
  const numbers = [...new Set(issued.map(({ number }) => number))].join(" and ");
  if (invoiced !== charged) {
    return cause(
      "changed_on_invoice",
      `${what} is ${money(invoiced)} on ${numbers}, and was charged at ${money(charged)}`,
      {
        task: `Correct it on ${numbers} in billing.`,
      },
    );
  }
  const codes = [...new Set(issued.map(({ gl_code }) => gl_code || "no code"))].join(" and ");
  if (issued.some(({ customer }) => customer.key !== item.customer.key)) {
    return cause("other_customer", `${what} is on ${numbers}, which is another customer's`, {
      task: `Void ${numbers} in billing, or take the item off it.`,
    });
  }
  return cause(
    "other_gl_code",
    `${what} is ${item.gl_code || "no code"} by the code maps and ${codes} on ${numbers}`,
    {
      task: `Correct its charge type on ${numbers}, or its row in ${item.codes}.`,
    },
  );
}

function notCharged(item: BilledItem, what: string, own: string): Cause {
  const { facts, due, pipeline, codes } = item;
  const run = `tripoint run --pipeline ${pipeline}${own}`;
  const said = `${what} over ${printMoney(due, facts.currency)}`;
  const [line] = item.lines;
  if (line !== undefined) {
    return cause("no_charge", `${said} is on ${line.number} of billing, and no run has charged it`, {
      task: `Take it off ${line.number}, which a run would charge again.`,
    });
  }
  if (facts.issue !== null) {
    return cause("held", `${said} is held: ${facts.issue}`, {
      task: `Correct it in the PSA, or add its code to ${codes}.`,
      command: run,
    });
  }
  const [invoice] = facts.psa_invoices.filter(({ status }) => status !== "voided");
  if (invoice !== undefined || facts.on_unread_invoice) {
    const on = invoice === undefined ? "an invoice of the PSA" : `invoice ${invoice.number} of the PSA`;
    return cause("on_psa_invoice", `${said} is on ${on}, and its customer gets one invoice from billing`, {
      task: `Take it off ${on}; the next run charges it then.`,
    });
  }
  if (facts.status === "claimed") {
    return cause("marked_elsewhere", `${said} is marked as taken in the PSA, and no run has charged it`, {
      task: "Set it back to ready in the PSA.",
      command: run,
    });
  }
  return cause("not_run", `${said} is ready in the PSA, and no run has charged it`, { command: run });
}

function standsRight({ customer, gl_code }: BilledItem["lines"][number], item: BilledItem): boolean {
  return customer.key === item.customer.key && gl_code === item.gl_code;
}

/** True while the bill run that a charge is for may be ahead: until the month is over in which it was made. */
function isDue({ charged_in, lines }: BilledItem, charge: string, month: string): boolean {
  return (
    charged_in.get(charge) === month && !lines.some((one) => one.charge === charge && one.status === "voided")
  );
}

function waitsForInvoice({ facts }: BilledItem, what: string, open: number): Cause {
  const message = `${what}: ${printMoney(open, facts.currency)} of it wait for billing's next bill run`;
  return { cause: "waits_for_bill_run", expected: true, message, task: null, command: null };
}

function notInvoiced({ charges, lines, facts }: BilledItem, what: string, charge: string): Cause {
  const over = printMoney(charges.get(charge) ?? 0, facts.currency);
  const [line] = lines.filter((one) => one.charge === charge);
  const where =
    line === undefined
      ? "on no invoice"
      : `on ${line.number}, which is ${line.status === "draft" ? "a draft" : "voided"}`;
  const task =
    line?.status === "draft"
      ? `Issue ${line.number} in billing.`
      : "Put it on an invoice in billing; a bill run does.";
  return cause("not_invoiced", `${what} is charged in billing over ${over} and stands ${where}`, { task });
}
