import type { TestContext } from "node:test";
import type { World } from "../../engine/connector/sandbox/world.ts";
import type { PipelineReport } from "../../engine/sync/types.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { type Clerk, clerkOf } from "./clerks.ts";
import { type Demo, openDemo, part } from "./demo.ts";
import { GL_CODES } from "./tiny-demo.ts";
import { tinyWorld } from "./tiny-world.ts";

/** The tiny world with a third invoice and nothing paid yet: INV-1042 552.86 and INV-1044 100.00 are one customer's. */
export const unpaidWorld: World = {
  ...tinyWorld,
  invoices: [
    ...tinyWorld.invoices,
    {
      id: "9003",
      number: "INV-1044",
      company: "CUST-1001",
      invoice_date: "2026-08-15",
      due_date: "2026-09-14",
      period: { from: "2026-08-01", to: "2026-08-31" },
      lines: [
        {
          charge_type: "MRC",
          description: "SIP trunk",
          quantity: "1",
          unit_amount_decimal: "100.00",
          amount: 10000,
        },
      ],
      taxes: [],
      total: 10000,
    },
  ],
  receipts: [],
};

export type Ledger = "quickbooks" | "xero";

/** The demo's client on that world, all of it in step and nothing paid. */
export async function openUnpaid(
  t: TestContext,
  accounting: Ledger,
  billing: keyof typeof SYSTEMS.billing = "sqlite-billing",
): Promise<{ readonly demo: Demo; readonly clerk: Clerk }> {
  const systems = { billing: SYSTEMS.billing[billing], accounting: SYSTEMS.accounting[accounting] };
  const demo = await openDemo(t, { world: unpaidWorld, systems, files: { "gl-codes.yaml": GL_CODES } });
  await demo.settle();
  return { demo, clerk: clerkOf(demo) };
}

/** A minute later payments run once, and billing takes in what is new. */
export async function runPayments(demo: Demo): Promise<PipelineReport> {
  demo.clock.advance(60_000);
  const report = await demo.run({ pipelines: ["payments"] });
  demo.sandboxes.billing.tend();
  return part(report, "payments");
}

/** What billing says of an invoice: what is open, and the payments that pay it, without those that were voided. */
export function billed({ sandboxes: { billing } }: Demo, number: string) {
  const { ledger } = billing;
  const invoice = ledger.all("invoices").find((row) => row["number"] === number);
  const payments = ledger
    .all("payments")
    .filter((row) => row["status"] !== "voided")
    .flatMap((row) => {
      const mine = (row["allocations"] as readonly { invoice_id: string; amount: number }[]).find(
        ({ invoice_id }) => invoice_id === invoice?.["id"],
      );
      return mine === undefined ? [] : [[row["payment_date"], row["amount"], mine.amount]];
    });
  return { open: invoice?.["balance"], payments };
}
