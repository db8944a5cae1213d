import assert from "node:assert/strict";
import { findEntity } from "../../connectors/quickbooks/sandbox/entities.ts";
import { Refusal as QuickBooksRefusal } from "../../connectors/quickbooks/sandbox/refusal.ts";
import { applyWrite } from "../../connectors/quickbooks/sandbox/write.ts";
import {
  removeAllocation,
  storeAllocation,
  storeBankTransaction,
} from "../../connectors/xero/sandbox/credits.ts";
import { storeBatch, storePayment } from "../../connectors/xero/sandbox/payments.ts";
import { storePaymentOrRefund } from "../../connectors/xero/sandbox/refunds.ts";
import { Refusal as XeroRefusal } from "../../connectors/xero/sandbox/refusal.ts";
import type { Row, SandboxContext } from "../../engine/connector/sandbox/types.ts";
import { atPath } from "../../engine/core/json.ts";
import { cents, rowsOf, textOf } from "./books.ts";
import type { Demo } from "./demo.ts";
import { only } from "./edits.ts";

/** A clerk at the screen of the ledger: what people do with payments there, by the ledger's own rules. */
export interface Clerk {
  /** Records money of the customer of these invoices; answers with the payment's id as the connector names it. */
  receive(receipt: Receipt): string;
  /** Makes it another payment: where the ledger lets nobody edit, by taking it back and typing it anew. */
  edit(id: string, receipt: Receipt): string;
  /** Takes it back for a reason, as a bank that returns a check makes one do. */
  void(id: string, note: string): void;
  remove(id: string): void;
  /** Returns money of a payment; answers with the refund's id as the connector names it. */
  refund(id: string, back: Pick<Receipt, "date" | "amount" | "reference">): string;
  removeRefund(id: string): void;
  /** Open amount of each invoice by its number, minor units. */
  open(): { readonly [invoice: string]: number };
  /** Money on account that no invoice has taken and that was not returned, minor units. */
  onAccount(): number;
}

export interface Receipt {
  readonly date: string;
  /** Minor units. */
  readonly amount: number;
  readonly reference: string;
  /** Invoice number → minor units; the first one says whose money it is. */
  readonly on: { readonly [invoice: string]: number };
  /** Whose money it is, by an invoice of the customer, where nothing is allocated. */
  readonly of?: string;
}

const BANK = { Code: "090" };

/** The clerk of the demo's ledger. */
export function clerkOf(demo: Demo): Clerk {
  const { accounting } = demo.sandboxes;
  const books: SandboxContext = {
    ledger: accounting.ledger,
    world: demo.world,
    now: demo.clock.now,
    rule: () => true,
    origin: accounting.origin,
  };
  return accounting.name === "xero" ? xeroClerk(demo, books) : quickBooksClerk(demo, books);
}

function quickBooksClerk({ sandboxes: { accounting } }: Demo, books: SandboxContext): Clerk {
  const { ledger } = accounting;
  const write = (operation: "save" | "delete" | "void", body: Row, name = "Payment"): Row => {
    const entity = findEntity(name);
    assert.ok(entity);
    const said = applyWrite({ entity, operation, body, allowDuplicateNumber: false }, books);
    assert.ok(!(said instanceof QuickBooksRefusal), JSON.stringify(said));
    return said[name] as Row;
  };
  const invoiceOf = (number: string): Row =>
    only(accounting, "Invoice", (row) => row["DocNumber"] === number);
  const bodyOf = ({ date, amount, reference, on, of }: Receipt): Row => ({
    CustomerRef: { value: atPath(invoiceOf(of ?? Object.keys(on)[0] ?? ""), "CustomerRef.value") ?? null },
    TxnDate: date,
    TotalAmt: amount / 100,
    PaymentRefNum: reference,
    PaymentMethodRef: { value: "1" },
    Line: Object.entries(on).map(([number, minor]) => ({
      Amount: minor / 100,
      LinkedTxn: [{ TxnId: invoiceOf(number)["Id"] ?? "", TxnType: "Invoice" }],
    })),
  });
  const versionOf = (id: string, name = "Payment"): Row => {
    const { Id = "", SyncToken = "" } = ledger.get(name, id) ?? {};
    return { Id, SyncToken };
  };
  return {
    receive: (receipt) => textOf(write("save", bodyOf(receipt))["Id"]),
    edit: (id, receipt) =>
      textOf(write("save", { ...versionOf(id), sparse: true, ...bodyOf(receipt) })["Id"]),
    void: (id, note) => {
      write("save", { ...versionOf(id), sparse: true, PrivateNote: note });
      write("void", versionOf(id));
    },
    remove: (id) => void write("delete", versionOf(id)),
    // A refund receipt is a sale turned round: it is tied to no payment.
    refund: (id, { date, amount, reference }) => {
      const sold = rowsOf(ledger.all("Invoice")[0]?.["Line"])[0] ?? {};
      const item = atPath(sold, "SalesItemLineDetail.ItemRef.value") ?? "";
      const bank =
        ledger.all("Account").find((row) => row["AccountType"] === "Bank") ?? ledger.all("Account")[0];
      const receipt = {
        CustomerRef: { value: atPath(ledger.get("Payment", id), "CustomerRef.value") ?? null },
        TxnDate: date,
        PaymentRefNum: reference,
        DepositToAccountRef: { value: bank?.["Id"] ?? "" },
        Line: [
          {
            DetailType: "SalesItemLineDetail",
            Amount: amount / 100,
            SalesItemLineDetail: {
              ItemRef: { value: item },
              Qty: 1,
              UnitPrice: amount / 100,
              TaxCodeRef: { value: "NON" },
            },
          },
        ],
      };
      return textOf(write("save", receipt, "RefundReceipt")["Id"]);
    },
    removeRefund: (id) => void write("delete", versionOf(id, "RefundReceipt"), "RefundReceipt"),
    open: () =>
      Object.fromEntries(
        ledger.all("Invoice").map((row) => [textOf(row["DocNumber"]), cents(row["Balance"])] as const),
      ),
    onAccount: () => ledger.all("Payment").reduce((sum, row) => sum + cents(row["UnappliedAmt"] ?? 0), 0),
  };
}

