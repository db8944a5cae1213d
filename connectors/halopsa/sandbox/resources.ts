import { client, site, users } from "./customers.ts";
import { actions, contract, invoices, tickets } from "./documents.ts";
import { listKeys } from "./names.ts";
import type { Resource } from "./resource.ts";

/** The resources of this server. */

/** By name in the path. */
export const resources: readonly Resource[] = [
  client,
  site,
  users,
  contract,
  invoices("RecurringInvoice", 310),
  invoices("Invoice", 6100),
  tickets,
  actions,
  table("TopLevel", 1, listKeys.TopLevel),
  table("Item", 1, listKeys.Item),
  table("Tax", 1),
  table("Currency", 1),
  table("FieldInfo", 155),
];

function table(path: string, firstId: number, key?: string): Resource {
  return {
    path,
    key,
    fields: { name: "text" },
    summary: ["name", "code", "symbol", "value", "label", "type", "usage"],
    required: ["name"],
    references: {},
    filters: {},
    searched: ["name"],
    isInactive: () => false,
    preset: {},
    firstId,
    readOnly: true,
  };
}
