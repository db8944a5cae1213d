import { contact as names } from "./names.ts";

/** What the vendor's objects hold: names, kinds, what is required and what only the vendor sets. */

export type Shape =
  | { readonly kind: "text" | "decimal" | "date" | "instant" | "flag" | "number" }
  | { readonly kind: "choice"; readonly values: readonly string[] }
  | { readonly kind: "ref"; readonly to: string | undefined }
  | { readonly kind: "group"; readonly fields: Fields }
  | { readonly kind: "list"; readonly fields: Fields }
  | { readonly kind: "computed"; readonly shape: Shape };

export type Fields = { readonly [name: string]: Shape };

export interface ObjectType {
  /** accounts-receivable/invoice */
  readonly name: string;
  readonly fields: Fields;
  readonly required: readonly string[];
  readonly writable: boolean;
}

const text: Shape = { kind: "text" };
const decimal: Shape = { kind: "decimal" };
const date: Shape = { kind: "date" };
const flag: Shape = { kind: "flag" };
const number: Shape = { kind: "number" };
const choice = (...values: string[]): Shape => ({ kind: "choice", values });
const ref = (to?: string): Shape => ({ kind: "ref", to });
const group = (fields: Fields): Shape => ({ kind: "group", fields });
const list = (fields: Fields): Shape => ({ kind: "list", fields });
const computed = (shape: Shape): Shape => ({ kind: "computed", shape });

const head: Fields = {
  key: computed(text),
  href: computed(text),
  audit: computed(group({ createdDateTime: { kind: "instant" }, modifiedDateTime: { kind: "instant" } })),
};
const active = choice("active", "inactive", "activeNonPosting");
const CUSTOMER = "accounts-receivable/customer";
const ACCOUNT = "general-ledger/account";
const TERM = "accounts-receivable/term";

const contact = group({
  id: text,
  [names.printAs]: text,
  [names.email]: text,
  [names.phone]: text,
  [names.address]: group({
    [names.line1]: text,
    [names.line2]: text,
    [names.line3]: text,
    [names.city]: text,
    [names.region]: text,
    [names.postalCode]: text,
    [names.country]: text,
  }),
  tax: group({ isTaxable: flag, group: ref(), solution: ref() }),
});

const dimensions = group({
  location: ref("company-config/location"),
  department: ref("company-config/department"),
  class: ref("company-config/class"),
  customer: ref(CUSTOMER),
  project: ref(),
  item: ref(),
  employee: ref(),
  vendor: ref(),
  task: ref(),
  costType: ref(),
  contract: ref(),
  warehouse: ref(),
});

const line: Fields = {
  key: text,
  id: text,
  txnAmount: decimal,
  baseAmount: computed(decimal),
  glAccount: ref(ACCOUNT),
  accountLabel: ref(),
  overrideOffsetGLAccount: ref(ACCOUNT),
  allocation: ref(),
  dimensions,
  memo: text,
  lineNumber: computed(number),
  taxEntries: list({ orderEntryTaxDetail: ref(), txnTaxAmount: decimal, taxRate: number }),
};

const invoiceStates = [
  "draft",
  "posted",
  "paid",
  "partiallyPaid",
  "selected",
  "reversed",
  "reversal",
  "noValue",
];

