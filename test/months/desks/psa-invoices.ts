import assert from "node:assert/strict";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { Company } from "../../../engine/connector/sandbox/world.ts";
import { isObject } from "../../../engine/core/json.ts";

import type { Demo } from "../../support/demo.ts";
import { ask, only, patch } from "../../support/edits.ts";
import { FEE_CODE, PSA_TAX, type ServiceInvoice } from "../service-invoices.ts";
import { sumOf } from "../truth.ts";
import { PATHS } from "./psa.ts";

/** The people who make the PSA's own invoices in ConnectWise, through its API. */
export interface ServiceInvoiceDesk {
  /** Makes one over its items, which are billed by that; answers with its id. */
  make(invoice: Omit<ServiceInvoice, "id">, company: Company): Promise<string>;
  /** Sends a draft to the customer. */
  send(id: string): Promise<void>;
  /** Makes it what it is now: its sums, its items and its due date; `before`: what it was. */
  change(before: ServiceInvoice, now: ServiceInvoice): Promise<void>;
  /** Marks it as void; its items can be billed again. */
  void(invoice: ServiceInvoice): Promise<void>;
  /** Deletes it; its items can be billed again. */
  remove(invoice: ServiceInvoice): Promise<void>;
}

/** Name of the PSA's status that means that an invoice does not count. */
export const VOIDED_STATUS = "Voided";

const INVOICES = "/finance/invoices";

export function serviceInvoiceDesk(demo: Demo): ServiceInvoiceDesk {
  const { psa } = demo.sandboxes;
  const statusOf = (name: string): Row => ({
    id: Number(only(psa, "billingStatuses", (row) => row["name"] === name)["id"]),
  });
  const take = (items: readonly string[], id: string): Promise<void> =>
    each(items, (item) => ({ invoice: { id: Number(id) }, ...(isWork(item) ? { status: "Billed" } : {}) }));
  const release = (items: readonly string[]): Promise<void> =>
    each(items, (item) => ({ invoice: null, ...(isWork(item) ? { status: "ReadyToBill" } : {}) }));
  return {
    make: async (invoice, { ids, currency = demo.world.currency }) => {
      const made = await ask(demo, "psa", "POST", INVOICES, {
        invoiceNumber: invoice.number,
        type: invoice.fee === null ? "Standard" : "Agreement",
        status: statusOf(invoice.draft ? "New" : "Sent"),
        company: { id: Number(ids.psa) },
        currency: { id: Number(only(psa, "currencies", (row) => row["currencyCode"] === currency)["id"]) },
        date: midnight(invoice.invoice_date),
        dueDate: midnight(invoice.due_date),
        taxCode: { id: Number(only(psa, "taxCodes", (row) => row["name"] === PSA_TAX)["id"]) },
        ...(invoice.fee === null ? {} : { agreement: { id: Number(invoice.fee.contract) } }),
        ...sumsOf(invoice),
      });
      assert.ok(isObject(made) && typeof made["id"] === "number");
      await take(invoice.items, String(made["id"]));
      return String(made["id"]);
    },
    send: (id) => patch(demo, `${INVOICES}/${id}`, { status: statusOf("Sent") }),
    change: async (before, now) => {
      await take(
        now.items.filter((item) => !before.items.includes(item)),
        now.id,
      );
      await release(before.items.filter((item) => !now.items.includes(item)));
      await patch(demo, `${INVOICES}/${now.id}`, { dueDate: midnight(now.due_date), ...sumsOf(now) });
    },
    void: async ({ id, items }) => {
      await patch(demo, `${INVOICES}/${id}`, { status: statusOf(VOIDED_STATUS), balance: 0 });
      await release(items);
    },
    remove: async ({ id, items }) => {
      await release(items);
      await ask(demo, "psa", "DELETE", `${INVOICES}/${id}`, undefined);
    },
  };

  async function each(items: readonly string[], fieldsOf: (item: string) => Row): Promise<void> {
    for (const item of items) {
      const [kind = "", id = ""] = item.split(":");
      await patch(demo, `${PATHS[kind as keyof typeof PATHS]}/${id}`, fieldsOf(item));
    }
  }
}

// A product is billed by being on an invoice and has no status of its own.
function isWork(item: string): boolean {
  return !item.startsWith("product:");
}

/** The sums of an invoice as the PSA shows them, in the currency's unit. */
function sumsOf({
  items,
  lines,
  taxes,
  total,
}: Pick<ServiceInvoice, "items" | "lines" | "taxes" | "total">): Row {
  const of = (kind: string): number =>
    sumOf(lines.filter((_line, index) => items[index]?.startsWith(`${kind}:`))) / 100;
  return {
    serviceTotal: of("time"),
    expenseTotal: of("expense"),
    productTotal: of("product"),
    agreementAmount: sumOf(lines.filter(({ charge_type }) => charge_type === FEE_CODE)) / 100,
    salesTax: sumOf(taxes) / 100,
    total: total / 100,
    balance: total / 100,
  };
}

function midnight(day: string): string {
  return `${day}T00:00:00Z`;
}
