import type { TestContext } from "node:test";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import type { World } from "../../engine/connector/sandbox/world.ts";
import { SYSTEMS } from "../matrix/systems.ts";
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

/** Reason → message of what is held of a pipeline. */
export async function heldOf(demo: Demo, pipeline: string): Promise<{ readonly [reason: string]: string }> {
  const issues = await demo.issues();
  return Object.fromEntries(
    issues.filter((issue) => issue.pipeline === pipeline).map(({ reason, message }) => [reason, message]),
  );
}
