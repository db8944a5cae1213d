import type { Row } from "../../../engine/connector/sandbox/types.ts";
import {
  amount,
  type Books,
  cents,
  dayOf,
  hexId,
  minorOf,
  newId,
  reference,
  refId,
  rowOf,
  rowsOf,
  stamped,
  textOf,
} from "./books.ts";
import { allocate, type Settler } from "./invoices.ts";
import { checkLock } from "./lock.ts";
import { checkText, collect, invalid, invalidRecord, notFound, Problems } from "./problems.ts";

/** Receipts of customers: one payment over any invoices of the contact, the rest on account. */

interface Part {
  readonly invoice: Row;
  readonly minor: number;
  readonly discount: number;
}

/** Creates a receipt, or changes one: its old parts are taken off before the new ones go on. */
export function storePayment(body: Row, old: Row | undefined, books: Books): Row | Problems {
  const whole = old === undefined ? body : { ...asBody(old), ...body };
  const contact = books.ledger.get("contacts", textOf(whole["contact_id"]));
  const bank = books.ledger.get("bank_accounts", textOf(whole["bank_account_id"]));
  const method = textOf(whole["payment_method_id"]);
  const date = dayOf(whole["date"]);
  const total = minorOf(whole["total_amount"], books);
  const type = textOf(whole["transaction_type_id"]);
  const problems = collect(
    type === "CUSTOMER_RECEIPT" ? [] : [invalid("transaction_type_id", "This field is required.")],
    contact === undefined || bank === undefined ? [notFound()] : [],
    method !== "" && books.ledger.get("payment_methods", method) === undefined ? [notFound()] : [],
    date === undefined ? [invalid("date", "This field is required.")] : checkLock(date, books),
    total === undefined || total <= 0 ? [invalid("total_amount", "This must be greater than 0.")] : [],
    checkText(whole, "reference", 25),
  );
  if (problems !== undefined) return problems;
  const id = textOf(old?.["id"]) || newId(books);
  if (old !== undefined) release(old, books);
  const parts = partsOf(whole, textOf(contact?.["id"]), books);
  const rest =
    (total ?? 0) - (parts instanceof Problems ? 0 : parts.reduce((sum, { minor }) => sum + minor, 0));
  const refusal =
    parts instanceof Problems
      ? parts
      : rest < 0
        ? new Problems([invalidRecord("The allocated amounts exceed the total.")])
        : undefined;
  if (refusal !== undefined || parts instanceof Problems) {
    if (old !== undefined) apply(old, books);
    return refusal ?? new Problems([]);
  }
  const row: Row = {
    ...reference("contact_payments", id, "Customer Receipt"),
    ...stamped(old, books),
    deleted_at: null,
    transaction_type: reference("transaction_types", type, "Customer Receipt"),
    payment_method:
      method === ""
        ? null
        : reference("payment_methods", method, textOf(books.ledger.get("payment_methods", method)?.["name"])),
    contact: reference("contacts", textOf(contact?.["id"]), textOf(contact?.["displayed_as"])),
    bank_account: reference("bank_accounts", textOf(bank?.["id"]), textOf(bank?.["displayed_as"])),
    date: date ?? "",
    total_amount: amount(total ?? 0, books),
    net_amount: amount(total ?? 0, books),
    tax_amount: "0.0",
    currency: reference("currencies", books.world.currency, books.world.currency),
    exchange_rate: "1.0",
    reference: whole["reference"] ?? null,
    allocated_artefacts: parts.map(({ invoice, minor, discount }, index) => ({
      id: hexId(`${id}:part:${index}`),
      artefact: reference("sales_invoices", textOf(invoice["id"]), textOf(invoice["displayed_as"])),
      amount: amount(minor, books),
      discount: amount(discount, books),
    })),
    payment_on_account:
      rest === 0
        ? null
        : {
            ...reference("payments_on_account", hexId(`${id}:rest`), "Payment on Account"),
            date: date ?? "",
            total_amount: amount(rest, books),
            outstanding_amount: amount(rest, books),
          },
    editable: true,
  };
  books.ledger.put("contact_payments", id, row);
  apply(row, books);
  return row;
}

/** Takes a payment's parts off its invoices. */
export function release(payment: Row, books: Books): void {
  for (const { artefact } of rowsOf(payment["allocated_artefacts"])) {
    const invoice = books.ledger.get("sales_invoices", refId(artefact));
    if (invoice !== undefined)
      allocate("sales_invoices", invoice, settlerOf(payment), { minor: 0, discount: 0, date: "" }, books);
  }
}

function apply(payment: Row, books: Books): void {
  for (const part of rowsOf(payment["allocated_artefacts"])) {
    const invoice = books.ledger.get("sales_invoices", refId(part["artefact"]));
    const paid = {
      minor: cents(part["amount"], books),
      discount: cents(part["discount"], books),
      date: textOf(payment["date"]),
    };
    if (invoice !== undefined) allocate("sales_invoices", invoice, settlerOf(payment), paid, books);
  }
}

function settlerOf(payment: Row): Settler {
  return { kind: "contact_payment", id: textOf(payment["id"]) };
}

function partsOf(body: Row, contact: string, books: Books): readonly Part[] | Problems {
  const parts: Part[] = [];
  for (const sent of rowsOf(body["allocated_artefacts"])) {
    const invoice = books.ledger.get("sales_invoices", textOf(sent["artefact_id"]));
    const minor = minorOf(sent["amount"], books);
    const discount = cents(sent["discount"], books);
    if (invoice === undefined || refId(invoice["contact"]) !== contact) return new Problems([notFound()]);
    if (minor === undefined || minor <= 0)
      return new Problems([invalid("amount", "This must be greater than 0.")]);
    const open = cents(invoice["outstanding_amount"], books);
    if (minor + discount > open && books.rule("overpaid")) {
      return new Problems([invalidRecord("The amount exceeds the outstanding amount.")]);
    }
    parts.push({ invoice, minor, discount });
  }
  return parts;
}

function asBody(row: Row): Row {
  return {
    transaction_type_id: refId(row["transaction_type"]),
    contact_id: refId(row["contact"]),
    bank_account_id: refId(row["bank_account"]),
    payment_method_id: refId(row["payment_method"]),
    date: row["date"] ?? null,
    total_amount: row["total_amount"] ?? null,
    reference: row["reference"] ?? null,
    allocated_artefacts: rowsOf(row["allocated_artefacts"]).map((part) => ({
      artefact_id: textOf(rowOf(part["artefact"])["id"]),
      amount: part["amount"] ?? null,
      discount: part["discount"] ?? null,
    })),
  };
}
