import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import { printMoney } from "../core/money.ts";

/** Records as people name them. */

const NUMBERS = ["number", "customer_number", "account_number", "contract_number"];
const NAMES = [...NUMBERS, "name", "reference", "source_item_id", "id", "description"];

/** The number that people use for a record in its system; "" when it has none. */
export function numberOf(record: CanonicalRecord): string {
  return firstText(record, NUMBERS);
}

/** What people call a record: its number, else its name, else its id, or what it is about. */
export function labelOf(record: CanonicalRecord): string {
  return firstText(record, NAMES);
}

/** Total of a money record in minor units; null for master data. */
export function amountOf(
  record: CanonicalRecord,
): { readonly amount: number; readonly currency: string } | null {
  const amount = record["total"] ?? record["amount"];
  const currency = record["currency"];
  return typeof amount === "number" && typeof currency === "string" ? { amount, currency } : null;
}

/** "INV-1042 over 826.05 USD", as far as the record has it. */
export function describe(record: CanonicalRecord): string {
  const amount = amountOf(record);
  const label = labelOf(record);
  return amount === null ? label : `${label} over ${printMoney(amount.amount, amount.currency)}`;
}

/** A value in a message: short, on one line. */
export function shown(value: Json | undefined): string {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function firstText(record: CanonicalRecord, fields: readonly string[]): string {
  if (!isObject(record)) return "";
  for (const field of fields) {
    const value = record[field];
    if (typeof value === "string" && value !== "") return value;
  }
  return "";
}
