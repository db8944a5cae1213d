import assert from "node:assert/strict";
import { test } from "node:test";
import { refId, rowOf, rowsOf } from "../../../connectors/sage-accounting/sandbox/books.ts";
import { CALLBACK, consentTo } from "../../conformance/consent.ts";
import { ACME, asRow, type Client, connect, invoice, line, receipt } from "./client.ts";

const MINUTE_MS = 60_000;

async function make(client: Client, reference: string, price = 100): Promise<string> {
  return String((await client.record("POST", "/sales_invoices", invoice(reference, [line(price)])))["id"]);
}

/** Status, what is open, and whether it can be edited. */
async function stateOf(client: Client, id: string): Promise<readonly unknown[]> {
  const row = await client.record("GET", `/sales_invoices/${id}`);
  return [refId(row["status"]), row["outstanding_amount"], row["editable"]];
}

test("sage sandbox: every refresh gives a new token and kills the one before; access lasts five minutes", async (t) => {
  const client = await connect(t);
  const first = client.environment["SAGE_REFRESH"] ?? "";
  const { status, body } = await client.refresh(first);
  const { expires_in, refresh_token_expires_in, access_token } = asRow(body);
  assert.deepEqual([status, expires_in, refresh_token_expires_in], [200, 300, 2_678_400]);
  const dead = await client.refresh(first);
  assert.deepEqual([dead.status, dead.body], [400, { error: "invalid_grant" }]);
  const headers = { authorization: `Bearer ${access_token}` };
  assert.equal((await client.raw("GET", "/businesses", headers)).status, 200);
  client.advance(5 * MINUTE_MS);
  assert.equal((await client.raw("GET", "/businesses", headers)).status, 401);
  client.server.setRule("auth", false);
  assert.equal((await client.raw("GET", "/businesses", headers)).status, 200);
});

test("sage sandbox: without rotation the refresh token stays", async (t) => {
  const client = await connect(t, ["rotation"]);
  const first = client.environment["SAGE_REFRESH"] ?? "";
  assert.equal(asRow((await client.refresh(first)).body)["refresh_token"], first);
});

test("sage sandbox: a code is good once, within a minute, and readonly is a scope", async (t) => {
  const { environment, advance, refresh } = await connect(t);
  const {
    SAGE_AUTHORIZE_URL: page = "",
    SAGE_TOKEN_URL: tokens = "",
    SAGE_ID: client_id = "",
    SAGE_SECRET: client_secret = "",
  } = environment;
  const ask = (scope: string) => consentTo(page, { client_id, scope });
  const redeem = async (code: string | null) => {
    const grant = { grant_type: "authorization_code", code: code ?? "", redirect_uri: CALLBACK };
    const body = new URLSearchParams({ ...grant, client_id, client_secret });
    const reply = await fetch(tokens, { method: "POST", body });
    return { status: reply.status, body: asRow(JSON.parse(await reply.text())) };
  };
  const told = await ask("readonly");
  assert.equal(told.get("state"), "s1");
  const { status, body } = await redeem(told.get("code"));
  assert.deepEqual([status, body["scope"]], [200, "readonly"]);
  assert.equal((await refresh(String(body["refresh_token"]))).status, 200);
  assert.deepEqual((await redeem(told.get("code"))).body, { error: "invalid_grant" });
  const late = await ask("full_access");
  advance(60_000);
  assert.equal((await redeem(late.get("code"))).status, 400);
  assert.equal((await ask("everything")).get("error"), "invalid_scope");
});

test("sage sandbox: a business of somebody else is forbidden, the 101st call of a minute refused", async (t) => {
  const client = await connect(t);
  const { body } = await client.refresh(client.environment["SAGE_REFRESH"] ?? "");
  const headers = { authorization: `Bearer ${asRow(body)["access_token"]}`, "x-business": "other" };
  assert.equal((await client.raw("GET", "/contacts", headers)).status, 403);
  client.server.setRule("business", false);
  for (let call = 0; call < 100; call++) {
    assert.equal((await client.raw("GET", "/tax_rates", headers)).status, 200);
  }
  const over = await client.raw("GET", "/tax_rates", headers);
  assert.deepEqual([over.status, over.headers.get("retry-after")], [429, "60"]);
  client.server.setRule("rate_limit", false);
  assert.equal((await client.raw("GET", "/tax_rates", headers)).status, 200);
});

