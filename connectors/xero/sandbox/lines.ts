import { Decimal } from "decimal.js";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { type Books, cents, money, newId, rowsOf, textOf } from "./books.ts";
import { Refusal } from "./refusal.ts";

/** Line items and the sums of a document. */

const DESCRIPTION_MAX = 4000;
const TRACKING_MAX = 2;

export interface LineRules {
  /** Decimal places of UnitAmount: 2, or 4 with unitdp=4. */
  readonly unitPlaces: number;
  /** False for a draft, whose lines may still lack their account. */
  readonly isFinal: boolean;
}

/** `{LineAmountTypes, LineItems, SubTotal, TotalTax, Total}` of a document. */
export function buildLines(document: Row, rules: LineRules, books: Books): Row | Refusal {
  const types = textOf(document["LineAmountTypes"]) || "Exclusive";
  if (!["Exclusive", "Inclusive", "NoTax"].includes(types))
    return new Refusal("LineAmountTypes is not valid");
  const sent = rowsOf(document["LineItems"]);
  if (rules.isFinal && sent.length === 0) return new Refusal("One or more line items must be specified");
  const lines = sent.map((line) => buildLine(line, types, rules, books));
  const problems = lines.flatMap((line) => (line instanceof Refusal ? line.messages : []));
  if (problems.length > 0) return new Refusal(...problems);
  const built = [
    ...lines.flatMap((line) => (line instanceof Refusal ? [] : [line])),
    ...roundingLines(books),
  ];
  const sum = (field: string): number => built.reduce((total, line) => total + cents(line[field], books), 0);
  const tax = sum("TaxAmount");
  const net = types === "Inclusive" ? sum("LineAmount") - tax : sum("LineAmount");
  return {
    LineAmountTypes: types,
    LineItems: built,
    SubTotal: money(net, books),
    TotalTax: money(tax, books),
    Total: money(net + tax, books),
  };
}

/** A line of rounding that the vendor may add by itself (low confidence): only in books that have been told so. */
function roundingLines(books: Books): readonly Row[] {
  const amount = books.ledger.get("oddities", "rounding")?.["amount"];
  if (typeof amount !== "number") return [];
  const tax = { TaxType: "NONE", TaxAmount: 0, Tracking: [] };
  const line = { LineItemID: newId(books), Description: "Rounding", Quantity: 1, AccountCode: "860", ...tax };
  return [{ ...line, UnitAmount: amount, LineAmount: amount }];
}

function buildLine(line: Row, types: string, rules: LineRules, books: Books): Row | Refusal {
  const amounts = amountsOf(line, rules);
  if (amounts instanceof Refusal) return amounts;
  const account = books.ledger.all("Accounts").find((row) => row["Code"] === line["AccountCode"]);
  const code = textOf(line["AccountCode"]);
  const problems = [
    ...(textOf(line["Description"]) === "" ? ["Description cannot be empty"] : []),
    ...(textOf(line["Description"]).length > DESCRIPTION_MAX
      ? ["Description is longer than 4000 characters"]
      : []),
    ...(code === "" && rules.isFinal ? ["Account code or ID must be specified"] : []),
    ...(code !== "" && !isPostable(account, books)
      ? [`Account code '${code}' is not a valid code for this document.`]
      : []),
  ];
  if (problems.length > 0) return new Refusal(...problems);
  const tax = taxOf(line, types, account, amounts.LineAmount, books);
  if (tax instanceof Refusal) return tax;
  const tracking = trackingOf(line, books);
  if (tracking instanceof Refusal) return tracking;
  return {
    LineItemID: textOf(line["LineItemID"]) || newId(books),
    Description: textOf(line["Description"]),
    ...amounts,
    ...(textOf(line["ItemCode"]) === "" ? {} : { ItemCode: textOf(line["ItemCode"]) }),
    ...(code === "" ? {} : { AccountCode: code, AccountID: textOf(account?.["AccountID"]) }),
    ...tax,
    Tracking: tracking,
  };
}

