import assert from "node:assert/strict";
import { test } from "node:test";
import { rowOf, rowsOf, textOf } from "../../../connectors/xero/sandbox/books.ts";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { connect } from "./client.ts";
import { ACME, idOf, invoice, line, makeInvoice, stateOf } from "./samples.ts";

const BANK = { Account: { Code: "090" }, Date: "2026-06-10" };

function part(id: string, amount: number): Row {
  return { Invoice: { InvoiceID: id }, Amount: amount };
}

test("xero sandbox: a payment is one invoice's, cannot be more than is due, and can only be deleted", async (t) => {
  const client = await connect(t);
  const id = await makeInvoice(client, "A");
  const [payment] = await client.rows("PUT", "/Payments", {
    Payments: [{ ...BANK, ...part(id, 60), Reference: "CHK 1" }],
  });
  assert.deepEqual(await stateOf(client, id), ["AUTHORISED", 60, 0, 40]);
  assert.equal(rowOf(rowOf(payment?.["Invoice"])["Contact"])["ContactID"], ACME);
  assert.match(
    await client.refused("PUT", "/Payments", { ...BANK, ...part(id, 40.01) }),
    /exceeds the amount outstanding/,
  );
  assert.match(
    await client.refused("PUT", "/Payments", { ...part(id, 1), Account: { Code: "4000" } }),
    /does not accept/,
  );
  await client.rows("PUT", "/Payments", { ...BANK, ...part(id, 40) });
  assert.deepEqual(await stateOf(client, id), ["PAID", 100, 0, 0]);
  await client.rows("POST", `/Payments/${payment?.["PaymentID"]}`, { Status: "DELETED" });
  assert.deepEqual(await stateOf(client, id), ["AUTHORISED", 40, 0, 60]);
  const listed = await client.rows("GET", "/Payments?page=1");
  assert.deepEqual(
    listed.map((row) => row["Status"]),
    ["DELETED", "AUTHORISED"],
  );
});

test("xero sandbox: a reconciled payment stays, and with the rule off it goes", async (t) => {
  const client = await connect(t);
  const id = await makeInvoice(client, "A");
  const made = await client.rows("PUT", "/Payments", { ...BANK, ...part(id, 60), IsReconciled: true });
  const path = `/Payments/${idOf(made, "PaymentID")}`;
  assert.match(await client.refused("POST", path, { Status: "DELETED" }), /reconciled/);
  client.server.setRule("reconciled", false);
  await client.rows("POST", path, { Status: "DELETED" });
});

test("xero sandbox: with the rule off an invoice can be overpaid", async (t) => {
  const client = await connect(t, ["overpaid"]);
  const id = await makeInvoice(client, "A");
  await client.rows("PUT", "/Payments", { ...BANK, ...part(id, 150) });
  assert.deepEqual((await stateOf(client, id)).slice(1), [150, 0, -50]);
});

test("xero sandbox: a batch is one bank line over invoices, says not whose, and is deleted as a whole", async (t) => {
  const client = await connect(t);
  const [a, b] = [await makeInvoice(client, "A"), await makeInvoice(client, "B")];
  const [batch] = await client.rows("PUT", "/BatchPayments", {
    BatchPayments: [{ ...BANK, Reference: "CHK 4471", Payments: [part(a, 100), part(b, 50)] }],
  });
  assert.deepEqual([batch?.["TotalAmount"], batch?.["Type"]], [150, "RECBATCH"]);
  assert.ok(rowsOf(batch?.["Payments"]).every((row) => rowOf(row["Invoice"])["Contact"] === undefined));
  const members = await client.rows("GET", "/Payments?page=1");
  assert.deepEqual(
    members.map((row) => [row["Amount"], row["BatchPaymentID"], rowOf(row["BatchPayment"])["TotalAmount"]]),
    [
      [100, batch?.["BatchPaymentID"], 150],
      [50, batch?.["BatchPaymentID"], 150],
    ],
  );
  const one = `/Payments/${members[0]?.["PaymentID"]}`;
  assert.match(await client.refused("POST", one, { Status: "DELETED" }), /part of a batch/);
  await client.rows("POST", `/BatchPayments/${batch?.["BatchPaymentID"]}`, { Status: "DELETED" });
  assert.deepEqual(await stateOf(client, a), ["AUTHORISED", 0, 0, 100]);
  assert.ok((await client.rows("GET", "/Payments?page=1")).every((row) => row["Status"] === "DELETED"));
  const tooMuch = { ...BANK, Payments: [part(a, 100), part(b, 101)] };
  assert.match(await client.refused("PUT", "/BatchPayments", tooMuch), /exceeds/);
  assert.deepEqual(await stateOf(client, a), ["AUTHORISED", 0, 0, 100]);
});