test("sage sandbox: lists come in an envelope, with names alone unless more is asked for", async (t) => {
  const client = await connect(t);
  for (const number of ["A", "B", "C"]) await make(client, number);
  const first = await client.list("/sales_invoices?items_per_page=2");
  assert.deepEqual(first.envelope, {
    $total: 3,
    $page: 1,
    $next: "/sales_invoices?items_per_page=2&page=2",
    $back: null,
    $items_per_page: 2,
  });
  assert.deepEqual(Object.keys(first.items[0] ?? {}), ["id", "displayed_as", "$path"]);
  const last = await client.list("/sales_invoices?items_per_page=2&page=2&attributes=reference,total_amount");
  assert.equal(last.envelope["$next"], null);
  assert.deepEqual([last.items[0]?.["reference"], last.items[0]?.["total_amount"]], ["C", "100.0"]);
  const [contact] = (await client.list("/contacts?attributes=all&search=acme")).items;
  assert.deepEqual(Object.keys(rowOf(contact?.["main_address"])), ["id", "displayed_as", "$path"]);
  const [deep] = (await client.list("/contacts?attributes=all&nested_attributes=all&search=acme")).items;
  assert.equal(rowOf(deep?.["main_address"])["city"], "Tampa");
});

test("sage sandbox: changes are listed from their second on, removed ones by deleted_since", async (t) => {
  const client = await connect(t);
  const id = await make(client, "A");
  client.advance(MINUTE_MS);
  await make(client, "B");
  const since = async (time: string) =>
    (await client.list(`/sales_invoices?attributes=all&updated_or_created_since=${time}`)).items.map(
      (row) => row["reference"],
    );
  assert.deepEqual(await since("2026-06-15T12:00:00Z"), ["A", "B"]);
  assert.deepEqual(await since("2026-06-15T12:00:01Z"), ["B"]);
  const paid = await client.record("POST", "/contact_payments", receipt(10, [[id, 10]]));
  assert.deepEqual(await since("2026-06-15T12:01:00Z"), ["A", "B"]);
  client.advance(MINUTE_MS);
  assert.equal((await client.call("DELETE", `/contact_payments/${paid["id"]}`)).status, 204);
  const gone = await client.list("/contact_payments?deleted_since=2026-06-15T12:01:30Z");
  assert.deepEqual(
    gone.items.map((row) => [row["id"], row["deleted_at"]]),
    [[paid["id"], "2026-06-15T12:02:00Z"]],
  );
  assert.deepEqual((await client.list("/contact_payments?deleted_since=2026-06-15T12:02:00Z")).items, []);
  assert.equal((await client.call("GET", `/contact_payments/${paid["id"]}`)).status, 404);
});

test("sage sandbox: the vendor numbers invoices, a reference may stand twice", async (t) => {
  const client = await connect(t);
  const first = await client.record("POST", "/sales_invoices", invoice("A"));
  const second = await client.record("POST", "/sales_invoices", invoice("A"));
  assert.deepEqual([first["invoice_number"], second["invoice_number"]], ["SI-1", "SI-2"]);
  assert.deepEqual((await client.list("/sales_invoices?search=a&attributes=all")).items.length, 2);
});

test("sage sandbox: the same idempotency_id gives the record that the first one made", async (t) => {
  const client = await connect(t);
  const key = { idempotency_id: "0123456789abcdef0123456789abcdef" };
  const first = await client.record("POST", "/sales_invoices", invoice("A", [line(1)], key));
  const again = await client.record("POST", "/sales_invoices", invoice("B", [line(2)], key));
  assert.equal(again["id"], first["id"]);
  const hyphens = { idempotency_id: "01234567-89ab-cdef-0123-456789abcdef" };
  assert.match(await client.refused("POST", "/sales_invoices", invoice("C", [line(1)], hyphens)), /GUID/);
  client.server.setRule("idempotency", false);
  assert.notEqual(
    (await client.record("POST", "/sales_invoices", invoice("A", [line(1)], key)))["id"],
    first["id"],
  );
});

