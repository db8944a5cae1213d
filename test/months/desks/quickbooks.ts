import type { Books } from "../../../connectors/quickbooks/sandbox/books.ts";
import { receiptPayment } from "../../../connectors/quickbooks/sandbox/clerk.ts";
import { findEntity } from "../../../connectors/quickbooks/sandbox/entities.ts";
import { Refusal } from "../../../connectors/quickbooks/sandbox/refusal.ts";
import { applyWrite } from "../../../connectors/quickbooks/sandbox/write.ts";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { atPath } from "../../../engine/core/json.ts";
import { formatMoney } from "../../../engine/core/money.ts";
import { cents, textOf } from "../../support/books.ts";
import { creditsOf } from "../../support/credits.ts";
import type { Demo } from "../../support/demo.ts";
import { only } from "../../support/edits.ts";
import type { Clerk } from "../scene.ts";
import { quickBooksLines, sumsOf } from "./booked-lines.ts";

export function quickBooksClerk(demo: Demo): Clerk {
  const { accounting } = demo.sandboxes;
  const { ledger } = accounting;
  const books: Books = { ledger, world: demo.world, now: demo.clock.now, rule: () => true };
  const payment = findEntity("payment");
  if (payment === undefined) throw new Error("QuickBooks has no payments");
  const nameOf = (id: string): string => textOf(ledger.get("Customer", id)?.["CompanyName"]);
  const customerOf = (row: { readonly [key: string]: unknown }): string =>
    textOf(atPath(row as never, "CustomerRef.value"));
  return {
    fixesTextOfPaid: false,
    items: () =>
      ledger.all("Invoice").map((row) => ({
        number: textOf(row["DocNumber"]),
        customer: nameOf(customerOf(row)),
        currency: textOf(atPath(row, "CurrencyRef.value")),
        date: textOf(row["TxnDate"]),
        due: textOf(row["DueDate"]),
        total: cents(row["TotalAmt"]),
        open: cents(row["Balance"]),
        voided: textOf(row["PrivateNote"]).startsWith("Voided"),
      })),
    onAccount: () => {
      const sums = new Map<string, number>();
      for (const row of [...ledger.all("Payment"), ...ledger.all("CreditMemo")]) {
        const name = nameOf(customerOf(row));
        sums.set(name, (sums.get(name) ?? 0) + cents(row["UnappliedAmt"] ?? row["RemainingCredit"]));
      }
      return sums;
    },
    credits: () => creditsOf("quickbooks", ledger.all),
    closedUntil: () =>
      textOf(atPath(ledger.get("Preferences", "1") ?? {}, "AccountingInfoPrefs.BookCloseDate")) || null,
    close: (until) => {
      const prefs = ledger.get("Preferences", "1") ?? {};
      const { BookCloseDate: _, ...info } = prefs["AccountingInfoPrefs"] as Row;
      const closed = until === null ? info : { ...info, BookCloseDate: until };
      ledger.put("Preferences", "1", { ...prefs, AccountingInfoPrefs: closed });
    },
    postings: (customer) =>
      sumsOf(
        (["Invoice", "CreditMemo"] as const).flatMap((collection) =>
          ledger
            .all(collection)
            .filter((row) => nameOf(customerOf(row)) === customer)
            .map((row) => ({
              sign: collection === "Invoice" ? 1 : -1,
              lines: quickBooksLines(ledger.all, row),
            })),
        ),
      ),
    lines: () =>
      new Map(
        ledger
          .all("Invoice")
          .map((row) => [textOf(row["DocNumber"]), quickBooksLines(ledger.all, row).length]),
      ),
    memos: () =>
      new Map(
        ledger
          .all("Invoice")
          .map((row) => [textOf(row["DocNumber"]), textOf(atPath(row, "CustomerMemo.value"))]),
      ),
    receive: (receipt, customer) => {
      const lines = receipt.allocations.map(({ invoice, amount }) => {
        const row = only(accounting, "Invoice", ({ DocNumber }) => DocNumber === invoice);
        const linked = { TxnId: textOf(row["Id"]), TxnType: "Invoice" };
        return { Amount: Number(formatMoney(amount, "USD")), LinkedTxn: [linked] };
      });
      const body = { ...receiptPayment(receipt, customer, books), Line: lines };
      const made = applyWrite(
        { entity: payment, operation: "save", body, allowDuplicateNumber: false },
        books,
      );
      if (made instanceof Refusal) throw new Error(`${receipt.reference}: ${JSON.stringify(made)}`);
      return textOf(atPath(made, "Payment.Id"));
    },
  };
}
