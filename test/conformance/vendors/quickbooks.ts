import { findEntity } from "../../../connectors/quickbooks/sandbox/entities.ts";
import { pacificTime } from "../../../connectors/quickbooks/sandbox/pacific.ts";
import { Refusal } from "../../../connectors/quickbooks/sandbox/refusal.ts";
import { applyWrite } from "../../../connectors/quickbooks/sandbox/write.ts";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject } from "../../../engine/core/json.ts";
import type { Bookkeeping, Facts } from "../facts.ts";
import { pagedWorld } from "../world.ts";
import { invoice } from "./quickbooks-client.ts";
import { rules, tour } from "./quickbooks-rules.ts";

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
  system: (env) => ({
    base_url: env["QBO_URL"] ?? "",
    settings: { realm_id: env["QBO_REALM"] ?? "", token_url: `${env["QBO_URL"]}/oauth2/v1/tokens/bearer` },
    auth: { client_id: "env:QBO_ID", client_secret: "env:QBO_SECRET", refresh_token: "env:QBO_REFRESH" },
  }),
  credentials: ["QBO_ID", "QBO_SECRET", "QBO_REFRESH"],
  // A clock that jumps where somebody waits shows more than ten calls in one second.
  off: ["rate_limit_second"],
  listed: {
    entity: "payment",
    collection: "Payment",
    page: /from(\+|%20)Payment(\+|%20)|\/cdc\?/,
    remove,
    add: ({ ledger, now }) => {
      const [first] = ledger.all("Payment");
      ledger.put("Payment", "999999", { ...first, Id: "999999", MetaData: stamp(now) });
      return "999999";
    },
    touch: ({ ledger, now }, id) => {
      ledger.put("Payment", id, { ...ledger.get("Payment", id), PrivateNote: "seen", MetaData: stamp(now) });
    },
  },
  deleted: {
    entity: "payment",
    act: (books) => {
      const id = String(books.ledger.all("Payment")[0]?.["Id"]);
      remove(books, id);
      return id;
    },
    shows: "tombstone",
  },
  voided: { entity: "invoice", act: voidedInvoice },
  tokens: {
    path: /\/oauth2\/v1\/tokens\/bearer/,
    end: ({ ledger }) => {
      for (const { token } of ledger.all("access_token")) ledger.remove("access_token", String(token));
    },
    rotateAlways: ["rotation_once_a_day"],
    grace: false,
  },
  created: [
    {
      entity: "invoice",
      collection: "Invoice",
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
      tooLong: { number: "9".repeat(22) },
      invalid: { customer_id: "424242" },
      named: "memo",
      twin: { memo: "the same number again" },
      change: { memo: "another memo" },
    },
    {
      entity: "credit_note",
      collection: "CreditMemo",
      record: (number) => ({
        number: `CN-90${number}`,
        customer_id: "71",
        credit_note_date: "2026-08-02",
        currency: "USD",
        memo: `Credit ${number}`,
        lines: [LINE],
        taxes: [],
      }),
      tooLong: { number: "9".repeat(22) },
      invalid: { customer_id: "424242" },
      named: "memo",
      twin: { memo: "the same number again" },
      change: { memo: "another memo" },
    },
    {
      entity: "customer",
      collection: "Customer",
      record: (number) => ({
        name: `New ${number} LLC`,
        status: "active",
        billing_emails: ["ap@new.example"],
        payment_terms_id: "3",
      }),
      tooLong: { billing_emails: [`${"a".repeat(100)}@new.example`] },
      invalid: { payment_terms_id: "424242" },
      named: "name",
      twin: { billing_emails: ["twin@new.example"] },
      change: { billing_emails: ["other@new.example"] },
    },
  ],
  tooMany: {
    status: 429,
    body: {
      fault: {
        error: [{ message: "message=ThrottleExceeded; errorCode=003001; statusCode=429", code: "3001" }],
        type: "THROTTLE",
      },
    },
  },
  tour,
  rules,
};

function remove({ ledger, now }: Bookkeeping, id: string): void {
  ledger.remove("Payment", id);
  ledger.put("deleted", `Payment:${id}`, { entity: "Payment", Id: id, MetaData: stamp(now) });
}

function stamp(now: number): Row {
  return { CreateTime: pacificTime(now), LastUpdatedTime: pacificTime(now) };
}

/** A clerk writes an invoice and voids it. */
function voidedInvoice({ ledger, now }: Bookkeeping): string {
  const books = { ledger, world: pagedWorld, now: () => now, rule: () => true };
  const entity = findEntity("Invoice");
  if (entity === undefined) throw new Error("the sandbox has invoices");
  const saved = applyWrite(
    { entity, operation: "save", body: invoice("MAN-1"), allowDuplicateNumber: false },
    books,
  );
  const made = saved instanceof Refusal ? undefined : saved["Invoice"];
  if (!isObject(made)) throw new Error(JSON.stringify(saved));
  const body = { Id: made["Id"] ?? "", SyncToken: made["SyncToken"] ?? "" };
  applyWrite({ entity, operation: "void", body, allowDuplicateNumber: false }, books);
  return String(body.Id);
}