for (const { name, lines, more, want } of [
  { name: "no lines", lines: [], more: {}, want: "invoice_lines This field is required." },
  { name: "no customer", lines: [line(1)], more: { contact_id: "x" }, want: "Couldn't find Customer." },
  { name: "no date", lines: [line(1)], more: { date: "01.06.2026" }, want: "date This field is required." },
  {
    name: "a taxed line without its tax",
    lines: [{ ...line(1), tax_rate_id: "US_STANDARD", tax_amount: null }],
    more: {},
    want: "tax_amount This field is required.",
  },
  {
    name: "an unknown account",
    lines: [line(1, { ledger_account_id: "x" })],
    more: {},
    want: "Couldn't find record.",
  },
  {
    name: "an unknown rate",
    lines: [line(1, { tax_rate_id: "XX" })],
    more: {},
    want: "Couldn't find record.",
  },
  {
    name: "no price",
    lines: [line(1, { unit_price: null })],
    more: {},
    want: "unit_price This field is required.",
  },
  {
    name: "a long reference",
    lines: [line(1)],
    more: { reference: "x".repeat(26) },
    want: "reference This field is too long (maximum is 25 characters).",
  },
]) {
  test(`sage sandbox: an invoice with ${name} is refused`, async (t) => {
    const client = await connect(t);
    assert.equal(await client.refused("POST", "/sales_invoices", invoice("A", lines, more)), want);
  });
}

test("sage sandbox: rules off let a taxed line without tax, and an account not for sales, pass", async (t) => {
  const client = await connect(t);
  const bank = client.server.ledger.all("ledger_accounts").find((row) => row["nominal_code"] === 1200);
  const wrong = [line(1, { ledger_account_id: String(bank?.["id"]) })];
  assert.equal(await client.refused("POST", "/sales_invoices", invoice("A", wrong)), "Couldn't find record.");
  for (const rule of ["tax_amount", "sales_accounts"]) client.server.setRule(rule, false);
  await client.record("POST", "/sales_invoices", invoice("A", wrong));
  const taxed = [{ ...line(1), tax_rate_id: "US_STANDARD", tax_amount: null }];
  await client.record("POST", "/sales_invoices", invoice("B", taxed));
});

test("sage sandbox: the tax that is given is the tax", async (t) => {
  const client = await connect(t);
  const taxed = [line(100, { tax_rate_id: "US_STANDARD", tax_amount: 7.99 })];
  const row = await client.record("POST", "/sales_invoices", invoice("A", taxed));
  assert.deepEqual([row["net_amount"], row["tax_amount"], row["total_amount"]], ["100.0", "7.99", "107.99"]);
});

test("sage sandbox: DELETE voids with a reason, removes a draft, and leaves what is paid", async (t) => {
  const client = await connect(t);
  const id = await make(client, "A");
  assert.equal(
    await client.refused("DELETE", `/sales_invoices/${id}`),
    "void_reason This field is required.",
  );
  const voided = await client.record("DELETE", `/sales_invoices/${id}?void_reason=wrong`);
  assert.deepEqual([refId(voided["status"]), voided["void_reason"]], ["VOID", "wrong"]);
  assert.match(
    await client.refused("PUT", `/sales_invoices/${id}`, { sales_invoice: { notes: "x" } }),
    /cannot be edited/,
  );
  const draft = await client.record(
    "POST",
    "/sales_invoices",
    invoice("B", [line(1)], { status_id: "DRAFT" }),
  );
  assert.equal((await client.call("DELETE", `/sales_invoices/${draft["id"]}`)).status, 204);
  const paid = await make(client, "C");
  await client.record("POST", "/contact_payments", receipt(1, [[paid, 1]]));
  assert.match(await client.refused("DELETE", `/sales_invoices/${paid}?void_reason=x`), /cannot be voided/);
});

