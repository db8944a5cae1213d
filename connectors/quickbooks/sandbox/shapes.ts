/**
 * Fields a client may send, with their type, greatest length and what they refer to. Names are those of the vendor's
 * XSD (specs/quickbooks.xsd-types.json); lengths those of the fact sheet, where several rest on a weak source.
 */
export type Shape =
  | { readonly kind: "text"; readonly max: number }
  | { readonly kind: "number" | "flag" | "date" }
  /** Accepted and ignored: the vendor computes it. */
  | { readonly kind: "computed" }
  | { readonly kind: "ref"; readonly to: string }
  | { readonly kind: "group"; readonly fields: Fields }
  | { readonly kind: "list"; readonly of: Shape };

export interface Fields {
  readonly [name: string]: Shape;
}

export const number: Shape = { kind: "number" };
export const flag: Shape = { kind: "flag" };
export const date: Shape = { kind: "date" };
export const computed: Shape = { kind: "computed" };
export const text = (max: number): Shape => ({ kind: "text", max });
export const ref = (to: string): Shape => ({ kind: "ref", to });
export const group = (fields: Fields): Shape => ({ kind: "group", fields });
export const list = (fields: Fields): Shape => ({ kind: "list", of: group(fields) });

const address = group({
  Id: computed,
  Line1: text(500),
  Line2: text(500),
  Line3: text(500),
  Line4: text(500),
  Line5: text(500),
  City: text(255),
  Country: text(255),
  CountryCode: text(10),
  CountrySubDivisionCode: text(255),
  PostalCode: text(31),
  PostalCodeSuffix: text(31),
  Lat: text(30),
  Long: text(30),
});
const phone = group({ FreeFormNumber: text(30) });
const email = group({ Address: text(100) });

/** What customers, vendors and employees share. */
export const person: Fields = {
  Title: text(16),
  GivenName: text(100),
  MiddleName: text(100),
  FamilyName: text(100),
  Suffix: text(16),
  DisplayName: text(500),
  CompanyName: text(100),
  PrintOnCheckName: text(100),
  Active: flag,
  PrimaryPhone: phone,
  AlternatePhone: phone,
  Mobile: phone,
  Fax: phone,
  PrimaryEmailAddr: email,
  WebAddr: group({ URI: text(1000) }),
  BillAddr: address,
  ShipAddr: address,
  Notes: text(2000),
  CurrencyRef: ref("Currency"),
  PrimaryTaxIdentifier: text(20),
  FullyQualifiedName: computed,
  Balance: computed,
};

const salesDetail = group({
  ItemRef: ref("Item"),
  ClassRef: ref("Class"),
  UnitPrice: number,
  RatePercent: number,
  Qty: number,
  // The vendor documents it as not updatable: the account comes from the item.
  ItemAccountRef: computed,
  TaxCodeRef: ref("TaxCode"),
  TaxClassificationRef: computed,
  ServiceDate: date,
  TaxInclusiveAmt: number,
  DiscountRate: number,
  DiscountAmt: number,
});

const salesLine: Fields = {
  Id: text(20),
  LineNum: number,
  Description: text(4000),
  Amount: number,
  DetailType: text(50),
  LinkedTxn: computed,
  SalesItemLineDetail: salesDetail,
  DescriptionLineDetail: group({ ServiceDate: date, TaxCodeRef: ref("TaxCode") }),
  DiscountLineDetail: group({
    PercentBased: flag,
    DiscountPercent: number,
    DiscountAccountRef: ref("Account"),
    ClassRef: ref("Class"),
    TaxCodeRef: ref("TaxCode"),
  }),
  SubTotalLineDetail: computed,
};

const taxDetail = group({
  DefaultTaxCodeRef: ref("TaxCode"),
  TxnTaxCodeRef: ref("TaxCode"),
  TotalTax: number,
  TaxLine: list({
    Amount: number,
    DetailType: text(50),
    TaxLineDetail: group({
      TaxRateRef: ref("TaxRate"),
      PercentBased: flag,
      TaxPercent: number,
      NetAmountTaxable: number,
      TaxInclusiveAmount: number,
      OverrideDeltaAmount: number,
    }),
  }),
});

const transaction: Fields = {
  TxnDate: date,
  DepartmentRef: ref("Department"),
  CurrencyRef: ref("Currency"),
  ExchangeRate: number,
  PrivateNote: text(4000),
  CustomerRef: ref("Customer"),
  ARAccountRef: ref("Account"),
  PaymentMethodRef: ref("PaymentMethod"),
  PaymentRefNum: text(21),
  DepositToAccountRef: ref("Account"),
  LinkedTxn: computed,
  TotalAmt: computed,
  HomeTotalAmt: computed,
  CustomField: list({ DefinitionId: text(10), Name: text(30), Type: text(20), StringValue: text(31) }),
};

/** Invoice, credit memo and refund receipt. */
export const salesForm: Fields = {
  ...transaction,
  DocNumber: text(21),
  Line: list(salesLine),
  TxnTaxDetail: taxDetail,
  CustomerMemo: group({ value: text(1000) }),
  BillAddr: address,
  ShipAddr: address,
  ClassRef: ref("Class"),
  SalesTermRef: ref("Term"),
  DueDate: date,
  ShipDate: date,
  GlobalTaxCalculation: text(20),
  ApplyTaxAfterDiscount: flag,
  PrintStatus: text(20),
  EmailStatus: text(20),
  BillEmail: email,
  BillEmailCc: group({ Address: text(200) }),
  BillEmailBcc: group({ Address: text(200) }),
  AllowOnlinePayment: flag,
  AllowOnlineCreditCardPayment: flag,
  AllowOnlineACHPayment: flag,
  Balance: computed,
  HomeBalance: computed,
};

export const payment: Fields = {
  ...transaction,
  TotalAmt: number,
  UnappliedAmt: computed,
  ProcessPayment: flag,
  Line: list({
    Id: computed,
    LineNum: number,
    Amount: number,
    LineEx: computed,
    LinkedTxn: list({ TxnId: text(20), TxnType: text(30), TxnLineId: text(20) }),
  }),
};
