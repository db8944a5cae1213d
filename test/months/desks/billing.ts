import { openBill } from "../../../connectors/revio-billing/sandbox/billing-department.ts";
import type { Books } from "../../../connectors/revio-billing/sandbox/books.ts";
import { names, psaCompanyLabel } from "../../../connectors/revio-billing/sandbox/names.ts";
import { provision } from "../../../connectors/revio-billing/sandbox/provisioning.ts";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { Company, WorldCredit, WorldInvoice } from "../../../engine/connector/sandbox/world.ts";
import { cents, rowsOf, textOf } from "../../support/books.ts";
import type { BookedCredit } from "../../support/credits.ts";
import type { Demo } from "../../support/demo.ts";
import { changeBill, only } from "../../support/edits.ts";
import type { OpenItem } from "../truth.ts";
import { databaseDesk } from "./database-billing.ts";
import { plainService } from "./plain-service.ts";

const RATE_PLAN = 41;

/** The people who work in billing: they bill customers, and withdraw bills that were wrong. */
export interface BillingDesk {
  /** True where a payment that is there can be changed and voided. */
  readonly takesChanges: boolean;
  /** For a billing system that has credit notes. */
  readonly credits: CreditDesk | undefined;
  /** True when a company is a customer here by now. */
  knows(company: Company): boolean;
  /** Enters what the service of a company lacks before it can be billed. */
  provision(company: Company): void;
  /** Takes the rate plan off a service of a company. */
  takePlan(company: Company): void;
  /** Charges of a company that stand on no invoice yet; none where billing takes none. */
  waiting(company: Company): readonly WaitingCharge[];
  /** `charges`: those that stand on it, as its last lines. */
  issue(invoice: WorldInvoice, company: Company, charges: readonly WaitingCharge[]): void;
  /** Corrects a bill: what was paid of it stays paid, and charges that stand on it stay on it. */
  revise(invoice: WorldInvoice, company: Company): void;
  /** Withdraws a bill; charges that stood on it wait again. */
  withdraw(number: string): void;
  /** What billing itself says is owed, by invoice; withdrawn ones owe nothing. */
  items(): readonly OpenItem[];
  /** What billing itself says was received or credited and not applied, by the customer's name. */
  onAccount(): ReadonlyMap<string, number>;
  /** Currency of a payment, by its id. */
  currencyOf(payment: string): string;
  /** Ids of payments that stand there as voided. */
  withdrawn(): ReadonlySet<string>;
  /** Refunds that stand there. */
  refunds(): readonly BookedRefund[];
  /** All charges for what the PSA had to bill. */
  charges(): readonly WaitingCharge[];
}

/** A line of a later invoice. */
export type WaitingCharge = WorldInvoice["lines"][number] & {
  readonly id: string;
  /** The item that it was made for, as the engine names it. */
  readonly item: string;
};

export interface CreditDesk {
  issue(credit: WorldCredit, company: Company): void;
  /** Uses what is left of a credit note for one more invoice. */
  use(number: string, invoice: string, amount: number): void;
  /** Takes it back, and off the invoices that it was used for. */
  withdraw(number: string): void;
  /** Those that stand. */
  all(): readonly BookedCredit[];
}

export interface BookedRefund {
  readonly date: string;
  readonly amount: number;
  readonly reference: string;
  /** Reference of the payment that it came out of. */
  readonly of: string;
}

export function billingDesk(demo: Demo): BillingDesk {
  return demo.sandboxes.billing.name === "sqlite-billing" ? databaseDesk(demo) : revioDesk(demo);
}

/** The people who work in Rev.io. */
function revioDesk(demo: Demo): BillingDesk {
  const { ledger } = demo.sandboxes.billing;
  const books: Books = { ledger, world: demo.world, now: demo.clock.now, rule: () => true };
  const customerOf = ({ ids }: Company): Row | undefined =>
    ledger
      .all("customers")
      .find((row) =>
        rowsOf(row["fields"]).some(({ label, value }) => label === psaCompanyLabel && value === ids.psa),
      );
  const nameOf = (id: Row[string] | undefined): string => {
    const row = ledger.get("customers", textOf(id));
    return textOf(rowsOf([row?.[names.customer.billingAddress] ?? null])[0]?.["company_name"]);
  };
  const servicesOf = (company: Company): readonly Row[] =>
    ledger.all("services").filter(({ customer_id }) => customer_id === customerOf(company)?.["customer_id"]);
  const plan = (row: Row, usage_plan_group_id: number): void =>
    ledger.put("services", textOf(row["service_id"]), { ...row, usage_plan_group_id });
  return {
    takesChanges: false,
    credits: undefined,
    waiting: () => [],
    charges: () => [],
    refunds: () => [],
    currencyOf: () => demo.world.currency,
    withdrawn: () => new Set(),
    knows: (company) => customerOf(company) !== undefined,
    provision: (company) => {
      provision(plainService(company), customerOf(company) ?? {}, books);
      for (const row of servicesOf(company)) plan(row, RATE_PLAN);
    },
    takePlan: (company) => {
      const [row] = servicesOf(company);
      if (row !== undefined) plan(row, 0);
    },
    issue: (invoice, company) => {
      const customer = customerOf(company);
      if (customer === undefined) throw new Error(`billing has no ${company.number}`);
      openBill(invoice, customer, books);
    },
    revise: (invoice, company) => {
      const bill = only(demo.sandboxes.billing, "bills", (row) => row[names.bill.number] === invoice.number);
      const id = textOf(bill["bill_id"]);
      for (const charge of ledger.all("charges")) {
        if (charge["bill_id"] === bill["bill_id"]) ledger.remove("charges", textOf(charge["charge_id"]));
      }
      ledger.remove("bills", id);
      const customer = customerOf(company) ?? {};
      openBill(invoice, customer, books);
      const paid = cents(bill[names.bill.total]) - cents(bill[names.bill.amountDue]);
      changeBill(demo, id, { [names.bill.amountDue]: (invoice.total - paid) / 100 });
    },
    withdraw: (number) => {
      const bill = only(demo.sandboxes.billing, "bills", (row) => row[names.bill.number] === number);
      changeBill(demo, textOf(bill["bill_id"]), {
        [names.bill.status]: "VOIDED",
        [names.bill.amountDue]: 0,
      });
    },
    items: () =>
      ledger.all("bills").map((row) => ({
        number: textOf(row[names.bill.number]),
        customer: nameOf(row["customer_id"]),
        // It says none: everything is in the provider's own.
        currency: demo.world.currency,
        date: textOf(row[names.bill.created]).slice(0, 10),
        due: textOf(row[names.bill.due]).slice(0, 10),
        total: row[names.bill.status] === "VOIDED" ? 0 : cents(row[names.bill.total]),
        open: cents(row[names.bill.amountDue]),
        voided: row[names.bill.status] === "VOIDED",
      })),
    onAccount: () => {
      const sums = new Map<string, number>();
      for (const row of ledger.all("payments")) {
        const applied = rowsOf(row[names.payment.allocations]).reduce(
          (sum, one) => sum + cents(one[names.payment.allocatedAmount]),
          0,
        );
        const name = nameOf(row["customer_id"]);
        sums.set(name, (sums.get(name) ?? 0) + cents(row["amount"]) - applied);
      }
      return sums;
    },
  };
}
