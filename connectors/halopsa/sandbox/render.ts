import type { Row, SandboxContext } from "../../../engine/connector/sandbox/types.ts";
import { none } from "./names.ts";
import type { Resource } from "./resource.ts";

/** A row as a reply shows it: names of what its foreign keys point at, and the parts that a list leaves out. */

/** Names of the countries that this tenant has set up; the swagger shows that a list row has the name only. */
const COUNTRIES: { readonly [code: string]: string } = {
  US: "United States",
  CA: "Canada",
  MX: "Mexico",
  GB: "United Kingdom",
};

const CONTRACT_TYPES: { readonly [id: number]: string } = { 1: "Voice", 2: "Managed Services" };

/** The record by id. */
export function whole(row: Row, resource: Resource, context: SandboxContext): Row {
  return { ...row, ...computed(row, resource, context) };
}

/** The record as a list row. */
export function summary(row: Row, resource: Resource, context: SandboxContext): Row {
  const all = whole(row, resource, context);
  if (!context.rule("summaries")) return all;
  const shown = ["id", ...resource.summary].filter((name) => all[name] !== undefined);
  return Object.fromEntries(shown.map((name) => [name, all[name] ?? null]));
}

function computed(row: Row, { path }: Resource, context: SandboxContext): Row {
  const name = (collection: string, id: unknown): string => text(find(collection, id, context)?.["name"]);
  const clientOf = (id: unknown): Row => ({ client_id: number(id), client_name: name("Client", id) });
  switch (path) {
    case "Client": {
      const site = find("Site", row["main_site_id"], context);
      const contact = find("Users", row["main_contact_id"], context);
      return {
        toplevel_name: name("TopLevel", row["toplevel_id"]),
        main_phonenumber: text(site?.["phonenumber"]),
        main_contact_name: text(contact?.["name"]),
        main_contact_email: text(contact?.["emailaddress"]),
        main_contact_phonenumber: text(contact?.["phonenumber"]),
      };
    }
    case "Site": {
      const client = clientOf(row["client_id"]);
      return {
        ...client,
        clientsite_name: `${client["client_name"]}/${text(row["name"])}`,
        country_code_name: COUNTRIES[text(row["country_code"])] ?? none.text,
      };
    }
    case "Users": {
      const site = find("Site", row["site_id"], context);
      return { site_name: text(site?.["name"]), ...clientOf(site?.["client_id"]) };
    }
    case "ClientContract":
      return {
        ...clientOf(row["client_id"]),
        site_name: name("Site", row["site_id"]),
        contracttype_name: CONTRACT_TYPES[number(row["contracttype"])] ?? none.text,
      };
    case "Tickets":
    case "Invoice":
    case "RecurringInvoice":
      return clientOf(row["client_id"]);
    default:
      return {};
  }
}

function find(collection: string, id: unknown, { ledger }: SandboxContext): Row | undefined {
  return ledger.get(collection, String(id));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : none.text;
}

function number(value: unknown): number {
  return typeof value === "number" ? value : none.id;
}
