import assert from "node:assert/strict";
import { ACCOUNTING_FIELD, SIGNED_FIELD } from "../../../connectors/connectwise/sandbox/seed-setup.ts";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { Company } from "../../../engine/connector/sandbox/world.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { rowsOf } from "../../support/books.ts";
import type { Demo } from "../../support/demo.ts";
import { ask, only, patch } from "../../support/edits.ts";

/** The people who work in ConnectWise, through its API. */
export interface PsaDesk {
  /** Enters a company with its people, sites and contracts; answers with it and the ids that it got. */
  enter(company: Company): Promise<Company>;
  change(company: Company, fields: Row): Promise<void>;
  changeTerms(company: Company, terms: string): Promise<void>;
  addContract(company: Company, contract: Company["contracts"][number]): Promise<string>;
  sign(contract: string): Promise<void>;
  /** What people did for a company and bill; its id as the engine names it and the charge type that it must get. */
  work(company: Company, work: Work): Promise<{ readonly id: string; readonly charge_type: string }>;
  approve(item: string): Promise<void>;
  /** Gives an item another amount. */
  reprice(item: string, amount: number): Promise<void>;
  /** Items that say that billing bills them, but for products that were taken back. */
  marked(): readonly string[];
  /** Writes time or an expense off, takes a product back. */
  reverse(item: string): Promise<void>;
  /** A further line of a contract, of the product of another one of its lines; answers with its id. */
  addLine(contract: string, line: NewLine): Promise<string>;
  changeLine(contract: string, line: string, fields: Row): Promise<void>;
  /** Accounting's id of a company, which the engine writes back; undefined before that. */
  accountingId(company: Company): string | undefined;
}

/** Amounts in minor units. */
export interface Work {
  readonly kind: "time" | "expense" | "product";
  readonly day: string;
  readonly quantity: number;
  readonly unit: number;
  readonly approved: boolean;
}

export interface NewLine {
  /** Id of the line that it is like. */
  readonly like: string;
  readonly quantity: number;
  /** In thousandths of the currency's unit. */
  readonly price: number;
  readonly start: string;
}

/** Charge types of what people did, as the client's code map has them. */
export const WORK_TYPES = { time: "WORK-TIME", expense: "WORK-EXPENSE", product: "WORK-PRODUCT" } as const;

/** What the PSA calls them: type of work, type of expense, product. */
export const WORK_CODES = { time: "Remote", expense: "Mileage", product: "HANDSET" } as const;

/** Where the API has what people did. */
export const PATHS = {
  time: "/time/entries",
  expense: "/expense/entries",
  product: "/procurement/products",
} as const;

