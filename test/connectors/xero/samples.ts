import assert from "node:assert/strict";
import { worldId } from "../../../connectors/xero/sandbox/books.ts";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { Client } from "./client.ts";

/** Acme of the small world. */
export const ACME = worldId("789");

export function line(amount: number, more: Row = {}): Row {
  return { Description: "Voice lines", Quantity: 1, UnitAmount: amount, AccountCode: "4000", ...more };
}

export function invoice(number: string, lines: readonly Row[] = [line(100)], more: Row = {}): Row {
  return {
    Type: "ACCREC",
    Contact: { ContactID: ACME },
    InvoiceNumber: number,
    Date: "2026-06-01",
    DueDate: "2026-07-01",
    LineAmountTypes: "NoTax",
    Status: "AUTHORISED",
    LineItems: [...lines],
    ...more,
  };
}

/** Stores an invoice and gives its id. */
export async function makeInvoice(client: Client, number: string, amount = 100): Promise<string> {
  return idOf(
    await client.rows("PUT", "/Invoices", { Invoices: [invoice(number, [line(amount)])] }),
    "InvoiceID",
  );
}

export function idOf(rows: readonly Row[], key: string): string {
  const id = rows[0]?.[key];
  assert.equal(typeof id, "string");
  return String(id);
}

/** Status, paid, credited and due of an invoice. */
export async function stateOf(client: Client, id: string): Promise<readonly unknown[]> {
  const [row] = await client.rows("GET", `/Invoices/${id}`);
  return [row?.["Status"], row?.["AmountPaid"], row?.["AmountCredited"], row?.["AmountDue"]];
}
