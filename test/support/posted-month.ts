import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { type BillingMonth, openBilling } from "./billing-month.ts";
import type { JsonObject, SystemEntry } from "./client-copy.ts";

/** A consolidated month whose PSA is Autotask. */
export interface PostedMonth extends BillingMonth {
  /** Changes an item, or posts it: Autotask makes them itself, no request can. */
  post(id: number, fields: Row): void;
  /** Autotask's own invoice over posted items, as its invoicing makes it; `own`: fields of the invoice. */
  invoice(id: number, number: string, items: readonly number[], own?: Row): void;
}

export async function openPosted(
  t: TestContext,
  options: { readonly marks?: boolean; readonly billing?: SystemEntry; readonly invoicing?: JsonObject } = {},
): Promise<PostedMonth> {
  const month = await openBilling(t, {
    ledger: "quickbooks",
    invoicing: { mode: "consolidated" },
    psa: SYSTEMS.psa.autotask,
    ...options,
  });
  const { ledger } = month.demo.sandboxes.psa;
  const post: PostedMonth["post"] = (id, fields) => {
    const now = {
      id,
      companyID: Number(month.customer),
      nonBillable: 0,
      ...ledger.get("BillingItems", String(id)),
    };
    ledger.put("BillingItems", String(id), { ...now, ...fields });
  };
  const invoice: PostedMonth["invoice"] = (id, number, items, own = {}) => {
    for (const item of items) post(item, { invoiceID: id });
    const prices = items.map((item) => Number(ledger.get("BillingItems", String(item))?.["extendedPrice"]));
    const tax = Number(own["totalTaxValue"] ?? 0);
    ledger.put("Invoices", String(id), {
      id,
      companyID: Number(month.customer),
      invoiceNumber: number,
      invoiceDateTime: "2026-10-18T00:00:00",
      dueDate: "2026-11-17T00:00:00",
      invoiceTotal: Math.round((prices.reduce((sum, price) => sum + price, 0) + tax) * 100) / 100,
      totalTaxValue: tax,
      isVoided: false,
      ...own,
    });
  };
  return { ...month, post, invoice };
}

/** Work, a handset and October of the care contract: 225.00, 399.80 and 1040.00. */
export function postMonth({ post, demo }: PostedMonth): void {
  const { ledger } = demo.sandboxes.psa;
  post(551200, {
    billingCodeID: 2,
    itemDate: "2026-10-05T00:00:00",
    itemName: "Handset replacement",
    quantity: 1.5,
    rate: 150,
    extendedPrice: 225,
    timeEntryID: 44010,
    ticketID: 6612,
  });
  post(551201, {
    billingCodeID: 4,
    itemDate: "2026-10-06T00:00:00",
    itemName: "Desk phone",
    quantity: 2,
    rate: 199.9,
    extendedPrice: 399.8,
    ticketChargeID: 71,
  });
  const unit = ledger.all("ContractServiceUnits").find((row) => row["contractID"] === 4003);
  assert.ok(unit);
  const october = { startDate: "2026-10-01T00:00:00", endDate: "2026-10-31T00:00:00" };
  ledger.put("ContractServiceUnits", String(unit["id"]), { ...unit, ...october });
  post(551202, {
    billingCodeID: 1,
    contractID: 4003,
    serviceID: unit["serviceID"] ?? null,
    itemDate: october.startDate,
    itemName: "Desktop care",
    quantity: 13,
    rate: 80,
    extendedPrice: 1040,
  });
}