export function psaDesk(demo: Demo): PsaDesk {
  const post = async (path: string, body: Row): Promise<number> => {
    const made = await ask(demo, "psa", "POST", path, body);
    assert.ok(isObject(made) && typeof made["id"] === "number", path);
    return made["id"];
  };
  const idOf = (collection: string, field: string, value: Json): number =>
    Number(only(demo.sandboxes.psa, collection, (row) => row[field] === value)["id"]);
  const currencyId = (code = demo.world.currency): number => idOf("currencies", "currencyCode", code);
  const termsId = (key: string): number =>
    idOf("billingTerms", "name", demo.world.terms.find((one) => one.key === key)?.name ?? "");
  const addressOf = ({ lines, city, postal_code, country }: Company["address"]): Row => ({
    addressLine1: lines[0] ?? "",
    addressLine2: lines[1] ?? "",
    city,
    zip: postal_code,
    country: { id: idOf("countries", "countryCode", country) },
  });
  const desk: PsaDesk = {
    enter: async (company) => {
      const id = await post("/company/companies", {
        identifier: company.number,
        name: company.name,
        ...addressOf(company.address),
        state: company.address.region,
        phoneNumber: company.phone,
        taxCode: { id: company.tax_exempt ? 2 : 1 },
        currency: { id: currencyId(company.currency) },
        billingTerms: { id: termsId(company.terms) },
        invoiceToEmailAddress: company.billing_email,
        types: company.types.map((name) => ({ id: idOf("companyTypes", "name", name) })),
      });
      const entered = { ...company, ids: { psa: String(id) } };
      for (const site of company.sites) {
        await post(`/company/companies/${id}/sites`, {
          name: site.name,
          ...addressOf(site.address),
          stateReference: { id: idOf("states", "identifier", site.address.region) },
          primaryAddressFlag: site.primary,
        });
      }
      const people: number[] = [];
      for (const { first_name, last_name, email, billing } of company.contacts) {
        people.push(
          await post("/company/contacts", {
            firstName: first_name,
            lastName: last_name,
            company: { id },
            defaultBillingFlag: billing,
            communicationItems: [{ type: { id: 1 }, value: email, defaultFlag: true }],
          }),
        );
      }
      const [contact = 0] = people;
      await patch(demo, `/company/companies/${id}`, { billingContact: { id: contact } });
      const contracts: Company["contracts"][number][] = [];
      for (const one of company.contracts) {
        contracts.push({ ...one, id: await desk.addContract(entered, one) });
      }
      return { ...entered, contracts };
    },
    change: ({ ids }, fields) => patch(demo, `/company/companies/${ids.psa}`, fields),
    changeTerms: (company, terms) => desk.change(company, { billingTerms: { id: termsId(terms) } }),
    addContract: async ({ ids, currency }, { name, type, status, start_date }) => {
      const contact = demo.sandboxes.psa.ledger
        .all("contacts")
        .find((row) => isObject(row["company"]) && row["company"]["id"] === Number(ids.psa));
      const id = await post("/finance/agreements", {
        name,
        type: {
          id: idOf("agreementTypes", "name", type === "telecom" ? "Voice" : "Managed Services"),
        },
        company: { id: Number(ids.psa) },
        contact: { id: contact?.["id"] ?? 0 },
        startDate: `${start_date}T00:00:00Z`,
        currency: { id: currencyId(currency) },
        agreementStatus: status === "draft" ? "Inactive" : "Active",
        customFields: [{ id: SIGNED_FIELD, value: status === "signed" }],
      });
      return String(id);
    },
    sign: (contract) =>
      patch(demo, `/finance/agreements/${contract}`, {
        agreementStatus: "Active",
        customFields: [{ id: SIGNED_FIELD, value: true }],
      }),
    work: async ({ ids }, { kind, day, quantity, unit, approved }) => {
      const company = { id: Number(ids.psa) };
      const price = unit / 100;
      const sum = (quantity * unit) / 100;
      const status = approved ? "ReadyToBill" : "Open";
      const entries = {
        time: () => ({
          company,
          chargeToId: 6612,
          chargeToType: "ServiceTicket",
          ticket: { id: 6612 },
          workType: { id: 1, name: WORK_CODES.time },
          timeStart: `${day}T14:00:00Z`,
          invoiceHours: quantity,
          hourlyRate: price,
          extendedInvoiceAmount: sum,
          billableOption: "Billable",
          status,
        }),
        expense: () => ({
          company,
          date: `${day}T00:00:00Z`,
          amount: sum,
          invoiceAmount: sum,
          type: { id: 1, name: WORK_CODES.expense },
          billableOption: "Billable",
          status,
        }),
        product: async () => ({
          company,
          catalogItem: { id: await handset() },
          purchaseDate: `${day}T00:00:00Z`,
          quantity,
          price,
          extPrice: sum,
          billableOption: approved ? "Billable" : "DoNotBill",
          cancelledFlag: false,
          description: "Desk phone",
        }),
      };
      return {
        id: `${kind}:${await post(PATHS[kind], await entries[kind]())}`,
        charge_type: WORK_TYPES[kind],
      };
    },
    approve: (item) =>
      changeItem(
        item,
        kindOf(item) === "product" ? { billableOption: "Billable" } : { status: "ReadyToBill" },
      ),
    reprice: (item, amount) => changeItem(item, { [AMOUNTS[kindOf(item)]]: amount / 100 }),
    marked: () =>
      (["time", "expense", "product"] as const).flatMap((kind) =>
        demo.sandboxes.psa.ledger
          .all(COLLECTIONS[kind])
          .filter((row) => row["cancelledFlag"] !== true)
          .filter((row) => rowsOf(row["customFields"]).some(({ value }) => typeof value === "string"))
          .map(({ id }) => `${kind}:${id}`),
      ),
    reverse: (item) =>
      changeItem(item, kindOf(item) === "product" ? { cancelledFlag: true } : { status: "WrittenOff" }),
    addLine: async (contract, { like, quantity, price, start }) => {
      const { product } = demo.sandboxes.psa.ledger.get("additions", like) ?? {};
      const id = await post(`/finance/agreements/${contract}/additions`, {
        product: product ?? null,
        quantity,
        unitPrice: price / 1000,
        billCustomer: "Billable",
        effectiveDate: `${start}T00:00:00Z`,
        description: "More of it",
      });
      return String(id);
    },
    changeLine: (contract, line, fields) =>
      patch(demo, `/finance/agreements/${contract}/additions/${line}`, fields),
    accountingId: ({ ids }) => {
      const fields = demo.sandboxes.psa.ledger.get("companies", ids.psa)?.["customFields"];
      const field = Array.isArray(fields)
        ? fields.filter(isObject).find(({ id }) => id === ACCOUNTING_FIELD)
        : undefined;
      return typeof field?.["value"] === "string" ? field["value"] : undefined;
    },
  };
  return desk;

  function changeItem(item: string, fields: Row): Promise<void> {
    return patch(demo, `${PATHS[kindOf(item)]}/${item.slice(item.indexOf(":") + 1)}`, fields);
  }

  async function handset(): Promise<number> {
    const there = demo.sandboxes.psa.ledger
      .all("catalog")
      .find(({ identifier }) => identifier === WORK_CODES.product);
    if (there !== undefined) return Number(there["id"]);
    return post("/procurement/catalog", {
      identifier: WORK_CODES.product,
      description: "Desk phone",
      customerDescription: "Desk phone",
      subcategory: { id: 1, name: "Voice" },
      type: { id: 1, name: "Hardware" },
    });
  }
}

const COLLECTIONS = { time: "timeEntries", expense: "expenseEntries", product: "products" } as const;
const AMOUNTS = { time: "extendedInvoiceAmount", expense: "invoiceAmount", product: "extPrice" } as const;

function kindOf(item: string): Work["kind"] {
  return item.slice(0, item.indexOf(":")) as Work["kind"];
}
