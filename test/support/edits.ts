import type { Row } from "../../engine/connector/sandbox/types.ts";
import { instant } from "../../engine/core/clock.ts";
import type { Json } from "../../engine/core/json.ts";
import type { IssueRow } from "../../engine/state/types.ts";
import { only, type Triangle } from "./small-triangle.ts";

/** What people do in the three systems between two runs, and what a run left behind. */

/** Replaces fields of a company or agreement in the PSA, as its screen would. */
export async function patch(triangle: Triangle, path: string, fields: Row): Promise<void> {
  const operations = Object.entries(fields).map(([name, value]) => ({ op: "replace", path: name, value }));
  await triangle.ask("psa", "PATCH", path, operations);
}

/** Changes fields of a bill as of now. */
export function changeBill({ sandboxes: { billing }, clock }: Triangle, id: string, fields: Row): void {
  const bill = only(billing, "bills", (row) => row["bill_id"] === Number(id));
  billing.ledger.put("bills", id, { ...bill, ...fields, updated_date: instant(clock.now()).slice(0, -1) });
}

/** Puts a bill like INV-1042 into billing, under another id and number. */
export function addBill(triangle: Triangle, id: string, number: string, fields: Row = {}): void {
  const { ledger } = triangle.sandboxes.billing;
  const bill = ledger.get("bills", "9001") ?? {};
  const charges = ledger.all("charges").filter((row) => row["bill_id"] === 9001);
  const copies = new Map(charges.map((row, index) => [row["charge_id"], Number(id) * 10 + index]));
  const now = instant(triangle.clock.now()).slice(0, -1);
  for (const row of charges) {
    const charge_id = copies.get(row["charge_id"]) ?? 0;
    ledger.put("charges", String(charge_id), { ...row, charge_id, bill_id: Number(id), updated_date: now });
  }
  const taxes = (bill["taxes"] as Row[]).map((tax) => ({
    ...tax,
    charge_id: copies.get(tax["charge_id"] ?? 0) ?? 0,
  }));
  const own = { bill_id: Number(id), bill_number: number, amount_due: bill["total"] ?? 0, taxes };
  ledger.put("bills", id, { ...bill, ...own, ...fields, updated_date: now });
}

/** Changes fields of a row of QuickBooks as of now; it has another SyncToken then. */
export function changeBooks(
  { sandboxes: { accounting }, clock }: Triangle,
  collection: string,
  id: string,
  fields: Row,
): void {
  const row = accounting.ledger.get(collection, id) ?? {};
  accounting.ledger.put(collection, id, {
    ...row,
    ...fields,
    SyncToken: String(Number(row["SyncToken"] ?? 0) + 1),
    MetaData: { CreateTime: instant(clock.now()), LastUpdatedTime: instant(clock.now()) },
  });
}

/** Money on account of a customer in QuickBooks. */
export function addPayment(triangle: Triangle, id: string, fields: Row): void {
  const model = only(triangle.sandboxes.accounting, "Payment", (row) => row["PaymentRefNum"] === "CARD-9");
  triangle.sandboxes.accounting.ledger.put("Payment", id, { ...model, Id: id, Line: [], ...fields });
  changeBooks(triangle, "Payment", id, {});
}

/** Id of the row of QuickBooks that a field names. */
export function idInBooks({ sandboxes }: Triangle, collection: string, field: string, value: Json): string {
  return String(only(sandboxes.accounting, collection, (row) => row[field] === value)["Id"]);
}

/** What is set aside for a pipeline, in the order of its ids. */
export function issuesOf(triangle: Triangle, pipeline: string): Promise<readonly IssueRow[]> {
  return triangle.state((state) => [...state.rows("issue", { pipeline })]);
}

/** Kind and reason of what is set aside, by source id. */
export async function asides(
  triangle: Triangle,
  pipeline: string,
): Promise<{ readonly [id: string]: string }> {
  const rows = await issuesOf(triangle, pipeline);
  return Object.fromEntries(rows.map(({ source_id, kind, reason }) => [source_id, `${kind} ${reason}`]));
}