test("xero sandbox: an overpayment is received on the bank, then allocated, and can be released", async (t) => {
  const client = await connect(t);
  const id = await makeInvoice(client, "A");
  const [bank] = await client.rows("PUT", "/BankTransactions", {
    Type: "RECEIVE-OVERPAYMENT",
    Contact: { ContactID: ACME },
    BankAccount: { Code: "090" },
    Date: "2026-06-10",
    LineItems: [{ Description: "CHK 9", Quantity: 1, UnitAmount: 130 }],
  });
  const path = `/Overpayments/${textOf(bank?.["OverpaymentID"])}`;
  const made = await client.rows("PUT", `${path}/Allocations`, { ...part(id, 100), Date: "2026-06-11" });
  assert.deepEqual(await stateOf(client, id), ["PAID", 0, 100, 0]);
  const [over] = await client.rows("GET", path);
  assert.deepEqual([over?.["RemainingCredit"], rowsOf(over?.["Allocations"]).length], [30, 1]);
  const more = await makeInvoice(client, "B");
  assert.match(
    await client.refused("PUT", `${path}/Allocations`, { ...part(more, 31), Date: "2026-06-11" }),
    /exceeds the remaining credit/,
  );
  await client.rows("DELETE", `${path}/Allocations/${idOf(made, "AllocationID")}`);
  assert.deepEqual(await stateOf(client, id), ["AUTHORISED", 0, 0, 100]);
});

test("xero sandbox: a credit note is applied to an invoice, and voided only without applications", async (t) => {
  const client = await connect(t);
  const id = await makeInvoice(client, "A");
  const note = { ...invoice("", [line(15)]), Type: "ACCRECCREDIT", CreditNoteNumber: "CN-12" };
  const credit = idOf(await client.rows("PUT", "/CreditNotes", note), "CreditNoteID");
  assert.match(await client.refused("PUT", "/CreditNotes", note), /must be unique/);
  const made = await client.rows("PUT", `/CreditNotes/${credit}/Allocations`, {
    ...part(id, 15),
    Date: "2026-06-11",
  });
  assert.deepEqual(await stateOf(client, id), ["AUTHORISED", 0, 15, 85]);
  assert.match(
    await client.refused("POST", `/CreditNotes/${credit}`, { Status: "VOIDED" }),
    /not of valid status/,
  );
  await client.rows("DELETE", `/CreditNotes/${credit}/Allocations/${idOf(made, "AllocationID")}`);
  await client.rows("POST", `/CreditNotes/${credit}`, { Status: "VOIDED" });
});

test("xero sandbox: the clerk records a receipt once all its invoices stand, as a batch or with the excess kept", async (t) => {
  const client = await connect(t);
  await makeInvoice(client, "INV-1041", 100);
  assert.equal(client.server.ledger.all("BatchPayments").length, 0);
  // The small world's receipt pays 100 and 450 of 600: the rest stays on account.
  await makeInvoice(client, "INV-1042", 450);
  const over = client.server.ledger.all("Overpayments").find((row) => row["Reference"] === "CHK 4471");
  assert.deepEqual(
    [over?.["Total"], over?.["RemainingCredit"], rowsOf(over?.["Allocations"]).length],
    [600, 50, 2],
  );
});
