import { storedDay } from "../../connectors/xero/sandbox/dates.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { atPath } from "../../engine/core/json.ts";
import { type Collection, cents, rowsOf, textOf } from "./books.ts";
import { tinyWorld } from "./tiny-world.ts";

/** Credit notes in a world and in the sandboxes' own books, in no vendor's words. */

export interface BookedCredit {
  readonly number: string;
  readonly date: string;
  /** Minor units. */
  readonly total: number;
  /** What is not used yet. */
  readonly left: number;
  /** By invoice number, in its order; one for each time that the credit was used. */
  readonly applications: readonly { readonly invoice: string; readonly amount: number }[];
}

/** Two invoices of one customer and one of another, all open, and a credit note that is used for two of them. */
export const creditWorld: World = worldWithCredits();

function worldWithCredits(): World {
  const [first, second] = tinyWorld.invoices;
  if (first === undefined || second === undefined) throw new Error("the tiny world has two invoices");
  const later = {
    ...first,
    id: "9003",
    number: "INV-1044",
    invoice_date: "2026-08-15",
    due_date: "2026-09-14",
  };
  return {
    ...tinyWorld,
    receipts: [],
    strangers: [],
    invoices: [first, second, later],
    credits: [
      {
        id: "8001",
        number: "CN-12",
        company: "CUST-1001",
        date: "2026-08-20",
        invoice: "INV-1044",
        lines: [
          {
            charge_type: "MRC",
            description: "Credit: one seat not in use",
            quantity: "1",
            unit_amount_decimal: "19.95",
            amount: 1995,
          },
        ],
        taxes: [
          {
            line_number: 1,
            charge_type: "STATE-TAX",
            name: "FL communications tax",
            tax_type: "communications_tax",
            jurisdiction: "state",
            rate_decimal: "0.07",
            amount: 140,
          },
        ],
        total: 2135,
        applications: [
          { invoice: "INV-1044", amount: 500 },
          { invoice: "INV-1042", amount: 100 },
        ],
      },
    ],
  };
}

/** How each ledger keeps credit: its notes, and what uses them. */
const READERS: { readonly [connector: string]: (rows: Collection) => readonly BookedCredit[] } = {
  quickbooks: (rows) => {
    const numbers = named(rows("Invoice"), "Id", "DocNumber");
    const uses = rows("Payment").flatMap(({ Line }) => {
      const linked = (type: string) =>
        rowsOf(Line).flatMap((line) =>
          rowsOf(line["LinkedTxn"])
            .filter(({ TxnType }) => TxnType === type)
            .map(({ TxnId }) => ({ id: textOf(TxnId), amount: cents(line["Amount"]) })),
        );
      const [invoice] = linked("Invoice");
      return linked("CreditMemo").map(({ id, amount }) => ({ note: id, invoice: invoice?.id ?? "", amount }));
    });
    return rows("CreditMemo").map((row) => ({
      number: textOf(row["DocNumber"]),
      date: textOf(row["TxnDate"]),
      total: cents(row["TotalAmt"]),
      left: cents(row["RemainingCredit"]),
      applications: usesOf(textOf(row["Id"]), uses, numbers),
    }));
  },
  xero: (rows) =>
    rows("CreditNotes")
      .filter(({ Status }) => Status !== "VOIDED" && Status !== "DELETED")
      .map((row) => ({
        number: textOf(row["CreditNoteNumber"]),
        date: storedDay(row["Date"]),
        total: cents(row["Total"]),
        left: cents(row["RemainingCredit"]),
        applications: sorted(
          rowsOf(row["Allocations"]).map((one) => ({
            invoice: textOf(atPath(one, "Invoice.InvoiceNumber")),
            amount: cents(one["Amount"]),
          })),
        ),
      })),
  "sage-accounting": (rows) => {
    const numbers = named(rows("sales_invoices"), "id", "reference");
    const uses = rows("contact_allocations").flatMap(({ allocated_artefacts }) => {
      const parts = rowsOf(allocated_artefacts).map((part) => ({
        id: textOf(atPath(part, "artefact.id")),
        amount: cents(part["amount"]),
      }));
      const invoice = parts.find(({ amount }) => amount > 0);
      const notes = parts.filter(({ amount }) => amount < 0);
      return notes.map(({ id, amount }) => ({ note: id, invoice: invoice?.id ?? "", amount: -amount }));
    });
    return rows("sales_credit_notes")
      .filter((row) => atPath(row, "status.id") !== "VOID")
      .map((row) => ({
        number: textOf(row["reference"]),
        date: textOf(row["date"]),
        total: cents(row["total_amount"]),
        left: cents(row["outstanding_amount"]),
        applications: usesOf(textOf(row["id"]), uses, numbers),
      }));
  },
};

/** The standing credit notes of a ledger. */
export function creditsOf(connector: string, rows: Collection): readonly BookedCredit[] {
  const reader = READERS[connector];
  if (reader === undefined) throw new Error(`nobody has said how ${connector} keeps credit`);
  return reader(rows);
}

function named(rows: ReturnType<Collection>, id: string, number: string): ReadonlyMap<string, string> {
  return new Map(rows.map((row) => [textOf(row[id]), textOf(row[number])]));
}

function usesOf(
  id: string,
  uses: readonly { readonly note: string; readonly invoice: string; readonly amount: number }[],
  numbers: ReadonlyMap<string, string>,
): BookedCredit["applications"] {
  const own = uses.filter(({ note }) => note === id);
  return sorted(own.map(({ invoice, amount }) => ({ invoice: numbers.get(invoice) ?? "", amount })));
}

function sorted(parts: BookedCredit["applications"]): BookedCredit["applications"] {
  return parts.toSorted((a, b) => a.invoice.localeCompare(b.invoice));
}
