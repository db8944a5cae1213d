import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { dayFields } from "../../connectors/xero/sandbox/dates.ts";
import { reconcile } from "../../engine/commands/reconcile.ts";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import type { Cause } from "../../engine/report/cause.ts";
import type { DifferenceRow, Reconciliation } from "../../engine/report/reconciliation.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { textOf } from "../support/books.ts";
import { type Demo, openDemo } from "../support/demo.ts";
import { only } from "../support/edits.ts";
import { GL_CODES } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

/** A small client on two pairs of systems, what people do behind its back, and the commands that a report names. */

export interface Seats {
  readonly billing: keyof typeof SYSTEMS.billing;
  readonly accounting: keyof typeof SYSTEMS.accounting;
}

export const PAIRS: readonly Seats[] = [
  { billing: "revio-billing", accounting: "quickbooks" },
  { billing: "sqlite-billing", accounting: "xero" },
];

const [paidInvoice] = tinyWorld.invoices;
assert.ok(paidInvoice);

/** The tiny world without its stranger, so that everything can agree, and with an invoice that nobody has paid. */
export const agreeing: World = {
  ...tinyWorld,
  strangers: [],
  invoices: [
    ...tinyWorld.invoices,
    { ...paidInvoice, id: "9003", number: "INV-1044", invoice_date: "2026-09-01", due_date: "2026-10-01" },
  ],
};

export async function openSeats(
  t: TestContext,
  { billing, accounting }: Seats,
  world = agreeing,
): Promise<Demo> {
  const systems = { billing: SYSTEMS.billing[billing], accounting: SYSTEMS.accounting[accounting] };
  const demo = await openDemo(t, { world, systems, files: { "gl-codes.yaml": GL_CODES } });
  await demo.settle();
  return demo;
}

/** What `tripoint reconcile` would say now. */
export async function reconciled(demo: Demo, period?: string): Promise<Reconciliation> {
  demo.sandboxes.billing.tend();
  const scope =
    period === undefined ? { from: null, to: null } : { from: `${period}-01`, to: `${period}-31` };
  return reconcile(demo.place, { scope });
}

/** Differences that nobody has decided, by cause and what both sides have. */
export function wrongIn({ differences }: Reconciliation): readonly DifferenceRow[] {
  return differences.filter(({ expected }) => !expected);
}

const CLI = fileURLToPath(new URL("../../engine/cli.js", import.meta.url));

/** The built CLI on the client, as a process of its own. */
export async function tripoint(
  { place }: Demo,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [CLI, ...args, "--root", place.root, "--state", place.state], {
    cwd: place.cwd,
    env: { PATH: process.env["PATH"], ...place.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (text) => {
    output.stdout += String(text);
  });
  child.stderr.on("data", (text) => {
    output.stderr += String(text);
  });
  const [code] = await once(child, "close");
  return { code, ...output };
}

/** Types the command of a difference, with the id that only a person can know in its gap. */
export async function carryOut(demo: Demo, row: Cause | undefined, known = ""): Promise<void> {
  assert.ok(row?.command, row?.message ?? "no difference");
  for (const one of row.command.replace("<its id there>", known).split(" && ")) {
    const [name, ...args] = one.split(" ");
    assert.equal(name, "tripoint");
    const { code, stderr } = await tripoint(demo, args);
    assert.equal(code, 0, `${one}: ${stderr}`);
    demo.sandboxes.billing.tend();
  }
}

/** Someone at the screen of accounting changes the amount of an invoice's first line. */
export function editInvoice(demo: Demo, { accounting }: Seats, number: string, more: number): void {
  changeInvoice(demo, accounting, number, (row) => {
    const lines = row["Line"] ?? row["LineItems"];
    assert.ok(Array.isArray(lines));
    const [first, ...rest] = lines as Row[];
    const amount = (value: unknown): number => Number(value) + more;
    return accounting === "quickbooks"
      ? {
          Line: [{ ...first, Amount: amount(first?.["Amount"]) }, ...rest],
          TotalAmt: amount(row["TotalAmt"]),
          Balance: amount(row["Balance"]),
        }
      : {
          LineItems: [{ ...first, LineAmount: amount(first?.["LineAmount"]) }, ...rest],
          Total: amount(row["Total"]),
          SubTotal: amount(row["SubTotal"]),
          AmountDue: amount(row["AmountDue"]),
        };
  });
}

/** Someone at the screen of accounting gives a customer more time. */
export function editDueDate(demo: Demo, { accounting }: Seats, number: string, day: string): void {
  changeInvoice(demo, accounting, number, () =>
    accounting === "xero" ? dayFields("DueDate", day) : { DueDate: day },
  );
}

const COLLECTIONS = {
  quickbooks: ["Invoice", "DocNumber", "Id"],
  xero: ["Invoices", "InvoiceNumber", "InvoiceID"],
};

function changeInvoice(
  demo: Demo,
  connector: Seats["accounting"],
  number: string,
  change: (row: Row) => Row,
): void {
  const [collection, field, id] = namesOf(connector);
  const { ledger } = demo.sandboxes.accounting;
  const row = only(demo.sandboxes.accounting, collection, (one) => one[field] === number);
  const token = row["SyncToken"] === undefined ? {} : { SyncToken: String(Number(row["SyncToken"]) + 1) };
  ledger.put(collection, textOf(row[id]), { ...row, ...change(row), ...token });
}

/** Someone deletes an invoice from the books, with what paid it. */
export function removeInvoice({ sandboxes: { accounting } }: Demo, seats: Seats, number: string): void {
  const [collection, field, id] = namesOf(seats.accounting);
  const row = only(accounting, collection, (one) => one[field] === number);
  accounting.ledger.remove(collection, textOf(row[id]));
}

function namesOf(connector: Seats["accounting"]): readonly [string, string, string] {
  const [collection = "", field = "", id = ""] = COLLECTIONS[connector === "xero" ? "xero" : "quickbooks"];
  return [collection, field, id];
}

/** Someone types a payment of a customer into billing; answers with its id. */
export function typePayment(
  { sandboxes: { billing } }: Demo,
  seats: Pick<Seats, "billing">,
  payment: {
    readonly customer: string;
    readonly date: string;
    readonly amount: number;
    readonly reference: string;
  },
): string {
  const model = billing.ledger.all("payments")[0] ?? {};
  const { customer, date, amount, reference } = payment;
  const own: Row =
    seats.billing === "revio-billing"
      ? {
          payment_id: 77,
          customer_id: Number(customer),
          amount: amount / 100,
          payment_date: date + textOf(model["payment_date"]).slice(date.length),
          reference_number: reference,
          bills: [],
        }
      : { id: "77", customer_id: customer, payment_date: date, amount, reference, allocations: [] };
  billing.ledger.put("payments", "77", { ...model, ...own });
  billing.show();
  return "77";
}