test("sage sandbox: nothing is dated up to the lockdown", async (t) => {
  const client = await connect(t);
  client.server.ledger.put("financial_settings", "1", { year_end_lockdown_date: "2026-06-01" });
  assert.match(await client.refused("POST", "/sales_invoices", invoice("A")), /lockdown date 2026-06-01/);
  client.server.setRule("lock_date", false);
  await make(client, "A");
});

test("sage sandbox: one receipt pays several invoices, the rest is on account, a change moves it", async (t) => {
  const client = await connect(t);
  const [a, b] = [await make(client, "A"), await make(client, "B", 50)];
  const made = await client.record(
    "POST",
    "/contact_payments",
    receipt(160, [
      [a, 100],
      [b, 20],
    ]),
  );
  assert.equal(rowOf(made["payment_on_account"])["outstanding_amount"], "40.0");
  assert.deepEqual(await stateOf(client, a), ["PAID", "0.0", false]);
  assert.deepEqual(await stateOf(client, b), ["PART_PAID", "30.0", false]);
  const path = `/contact_payments/${made["id"]}`;
  const moved = { allocated_artefacts: [{ artefact_id: b, amount: 50 }] };
  await client.record("PUT", path, { contact_payment: moved });
  assert.deepEqual(await stateOf(client, a), ["UNPAID", "100.0", true]);
  assert.deepEqual(await stateOf(client, b), ["PAID", "0.0", false]);
  assert.match(
    await client.refused("PUT", path, {
      contact_payment: { allocated_artefacts: [{ artefact_id: b, amount: 51 }] },
    }),
    /exceeds the outstanding/,
  );
  assert.deepEqual(await stateOf(client, b), ["PAID", "0.0", false]);
  assert.match(await client.refused("POST", "/contact_payments", receipt(5, [[a, 10]])), /exceed the total/);
  client.server.setRule("overpaid", false);
  await client.record("POST", "/contact_payments", receipt(150, [[a, 150]]));
  assert.equal((await stateOf(client, a))[1], "-50.0");
});

test("sage sandbox: names may stand twice, references not; what is not sent stays", async (t) => {
  const client = await connect(t);
  const body = { name: "Acme: Tampa\tBay", contact_type_ids: ["CUSTOMER"], reference: "CUST-1001" };
  const post = (more: { [key: string]: string }) => ({ contact: { ...body, ...more } });
  assert.equal(
    await client.refused("POST", "/contacts", post({})),
    "reference Reference has already been taken.",
  );
  await client.record("POST", "/contacts", post({ reference: "CUST-X" }));
  assert.match(
    await client.refused("POST", "/contacts", post({ reference: "CUST-100199" })),
    /maximum is 10/,
  );
  assert.match(await client.refused("POST", "/contacts", { contact: { name: "Y" } }), /contact_type_ids/);
  const changed = await client.record("PUT", `/contacts/${ACME}`, {
    contact: { main_address: { city: "Largo" } },
  });
  const { city, postal_code } = rowOf(changed["main_address"]);
  assert.deepEqual([city, postal_code, changed["credit_days"]], ["Largo", "33602", 30]);
  client.server.setRule("contact_reference", false);
  await client.record("POST", "/contacts", post({}));
});

test("sage sandbox: what is unknown is 404 with a problem of its own", async (t) => {
  const client = await connect(t);
  const reply = await client.call("GET", "/sales_invoices/x");
  assert.deepEqual([reply.status, rowsOf(reply.body)[0]?.["$dataCode"]], [404, "RecordNotFound"]);
  assert.equal((await client.call("GET", "/widgets")).status, 404);
  assert.match(await client.refused("POST", "/contacts", { invoice: {} }), /contact is missing/);
});

test("sage sandbox: the clerk records a receipt once all its invoices stand, the excess on account", async (t) => {
  const client = await connect(t);
  await make(client, "INV-1041", 100);
  const receipts = () =>
    client.server.ledger.all("contact_payments").filter((row) => row["reference"] === "CHK 4471");
  assert.equal(receipts().length, 0);
  await make(client, "INV-1042", 450);
  const [made] = receipts();
  assert.equal(rowsOf(made?.["allocated_artefacts"]).length, 2);
  assert.equal(rowOf(made?.["payment_on_account"])["outstanding_amount"], "50.0");
});