const types: readonly ObjectType[] = [
  {
    name: CUSTOMER,
    writable: true,
    // An id is asked for because this company does not number its customers automatically.
    required: ["id", "name"],
    fields: {
      ...head,
      id: text,
      name: text,
      status: active,
      term: ref(TERM),
      customerType: ref(),
      parent: ref(CUSTOMER),
      contacts: group({ default: contact, primary: ref(), billTo: ref(), shipTo: ref() }),
      taxId: text,
      creditLimit: decimal,
      isOnHold: flag,
      currency: text,
      notes: text,
      discountPercent: decimal,
      deliveryOptions: choice("print", "email", "both"),
      defaultRevenueGLAccount: ref(ACCOUNT),
      totalDue: computed(decimal),
    },
  },
  {
    name: "accounts-receivable/invoice",
    writable: true,
    required: ["customer", "invoiceDate", "dueDate", "lines"],
    fields: {
      ...head,
      id: computed(text),
      customer: ref(CUSTOMER),
      invoiceDate: date,
      dueDate: date,
      invoiceNumber: text,
      referenceNumber: text,
      description: text,
      state: choice(...invoiceStates),
      term: ref(TERM),
      currency: group({
        baseCurrency: text,
        txnCurrency: text,
        exchangeRate: group({ date, rate: number, typeId: text }),
      }),
      invoiceSummary: group({ glPostingDate: date }),
      contacts: group({ payTo: ref(), returnTo: ref() }),
      attachment: ref(),
      customerMessage: ref(),
      lines: list(line),
      recordType: computed(text),
      totalTxnAmount: computed(decimal),
      totalTxnAmountDue: computed(decimal),
      totalBaseAmount: computed(decimal),
      paymentInformation: computed(group({ totalTxnAmountPaid: decimal, fullyPaidDate: date })),
      reversedDate: computed(date),
    },
  },
  {
    name: "accounts-receivable/invoice-line",
    writable: false,
    required: [],
    fields: { ...head, ...line, invoice: ref("accounts-receivable/invoice") },
  },
  {
    name: "accounts-receivable/payment",
    writable: true,
    required: ["paymentSummary", "paymentMethod"],
    fields: {
      ...head,
      id: computed(text),
      customer: ref(CUSTOMER),
      payerName: text,
      financialEntity: group({ entityId: text }),
      undepositedGLAccount: ref(ACCOUNT),
      paymentSummary: group({ receiptDate: date }),
      txnCurrency: group({ currency: text, totalAmount: decimal, amountToPay: decimal }),
      baseCurrency: group({ currency: text }),
      paymentMethod: choice(
        "printedCheck",
        "creditCard",
        "eft",
        "cash",
        "onlineChargeCard",
        "onlineAchDebit",
        "paymentAcceptanceService",
      ),
      paymentDetails: list({
        arInvoice: ref("accounts-receivable/invoice"),
        arInvoiceLine: ref(),
        txnCurrency: group({ paymentAmount: decimal }),
      }),
      overPaymentAmount: decimal,
      overPaymentDimensions: group({ customerId: text, locationId: text, departmentId: text }),
      documentNumber: text,
      referenceNumber: text,
      description: text,
      state: choice("draft", "complete", "reconciled", "reversed", "reversal"),
      paidDate: computed(date),
      reversedDate: computed(date),
    },
  },
  // What an entry of refundDetails names is not documented.
  {
    name: "accounts-receivable/customer-refund",
    writable: false,
    required: [],
    fields: {
      ...head,
      id: computed(text),
      customer: ref(CUSTOMER),
      financialEntity: group({ entityId: text }),
      paymentMethod: text,
      refundDate: date,
      baseCurrency: group({ currency: text, refundAmount: decimal }),
      refundDetails: list({}),
      state: choice("draft", "posted", "voided"),
    },
  },
  {
    name: TERM,
    writable: false,
    required: [],
    fields: {
      ...head,
      id: text,
      description: text,
      status: active,
      due: group({ days: number, from: text }),
    },
  },
  { name: ACCOUNT, writable: false, required: [], fields: { ...head, id: text, name: text, status: active } },
  ...["location", "department", "class"].map((name) => ({
    name: `company-config/${name}`,
    writable: false,
    required: [],
    fields: { ...head, id: text, name: text, status: active },
  })),
  {
    name: "cash-management/bank-account",
    writable: false,
    required: [],
    fields: { ...head, id: text, name: text, status: active },
  },
];

export function findType(name: string): ObjectType | undefined {
  return types.find((type) => type.name === name);
}
