import { CUSTOMER, INVOICE, PAYMENT, save, textOf } from "../../../connectors/sage-intacct/sandbox/books.ts";
import { reversePayment } from "../../../connectors/sage-intacct/sandbox/payments.ts";
import { sageIntacct } from "../../../connectors/sage-intacct/sandbox.ts";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { Bookkeeping, Facts } from "../facts.ts";
import { pagedWorld } from "../world.ts";
import { REQUESTS_PER_MINUTE, rules, tour } from "./sage-intacct-rules.ts";

const LINE = {
  line_number: 1,
  description: "SIP trunks",
  quantity: "2",
  unit_amount_decimal: "45",
  amount: 9000,
  gl_code: "4000",
};

export const facts: Facts = {
  role: "accounting",
  sandbox: sageIntacct({ requestsPerMinute: REQUESTS_PER_MINUTE }),
  system: (env) => ({
    base_url: env["INTACCT_URL"] ?? "",
    settings: { location: "US-FL", department: "20" },
    auth: { client_id: "env:INTACCT_ID", client_secret: "env:INTACCT_SECRET", username: "env:INTACCT_USER" },
  }),
  credentials: ["INTACCT_ID", "INTACCT_SECRET", "INTACCT_USER"],
  listed: {
    entity: "customer",
    collection: CUSTOMER,
    page: /\/services\/core\/query/,
    remove: ({ ledger }, id) => ledger.remove(CUSTOMER, id),
    add: (books) => {
      const [first] = books.ledger.all(CUSTOMER);
      change(books, "999999", { ...first, key: "999999", id: "C-ADDED", name: "Added LLC" });
      return "999999";
    },
    touch: (books, id) => change(books, id, { notes: "seen" }),
  },
  deleted: {
    entity: "customer",
    act: ({ ledger }) => {
      ledger.remove(CUSTOMER, "732");
      return "732";
    },
    shows: "absent",
  },
  voided: {
    entity: "payment",
    act: (books) => {
      const [payment = {}] = books.ledger.all(PAYMENT);
      reversePayment(payment, "2026-09-01", booksOf(books));
      return textOf(payment["key"]);
    },
  },
  tokens: {
    path: /\/oauth2\/token/,
    end: ({ ledger }) => {
      for (const { token } of ledger.all("access_token")) ledger.remove("access_token", String(token));
    },
    rotateAlways: [],
    grace: false,
  },
  created: [
    {
      entity: "invoice",
      collection: INVOICE,
      record: (number) => ({
        number: `INV-90${number}`,
        customer_id: "71",
        invoice_date: "2026-08-01",
        due_date: "2026-08-16",
        currency: "USD",
        memo: `Period ${number}`,
        lines: [LINE],
        taxes: [
          { tax_type: "usf", name: "Federal USF", jurisdiction: "federal", amount: 210, gl_code: "2210" },
        ],
      }),
      tooLong: {},
      invalid: { customer_id: "424242" },
      named: "memo",
      twin: { memo: "the same number again" },
      change: { memo: "another memo" },
    },
    {
      entity: "customer",
      collection: CUSTOMER,
      record: (number) => ({
        customer_number: `CUST-90${number}`,
        name: `New ${number} LLC`,
        status: "active",
        billing_emails: ["ap@new.example"],
        payment_terms_id: "3",
      }),
      tooLong: {},
      invalid: { payment_terms_id: "424242" },
      named: "name",
      twin: { name: "The same id again LLC" },
      change: { billing_emails: ["other@new.example"] },
    },
  ],
  tooMany: {
    status: 429,
    body: {
      error: {
        code: "GW-0010",
        message: "Too many requests",
        errorId: "GW-0010",
        additionalInfo: { messageId: "IA.TOO_MANY_REQUESTS", placeholders: {}, propertySet: {} },
      },
    },
  },
  tour,
  rules,
};

function change(books: Bookkeeping, key: string, changes: Row): void {
  save(CUSTOMER, { ...books.ledger.get(CUSTOMER, key), ...changes }, booksOf(books));
}

function booksOf({ ledger, now }: Bookkeeping) {
  return { ledger, world: pagedWorld, now: () => now, rule: () => true };
}
