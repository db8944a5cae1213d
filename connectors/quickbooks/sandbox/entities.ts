import {
  computed,
  date,
  type Fields,
  flag,
  group,
  number,
  payment,
  person,
  ref,
  salesForm,
  text,
} from "./shapes.ts";

/** The vendor's resources that this server knows, and what a query may filter them by. */
export interface Entity {
  readonly name: string;
  /** name_list: hidden by queries once inactive, never deleted. transaction: has a date, can be deleted. */
  readonly kind: "name_list" | "transaction" | "setting";
  readonly fields: Fields;
  /** What a client may do at POST /{entity}. */
  readonly operations: readonly ("create" | "update" | "delete" | "void")[];
  /**
   * Properties for where and orderby beside Id, MetaData.CreateTime and MetaData.LastUpdatedTime. The vendor marks
   * them per field in its reference, which the sheet does not hold: this list is of low confidence. PrivateNote and
   * custom fields are left out on purpose, so that nobody builds a look-up on them unproved.
   */
  readonly filters: readonly string[];
}

const personFilters = [
  "DisplayName",
  "CompanyName",
  "GivenName",
  "MiddleName",
  "FamilyName",
  "PrintOnCheckName",
  "FullyQualifiedName",
  "PrimaryEmailAddr",
  "PrimaryPhone",
  "Active",
  "Balance",
];
const formFilters = ["DocNumber", "TxnDate", "CustomerRef", "TotalAmt", "Balance", "DueDate", "SalesTermRef"];

const nameFields: Fields = {
  Name: text(100),
  Active: flag,
  FullyQualifiedName: computed,
};

const LIST: readonly Entity[] = [
  {
    name: "Customer",
    kind: "name_list",
    fields: {
      ...person,
      Taxable: flag,
      ResaleNum: text(16),
      Job: flag,
      BillWithParent: flag,
      ParentRef: ref("Customer"),
      Level: computed,
      SalesTermRef: ref("Term"),
      PaymentMethodRef: ref("PaymentMethod"),
      DefaultTaxCodeRef: ref("TaxCode"),
      ARAccountRef: ref("Account"),
      BalanceWithJobs: computed,
      PreferredDeliveryMethod: text(20),
      IsProject: computed,
    },
    operations: ["create", "update"],
    filters: [...personFilters, "BalanceWithJobs", "ParentRef", "Job", "Taxable"],
  },
  {
    name: "Vendor",
    kind: "name_list",
    fields: {
      ...person,
      AcctNum: text(100),
      Vendor1099: flag,
      TermRef: ref("Term"),
      TaxIdentifier: text(20),
    },
    operations: ["create", "update"],
    filters: personFilters,
  },
  {
    name: "Employee",
    kind: "name_list",
    fields: { ...person, PrimaryAddr: group({ Line1: text(500), City: text(255) }) },
    operations: ["create", "update"],
    filters: personFilters,
  },
  {
    name: "Item",
    kind: "name_list",
    fields: {
      ...nameFields,
      Sku: text(100),
      Description: text(4000),
      Type: text(30),
      UnitPrice: number,
      Taxable: flag,
      IncomeAccountRef: ref("Account"),
      ExpenseAccountRef: ref("Account"),
      AssetAccountRef: ref("Account"),
      PurchaseDesc: text(1000),
      PurchaseCost: number,
      SubItem: flag,
      ParentRef: ref("Item"),
      TrackQtyOnHand: flag,
      SalesTaxCodeRef: ref("TaxCode"),
    },
    operations: ["create", "update"],
    filters: ["Name", "FullyQualifiedName", "Sku", "Type", "Active", "UnitPrice"],
  },
  {
    name: "Account",
    kind: "name_list",
    fields: {
      ...nameFields,
      AcctNum: text(7),
      AccountType: text(100),
      AccountSubType: text(100),
      Classification: computed,
      Description: text(100),
      SubAccount: flag,
      ParentRef: ref("Account"),
      CurrencyRef: ref("Currency"),
      CurrentBalance: computed,
      CurrentBalanceWithSubAccounts: computed,
    },
    operations: ["create", "update"],
    filters: [
      "Name",
      "FullyQualifiedName",
      "AcctNum",
      "AccountType",
      "AccountSubType",
      "Classification",
      "Active",
    ],
  },
  {
    name: "Term",
    kind: "name_list",
    fields: {
      Name: text(31),
      Active: flag,
      Type: computed,
      DueDays: number,
      DiscountPercent: number,
      DiscountDays: number,
      DayOfMonthDue: number,
      DueNextMonthDays: number,
    },
    operations: ["create", "update"],
    filters: ["Name", "Active"],
  },
  {
    name: "PaymentMethod",
    kind: "name_list",
    fields: { Name: text(31), Active: flag, Type: text(30) },
    operations: ["create", "update"],
    filters: ["Name", "Active", "Type"],
  },
  {
    name: "Class",
    kind: "name_list",
    fields: { ...nameFields, SubClass: flag, ParentRef: ref("Class") },
    operations: ["create", "update"],
    filters: ["Name", "FullyQualifiedName", "Active"],
  },
  {
    name: "Department",
    kind: "name_list",
    fields: { ...nameFields, SubDepartment: flag, ParentRef: ref("Department") },
    operations: ["create", "update"],
    filters: ["Name", "FullyQualifiedName", "Active"],
  },
  { name: "TaxCode", kind: "name_list", fields: nameFields, operations: [], filters: ["Name", "Active"] },
  { name: "TaxRate", kind: "name_list", fields: nameFields, operations: [], filters: ["Name", "Active"] },
  {
    name: "Invoice",
    kind: "transaction",
    fields: salesForm,
    operations: ["create", "update", "delete", "void"],
    filters: formFilters,
  },
  {
    // No void through the API for credit memos (unsourced in the sheet).
    name: "CreditMemo",
    kind: "transaction",
    fields: { ...salesForm, InvoiceRef: ref("Invoice"), RemainingCredit: computed },
    operations: ["create", "update", "delete"],
    filters: formFilters,
  },
  {
    name: "RefundReceipt",
    kind: "transaction",
    fields: salesForm,
    operations: ["create", "update", "delete"],
    filters: formFilters,
  },
  {
    name: "Payment",
    kind: "transaction",
    fields: payment,
    operations: ["create", "update", "delete", "void"],
    filters: ["TxnDate", "CustomerRef", "TotalAmt", "UnappliedAmt", "PaymentRefNum", "PaymentMethodRef"],
  },
  {
    name: "Deposit",
    kind: "transaction",
    fields: { TxnDate: date },
    operations: [],
    filters: ["TxnDate", "TotalAmt"],
  },
  { name: "CompanyInfo", kind: "setting", fields: {}, operations: [], filters: [] },
  {
    name: "Preferences",
    kind: "setting",
    fields: {
      AccountingInfoPrefs: group({
        BookCloseDate: date,
        FirstMonthOfFiscalYear: text(20),
        ClassTrackingPerTxnLine: flag,
        TrackDepartments: flag,
      }),
      SalesFormsPrefs: group({ CustomTxnNumbers: flag }),
      CurrencyPrefs: computed,
      TaxPrefs: computed,
    },
    operations: ["update"],
    filters: [],
  },
];

const BY_PATH = new Map(LIST.map((entity) => [entity.name.toLowerCase(), entity]));

/** The entity of a path segment or a query's `from`, whatever its case; undefined for an unknown one. */
export function findEntity(name: string): Entity | undefined {
  return BY_PATH.get(name.toLowerCase());
}