/** Category and option of each pair that a line is tracked by, with their ids; both may be named by either. */
function trackingOf(line: Row, books: Books): readonly Row[] | Refusal {
  const sent = rowsOf(line["Tracking"]);
  if (sent.length > TRACKING_MAX)
    return new Refusal("A line item can have a maximum of 2 tracking categories");
  const found = sent.map((pair): Row | string => {
    const category = books.ledger
      .all("TrackingCategories")
      .find((row) => isActive(row) && isMeant(row, pair, "TrackingCategoryID", "Name"));
    if (category === undefined) {
      return `There is no ACTIVE tracking category with the name '${textOf(pair["Name"])}'`;
    }
    // Of an option the words are low confidence.
    const option = rowsOf(category["Options"]).find(
      (row) =>
        isActive(row) && isMeant(row, { ...pair, Name: pair["Option"] ?? null }, "TrackingOptionID", "Name"),
    );
    if (option === undefined)
      return `There is no ACTIVE tracking option with the name '${textOf(pair["Option"])}'`;
    const { TrackingCategoryID = "", Name = "" } = category;
    const { TrackingOptionID = "", Name: Option = "" } = option;
    return { TrackingCategoryID, TrackingOptionID, Name, Option };
  });
  const problems = found.filter((one) => typeof one === "string");
  return problems.length > 0 ? new Refusal(...problems) : found.filter((one) => typeof one !== "string");
}

function isActive(row: Row): boolean {
  return row["Status"] === "ACTIVE";
}

function isMeant(row: Row, pair: Row, id: string, name: string): boolean {
  return textOf(pair[id]) === "" ? row[name] === pair[name] : row[id] === pair[id];
}

// Money accounts and the ledger's own are no place for a line. Archived accounts are refused as unknown ones are.
function isPostable(account: Row | undefined, books: Books): boolean {
  if (!books.rule("account_codes")) return true;
  return (
    account?.["Status"] === "ACTIVE" &&
    account["Type"] !== "BANK" &&
    textOf(account["SystemAccount"]) !== "DEBTORS"
  );
}

interface Amounts extends Row {
  Quantity: number;
  UnitAmount: number;
  LineAmount: number;
}

function amountsOf(line: Row, { unitPlaces }: LineRules): Amounts | Refusal {
  const [quantity, unit, amount] = [line["Quantity"], line["UnitAmount"], line["LineAmount"]].map((value) =>
    typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value))
      ? new Decimal(value)
      : undefined,
  );
  const many = (quantity ?? new Decimal(1)).toDecimalPlaces(4, Decimal.ROUND_HALF_UP);
  const price = unit?.toDecimalPlaces(unitPlaces, Decimal.ROUND_HALF_UP);
  const total = price === undefined ? amount : halfUp(many.times(price));
  if (total === undefined) return new Refusal("Unit amount or line amount must be specified");
  if (amount !== undefined && !halfUp(amount).equals(halfUp(total))) {
    return new Refusal(
      `The line total ${amount.toFixed(2)} does not match the expected line total ${halfUp(total).toFixed(2)}`,
    );
  }
  const each =
    price ??
    (many.isZero() ? new Decimal(0) : total.div(many).toDecimalPlaces(unitPlaces, Decimal.ROUND_HALF_UP));
  return { Quantity: many.toNumber(), UnitAmount: each.toNumber(), LineAmount: halfUp(total).toNumber() };
}

function taxOf(
  line: Row,
  types: string,
  account: Row | undefined,
  amount: number,
  books: Books,
): Row | Refusal {
  const type = types === "NoTax" ? "NONE" : textOf(line["TaxType"]) || textOf(account?.["TaxType"]) || "NONE";
  const rate = books.ledger.get("TaxRates", type);
  if (rate === undefined) {
    return new Refusal(
      `The TaxType code '${type}' does not exist or cannot be used for this type of transaction.`,
    );
  }
  const fraction = new Decimal(Number(rate["EffectiveRate"])).div(100);
  const base = new Decimal(amount);
  const own = halfUp(types === "Inclusive" ? base.minus(base.div(fraction.plus(1))) : base.times(fraction));
  const sent =
    typeof line["TaxAmount"] === "number" && types !== "NoTax" ? new Decimal(line["TaxAmount"]) : undefined;
  // A given tax is kept while it is close: one unit of money is this server's reading of close.
  const isClose = sent?.minus(own).abs().lessThanOrEqualTo(1) === true;
  return { TaxType: type, TaxAmount: (isClose && sent !== undefined ? halfUp(sent) : own).toNumber() };
}

function halfUp(value: Decimal): Decimal {
  // Half up means away from zero for credits too.
  return value.toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
}
