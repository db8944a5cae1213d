import { type Books, draftOf } from "../../../connectors/xero/sandbox/books.ts";
import { BANK_CODE, receiveOnAccount } from "../../../connectors/xero/sandbox/clerk.ts";
import { storeAllocation } from "../../../connectors/xero/sandbox/credits.ts";
import { storedDay } from "../../../connectors/xero/sandbox/dates.ts";
import { storeBatch, storePayment } from "../../../connectors/xero/sandbox/payments.ts";
import { Refusal } from "../../../connectors/xero/sandbox/refusal.ts";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { atPath } from "../../../engine/core/json.ts";
import { formatMoney } from "../../../engine/core/money.ts";
import { cents, textOf } from "../../support/books.ts";
import { creditsOf } from "../../support/credits.ts";
import type { Demo } from "../../support/demo.ts";
import { only } from "../../support/edits.ts";
import type { Clerk } from "../scene.ts";
import { unappliedOf } from "../truth.ts";
import { sumsOf, xeroLines } from "./booked-lines.ts";

const WITHDRAWN = ["VOIDED", "DELETED"];

export function xeroClerk(demo: Demo): Clerk {
  const { accounting } = demo.sandboxes;
  const { ledger } = accounting;
  const books: Books = { ledger, world: demo.world, now: demo.clock.now, rule: () => true };
  const nameOf = (id: string): string => textOf(ledger.get("Contacts", id)?.["Name"]);
  const customerOf = (row: Row): string => nameOf(textOf(atPath(row, "Contact.ContactID")));
  const partOf = ({ invoice, amount }: { readonly invoice: string; readonly amount: number }): Row => ({
    Invoice: {
      InvoiceID: only(accounting, "Invoices", (row) => row["InvoiceNumber"] === invoice)["InvoiceID"] ?? "",
    },
    Amount: Number(formatMoney(amount, "USD")),
  });
  return {
    fixesTextOfPaid: true,
    items: () =>
      ledger.all("Invoices").map((row) => {
        const stands = !WITHDRAWN.includes(textOf(row["Status"]));
        return {
          number: textOf(row["InvoiceNumber"]),
          customer: customerOf(row),
          currency: textOf(row["CurrencyCode"]),
          date: storedDay(row["Date"]),
          due: storedDay(row["DueDate"]),
          total: stands ? cents(row["Total"]) : 0,
          open: stands ? cents(row["AmountDue"]) : 0,
          voided: !stands,
        };
      }),
    onAccount: () => {
      const sums = new Map<string, number>();
      const credits = ledger.all("CreditNotes").filter(({ Status }) => !WITHDRAWN.includes(textOf(Status)));
      for (const row of [...ledger.all("Overpayments"), ...credits]) {
        const name = customerOf(row);
        sums.set(name, (sums.get(name) ?? 0) + cents(row["RemainingCredit"]));
      }
      return sums;
    },
    credits: () => creditsOf("xero", ledger.all),
    closedUntil: () => storedDay(ledger.all("Organisation")[0]?.["PeriodLockDate"]) || null,
    close: (until) => {
      const { PeriodLockDate: _, ...organisation } = ledger.all("Organisation")[0] ?? {};
      const locked =
        until === null ? {} : { PeriodLockDate: `/Date(${Date.parse(`${until}T00:00:00Z`)}+0000)/` };
      ledger.put("Organisation", textOf(organisation["OrganisationID"]), { ...organisation, ...locked });
    },
    postings: (customer) =>
      sumsOf(
        (["Invoices", "CreditNotes"] as const).flatMap((collection) =>
          ledger
            .all(collection)
            .filter((row) => customerOf(row) === customer && !WITHDRAWN.includes(textOf(row["Status"])))
            .map((row) => ({ sign: collection === "Invoices" ? 1 : -1, lines: xeroLines(row) })),
        ),
      ),
    lines: () =>
      new Map(ledger.all("Invoices").map((row) => [textOf(row["InvoiceNumber"]), xeroLines(row).length])),
    memos: () =>
      new Map(ledger.all("Invoices").map((row) => [textOf(row["InvoiceNumber"]), textOf(row["Reference"])])),
    // One invoice is a payment, several are a batch, and more than is due an overpayment of which a part is allocated.
    receive: (receipt, customer, currency) => {
      const draft = draftOf(books);
      const head = { Account: { Code: BANK_CODE }, Date: receipt.date, Reference: receipt.reference };
      const parts = receipt.allocations.map(partOf);
      const [first] = parts;
      if (first === undefined || unappliedOf(receipt) > 0) {
        const id = receiveOnAccount(receipt, customer, draft.books, currency);
        for (const part of parts) {
          told(storeAllocation("Overpayments", id, { ...part, Date: receipt.date }, draft.books));
        }
        draft.commit();
        return `over:${id}`;
      }
      const made = told(
        parts.length === 1
          ? storePayment({ ...head, ...first }, draft.books)
          : storeBatch({ ...head, Payments: parts }, draft.books),
      );
      draft.commit();
      return parts.length === 1
        ? `payment:${textOf(made["PaymentID"])}`
        : `batch:${textOf(made["BatchPaymentID"])}`;
    },
  };
}

function told(made: Row | Refusal): Row {
  if (made instanceof Refusal) throw new Error(`Xero refuses it: ${made.messages.join(" ")}`);
  return made;
}
