import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import type { Bookkeeping, Facts } from "../facts.ts";

/** What is the same for every billing system that keeps the reference layout, however its files look. */

const CUSTOMERS = "customers";

/** The lists and the documents of the layout, and what is created in it. */
export const referenceFacts = {
  role: "billing",
  credentials: [],
  listed: {
    entity: "customer",
    collection: CUSTOMERS,
    page: /^list customer$/,
    remove: ({ ledger }, id) => ledger.remove(CUSTOMERS, id),
    add: (books) => {
      const [first] = books.ledger.all(CUSTOMERS);
      change(books, CUSTOMERS, "999999", { ...first, id: "999999", customer_number: "CB-ADDED" });
      return "999999";
    },
    touch: (books, id) => change(books, CUSTOMERS, id, { phone: "+18135550198" }),
  },
  voided: {
    entity: "invoice",
    act: (books) => {
      change(books, "invoices", "9001", { status: "voided", void_date: "2026-09-01", void_reason: "error" });
      return "9001";
    },
  },
  created: [
    {
      entity: "customer",
      collection: CUSTOMERS,
      record: (number) => ({
        customer_number: `CUST-90${number}`,
        name: `New ${number} LLC`,
        status: "active",
        billing_emails: ["ap@new.example"],
        payment_terms_id: "3",
        currency: "USD",
      }),
      tooLong: {},
      invalid: {},
      named: "name",
      change: { billing_emails: ["other@new.example"] },
    },
    {
      entity: "payment",
      collection: "payments",
      record: (number) => ({
        status: "posted",
        customer_id: "5001",
        payment_date: "2026-08-20",
        amount: 1000 + number,
        currency: "USD",
        method: "check",
        reference: `CHK-${number}`,
        allocations: [],
        memo: `Check ${number}`,
      }),
      tooLong: {},
      invalid: {},
      named: "memo",
      change: {},
    },
  ],
  external_id: { entity: "customer", field: "raw.fields.AccountingId" },
} as const satisfies Partial<Facts>;

/** `put` hands lines to the importer as if we had written them. */
export function referenceRules(
  put: (sandbox: RunningSandbox, lines: readonly Row[]) => void,
): Facts["rules"] {
  const refused = async (sandbox: RunningSandbox, line: Row): Promise<boolean> => {
    put(sandbox, [line]);
    sandbox.tend();
    return sandbox.ledger.get("imports", String(line["key"]))?.["error"] !== null;
  };
  return {
    import_once: {
      name: "a line that comes twice",
      on: 1,
      look: async (sandbox) => {
        const before = sandbox.ledger.all(CUSTOMERS).length;
        put(sandbox, [customer("again"), customer("again")]);
        sandbox.tend();
        return sandbox.ledger.all(CUSTOMERS).length - before;
      },
    },
    known_references: {
      name: "a contact of nobody",
      on: true,
      look: (sandbox) => {
        const row = { customer_id: "424242", name: "Nobody" };
        return refused(sandbox, { key: "nobody", table: "contacts", operation: "create", id: "tp-1", row });
      },
    },
    unique_number: {
      name: "a second customer with the number of another one",
      on: true,
      look: (sandbox) => refused(sandbox, customer("second", "CB-5001")),
    },
  };
}

function customer(key: string, customer_number: string | null = null): Row {
  const row = { name: `Line ${key}`, customer_number };
  return { key, table: CUSTOMERS, operation: "create", id: `tp-${key}`, row };
}

/** Changes a row as a person would. */
export function change({ ledger, now }: Bookkeeping, table: string, id: string, changes: Row): void {
  ledger.put(table, id, { ...ledger.get(table, id), ...changes, updated_at: new Date(now).toISOString() });
}
