import type { TestContext } from "node:test";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { clerkOf } from "./clerks.ts";
import { type Demo, openDemo } from "./demo.ts";
import { GL_CODES } from "./tiny-demo.ts";
import { tinyWorld } from "./tiny-world.ts";

/** The tiny demo with a ledger of one's choice, and what a bookkeeper does there. */

export type LedgerName = keyof typeof SYSTEMS.accounting;

export function openLedgerDemo(
  t: TestContext,
  connector: LedgerName,
  own: {
    readonly world?: World;
    /** Keys of the invoices' pipeline. */
    readonly rules?: string;
    readonly codes?: string;
    readonly billing?: keyof typeof SYSTEMS.billing;
    readonly files?: { readonly [name: string]: string };
  } = {},
): Promise<Demo> {
  const files = {
    "gl-codes.yaml": own.codes ?? GL_CODES,
    "invoices.yaml": `pipeline: invoices
extends: ../base/invoices-to-accounting.yaml
after: [customers-accounting, customers-billing-accounting]
${own.rules ?? ""}`,
    ...own.files,
  };
  const systems = {
    accounting: { ...SYSTEMS.accounting[connector], settle_ms: 1, settle_again_ms: 1 },
    ...(own.billing === undefined ? {} : { billing: SYSTEMS.billing[own.billing] }),
  };
  return openDemo(t, { world: own.world ?? tinyWorld, files, systems });
}

/** Closes the books up to a day, the day included. */
export function closeBooks({ sandboxes: { accounting } }: Demo, until: string): void {
  const { ledger } = accounting;
  const [organisation] = ledger.all("Organisation");
  if (organisation === undefined) {
    const prefs = ledger.get("Preferences", "1") ?? {};
    const books = { ...(prefs["AccountingInfoPrefs"] as Row | undefined), BookCloseDate: until };
    ledger.put("Preferences", "1", { ...prefs, AccountingInfoPrefs: books });
    return;
  }
  const PeriodLockDate = `/Date(${Date.parse(`${until}T00:00:00Z`)}+0000)/`;
  ledger.put("Organisation", String(organisation["OrganisationID"]), { ...organisation, PeriodLockDate });
}

/** Every invoice of the tiny world in books that are closed over them; what changes of one is posted beside it. */
export async function openClosed(t: TestContext, connector: LedgerName): Promise<Demo> {
  const world = { ...tinyWorld, receipts: [], strangers: [] };
  const demo = await openLedgerDemo(t, connector, { rules: "period_closed: adjust\n", world });
  await demo.run();
  closeBooks(demo, "2026-08-31");
  return demo;
}

/** One payment over all of INV-1043 and of its adjustment over 45.00, and the runs that bring it to billing. */
export async function payWithAdjustment(demo: Demo): Promise<void> {
  clerkOf(demo).receive({
    date: "2026-09-10",
    amount: 13756,
    reference: "CHK-900",
    on: { "INV-1043": 9256, "INV-1043-A1": 4500 },
  });
  await demo.run();
  await demo.run();
}

/** Reason → message of what is held of a pipeline. */
export async function heldOf(demo: Demo, pipeline: string): Promise<{ readonly [reason: string]: string }> {
  const issues = await demo.issues();
  return Object.fromEntries(
    issues.filter((issue) => issue.pipeline === pipeline).map(({ reason, message }) => [reason, message]),
  );
}