function xeroClerk({ sandboxes: { accounting } }: Demo, books: SandboxContext): Clerk {
  const { ledger } = accounting;
  const checked = (said: Row | XeroRefusal): Row => {
    assert.ok(!(said instanceof XeroRefusal), JSON.stringify(said));
    return said;
  };
  const invoiceOf = (number: string): Row =>
    only(accounting, "Invoices", (row) => row["InvoiceNumber"] === number);
  const part = ([number, minor]: readonly [string, number]): Row => ({
    Invoice: { InvoiceID: invoiceOf(number)["InvoiceID"] ?? "" },
    Amount: minor / 100,
  });
  const receive = ({ date, amount, reference, on, of }: Receipt): string => {
    const parts = Object.entries(on);
    const head = { Account: BANK, Date: date, Reference: reference };
    const allocated = parts.reduce((sum, [, minor]) => sum + minor, 0);
    const [first] = parts;
    if (first !== undefined && allocated === amount && parts.length === 1)
      return `payment:${textOf(checked(storePayment({ ...head, ...part(first) }, books))["PaymentID"])}`;
    if (allocated === amount)
      return `batch:${textOf(checked(storeBatch({ ...head, Payments: parts.map(part) }, books))["BatchPaymentID"])}`;
    const { Contact, CurrencyCode = "" } = invoiceOf(of ?? first?.[0] ?? "");
    const ContactID = atPath(Contact ?? null, "ContactID") ?? "";
    const bank = {
      Type: "RECEIVE-OVERPAYMENT",
      Contact: { ContactID },
      CurrencyCode,
      BankAccount: BANK,
      Date: date,
      Reference: reference,
      LineItems: [{ Description: reference, Quantity: 1, UnitAmount: amount / 100 }],
    };
    const id = textOf(checked(storeBankTransaction(bank, books))["OverpaymentID"]);
    for (const one of parts)
      checked(storeAllocation("Overpayments", id, { ...part(one), Date: date }, books));
    return `over:${id}`;
  };
  const remove = (id: string): void => {
    const [kind, own = ""] = id.split(":");
    const deleted = { Status: "DELETED" };
    if (kind === "payment") checked(storePayment({ ...deleted, PaymentID: own }, books));
    else checked(storeBatch({ ...deleted, BatchPaymentID: own }, books));
  };
  return {
    receive,
    edit: (id, receipt) => {
      const own = id.replace(/^over:/, "");
      if (own === id) {
        remove(id);
        return receive(receipt);
      }
      // Money on account stays the same money: only what it pays changes.
      for (const { AllocationID } of rowsOf(ledger.get("Overpayments", own)?.["Allocations"]))
        removeAllocation("Overpayments", own, textOf(AllocationID), books);
      for (const one of Object.entries(receipt.on))
        checked(storeAllocation("Overpayments", own, { ...part(one), Date: receipt.date }, books));
      return id;
    },
    void: remove,
    remove,
    refund: (id, { date, amount, reference }) => {
      const Overpayment = { OverpaymentID: id.replace(/^over:/, "") };
      const element = { Overpayment, Account: BANK, Date: date, Amount: amount / 100, Reference: reference };
      return `refund:${textOf(checked(storePaymentOrRefund(element, books))["PaymentID"])}`;
    },
    removeRefund: (id) => {
      const PaymentID = id.replace(/^refund:/, "");
      checked(storePaymentOrRefund({ PaymentID, Status: "DELETED" }, books));
    },
    open: () =>
      Object.fromEntries(
        ledger.all("Invoices").map((row) => [textOf(row["InvoiceNumber"]), cents(row["AmountDue"])] as const),
      ),
    onAccount: () =>
      ledger.all("Overpayments").reduce((sum, row) => sum + cents(row["RemainingCredit"] ?? 0), 0),
  };
}
