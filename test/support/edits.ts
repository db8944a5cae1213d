import assert from "node:assert/strict";
import type { Row, RunningSandbox } from "../../engine/connector/sandbox/types.ts";
import { instant } from "../../engine/core/clock.ts";
import type { Json } from "../../engine/core/json.ts";
import type { IssueRow } from "../../engine/state/types.ts";
import type { Demo } from "./demo.ts";

/** What people do in the three systems between two runs, and what a run left behind. */

/** Replaces fields of a company or agreement in the PSA, as its screen would. */
export async function patch(demo: Demo, path: string, fields: Row): Promise<void> {
  const operations = Object.entries(fields).map(([name, value]) => ({ op: "replace", path: name, value }));
  await ask(demo, "psa", "PATCH", path, operations);
}

/** Changes fields of a bill as of now. */
export function changeBill({ sandboxes: { billing }, clock }: Demo, id: string, fields: Row): void {
  const bill = only(billing, "bills", (row) => row["bill_id"] === Number(id));
  billing.ledger.put("bills", id, { ...bill, ...fields, updated_date: instant(clock.now()).slice(0, -1) });
}

/** Puts a bill like INV-1042 into billing, under another id and number. */
export function addBill(demo: Demo, id: string, number: string, fields: Row = {}): void {
  const { ledger } = demo.sandboxes.billing;
  const bill = ledger.get("bills", "9001") ?? {};
  const charges = ledger.all("charges").filter((row) => row["bill_id"] === 9001);
  const copies = new Map(charges.map((row, index) => [row["charge_id"], Number(id) * 10 + index]));
  const now = instant(demo.clock.now()).slice(0, -1);
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
  { sandboxes: { accounting }, clock }: Demo,
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
export function addPayment(demo: Demo, id: string, fields: Row): void {
  const model = only(demo.sandboxes.accounting, "Payment", (row) => row["PaymentRefNum"] === "CARD-9");
  demo.sandboxes.accounting.ledger.put("Payment", id, { ...model, Id: id, Line: [], ...fields });
  changeBooks(demo, "Payment", id, {});
}

/** Id of the row of QuickBooks that a field names. */
export function idInBooks({ sandboxes }: Demo, collection: string, field: string, value: Json): string {
  return String(only(sandboxes.accounting, collection, (row) => row[field] === value)["Id"]);
}

/** What is set aside for a pipeline, in the order of its ids. */
export function issuesOf(demo: Demo, pipeline: string): Promise<readonly IssueRow[]> {
  return demo.state((state) => [...state.rows("issue", { pipeline })]);
}

/** Kind and reason of what is set aside, by source id. */
export async function asides(demo: Demo, pipeline: string): Promise<{ readonly [id: string]: string }> {
  const rows = await issuesOf(demo, pipeline);
  return Object.fromEntries(rows.map(({ source_id, kind, reason }) => [source_id, `${kind} ${reason}`]));
}

/** One request to a sandbox with good credentials, as a person at the vendor's screen would cause it. */
export async function ask(
  { sandboxes }: Demo,
  system: "psa" | "billing",
  method: string,
  path: string,
  body: Json | undefined,
  type = "application/json",
): Promise<Json> {
  const { baseUrl, environment } = sandboxes[system];
  const secret = (name: string): string => environment[name] ?? "";
  const [user, password] =
    system === "psa"
      ? [`${secret("CW_COMPANY")}+${secret("CW_PUBLIC")}`, secret("CW_PRIVATE")]
      : [secret("REVIO_USER"), secret("REVIO_PASSWORD")];
  const key: { [name: string]: string } =
    system === "psa"
      ? { clientId: secret("CW_CLIENT") }
      : { "Ocp-Apim-Subscription-Key": secret("REVIO_KEY") };
  const reply = await fetch(baseUrl + path, {
    method,
    headers: {
      ...key,
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
      ...(body === undefined ? {} : { "content-type": type }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  assert.ok(reply.ok, `${method} ${path} answered ${reply.status}: ${text}`);
  return text === "" ? null : (JSON.parse(text) as Json);
}

/** The one row of a ledger's collection for which the condition holds. */
export function only(sandbox: RunningSandbox, collection: string, is: (row: Row) => boolean): Row {
  const rows = sandbox.ledger.all(collection).filter(is);
  assert.equal(rows.length, 1, `${rows.length} rows of ${collection}`);
  return rows[0] ?? {};
}

/** Another quantity on the first charge of a bill, at its old rate, as billing's clerk would correct it. */
export function correctBill(demo: Demo, id: string, quantity: string, by: number): void {
  const { ledger } = demo.sandboxes.billing;
  const charge = ledger.all("charges").find((row) => row["bill_id"] === Number(id)) ?? {};
  const money = (value: Json | undefined): number => Math.round(Number(value ?? 0) * 100 + by) / 100;
  const updated_date = instant(demo.clock.now()).slice(0, -1);
  ledger.put("charges", String(charge["charge_id"]), {
    ...charge,
    quantity: Number(quantity),
    amount: money(charge["amount"]),
    updated_date,
  });
  const bill = ledger.get("bills", id) ?? {};
  changeBill(demo, id, { total: money(bill["total"]), amount_due: money(bill["amount_due"]) });
}
