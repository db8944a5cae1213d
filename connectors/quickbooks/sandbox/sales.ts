import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { parseMoney, timesRoundHalfUp } from "../../../engine/core/money.ts";
import { type Books, cents, money, refId, rowsOf, textOf } from "./books.ts";
import { inCurrency } from "./currencies.ts";
import { applied } from "./links.ts";
import { addDays, pacificDate } from "./pacific.ts";
import { business, invalidNumber, missing, Refusal, unknownProperty } from "./refusal.ts";

/** Invoices, credit memos and refund receipts: lines that tie, and the amounts the vendor computes from them. */

/** The form as it is stored, with line ids, subtotal line, totals and balance; or what is wrong with it. */
export function buildSalesForm(entity: string, sent: Row, books: Books): Row | Refusal {
  if (refId(sent["CustomerRef"]) === "") return missing("CustomerRef");
  const form = inCurrency(sent, books);
  if (form instanceof Refusal) return form;
  const lines = buildLines(form, books);
  if (lines instanceof Refusal) return lines;
  const subtotal = sum(lines.filter(isItemLine), books);
  const discounts = buildDiscounts(form, subtotal, books);
  if (discounts instanceof Refusal) return discounts;
  const sentTax = taxOf(form, books);
  if (sentTax instanceof Refusal) return sentTax;
  const tax = automaticTax(subtotal, books) ?? sentTax;
  const total = subtotal - sum(discounts, books) + tax;
  if (total < 0) return business("Transaction amounts must be zero or greater.");
  const subtotalLine = {
    Amount: money(subtotal, books),
    DetailType: "SubTotalLineDetail",
    SubTotalLineDetail: {},
  };
  return withBalance(
    entity,
    withDates(
      {
        ...withDepartment(form, books),
        ...(tax === sentTax ? {} : { TxnTaxDetail: { TotalTax: money(tax, books) } }),
        Line: [...lines, subtotalLine, ...discounts],
      },
      books,
    ),
    total,
    books,
  );
}

/** A voided form keeps its lines and number; every amount is 0. Which fields of a line are zeroed: low confidence. */
export function voidedSalesForm(form: Row): Row {
  const lines = rowsOf(form["Line"]).map((line) => {
    const detail = line["SalesItemLineDetail"];
    if (!isObject(detail)) return { ...line, Amount: 0 };
    return { ...line, Amount: 0, SalesItemLineDetail: { ...detail, Qty: 0, UnitPrice: 0 } };
  });
  const { TxnTaxDetail: _tax, ...rest } = form;
  return { ...rest, Line: lines, TxnTaxDetail: { TotalTax: 0 }, TotalAmt: 0, Balance: 0, LinkedTxn: [] };
}

// Open amount of an invoice, or credit left on a memo, after the payments linked to it; a receipt has none.
function withBalance(entity: string, form: Row, total: number, books: Books): Row | Refusal {
  const open = total - applied(entity, form, books);
  // What the vendor does when an update lowers a total under what is paid is not in the sheet; refused here.
  if (open < 0) return business("The amount is less than what has been applied to this transaction.");
  const amounts = { ...form, TotalAmt: money(total, books), Balance: money(open, books) };
  if (entity === "RefundReceipt") return { ...amounts, Balance: 0 };
  return entity === "CreditMemo" ? { ...amounts, RemainingCredit: money(open, books) } : amounts;
}

function buildLines(form: Row, books: Books): Row[] | Refusal {
  const sent = rowsOf(form["Line"]).filter((line) => !isDiscount(line) && !isSubtotal(line));
  let nextId = sent.reduce((highest, line) => Math.max(highest, Number(textOf(line["Id"])) || 0), 0) + 1;
  const lines: Row[] = [];
  for (const [index, line] of sent.entries()) {
    const refusal = checkLine(line, books);
    if (refusal !== undefined) return refusal;
    const id = textOf(line["Id"]) || String(nextId++);
    lines.push({ ...withClass(withTaxCode(line), books), Id: id, LineNum: index + 1 });
  }
  return lines.some(isItemLine) ? lines : missing("Line");
}

function checkLine(line: Row, books: Books): Refusal | undefined {
  if (line["DetailType"] === "DescriptionOnly") return undefined;
  if (textOf(line["DetailType"]) === "") return missing("Line.DetailType");
  // Groups and the like are left out of this server.
  if (!isItemLine(line)) return unknownProperty(`Line.DetailType ${textOf(line["DetailType"])}`);
  const detail = line["SalesItemLineDetail"];
  // The vendor may fall back to a default item; that is not in the sheet, so an item is asked for.
  if (!isObject(detail) || refId(detail["ItemRef"]) === "")
    return missing("Line.SalesItemLineDetail.ItemRef");
  return checkAmount(line["Amount"], detail["Qty"], detail["UnitPrice"], books);
}

// Message and detail as public error reports show them; compared to the cent, half a cent rounded up.
function checkAmount(
  amount: Json | undefined,
  quantity: Json | undefined,
  unit: Json | undefined,
  books: Books,
): Refusal | undefined {
  if (typeof amount !== "number") return missing("Line.Amount");
  const minor = parseMoney(amount, books.world.currency);
  if (minor === undefined) return invalidNumber("Line.Amount", amount);
  if (typeof quantity !== "number" || typeof unit !== "number" || !books.rule("qty_price")) return undefined;
  if (timesRoundHalfUp(quantity, unit, books.world.currency) === minor) return undefined;
  const detail = `Amount is not equal to UnitPrice * Qty. Supplied value:${amount.toLocaleString("en-US")}`;
  return new Refusal("6070", "Amount calculation incorrect in the request.", detail, "Line.Amount");
}

function buildDiscounts(form: Row, subtotal: number, books: Books): Row[] | Refusal {
  const discounts: Row[] = [];
  for (const line of rowsOf(form["Line"]).filter(isDiscount)) {
    const amount = discountAmount(line, subtotal, books);
    if (amount === undefined) {
      const message = "Discount Line missing required info.";
      return new Refusal("6090", message, "Discount amount or percent should be provided.");
    }
    discounts.push({ ...line, Amount: amount });
  }
  return discounts;
}

function discountAmount(line: Row, subtotal: number, books: Books): number | undefined {
  const detail = line["DiscountLineDetail"];
  const percent = isObject(detail) && detail["PercentBased"] === true ? detail["DiscountPercent"] : undefined;
  if (typeof percent !== "number") return typeof line["Amount"] === "number" ? line["Amount"] : undefined;
  return money(Math.round((subtotal * percent) / 100), books);
}

function taxOf(form: Row, books: Books): number | Refusal {
  const detail = isObject(form["TxnTaxDetail"]) ? form["TxnTaxDetail"] : {};
  const total = detail["TotalTax"];
  if (typeof total !== "number") return 0;
  return parseMoney(total, books.world.currency) ?? invalidNumber("TxnTaxDetail.TotalTax", total);
}

/**
 * The tax of a company whose automated sales tax derives it anew, whatever the lines say. The sheet leaves open whether
 * it ever does so for lines that are marked as not taxable: only in books that have been told so.
 */
function automaticTax(subtotal: number, books: Books): number | undefined {
  const rate = books.ledger.get("oddities", "automated_sales_tax")?.["rate"];
  return typeof rate === "number" ? Math.round(subtotal * rate) : undefined;
}

function withDates(form: Row, books: Books): Row {
  const txnDate = textOf(form["TxnDate"]) || pacificDate(books.now());
  const due = books.ledger.get("Term", refId(form["SalesTermRef"]))?.["DueDays"];
  const dueDate = textOf(form["DueDate"]) || addDays(txnDate, typeof due === "number" ? due : 0);
  return {
    TxnTaxDetail: { TotalTax: 0 },
    ...form,
    TxnDate: txnDate,
    DueDate: dueDate,
  };
}

function withTaxCode(line: Row): Row {
  const detail = line["SalesItemLineDetail"];
  if (!isObject(detail)) return line;
  return { ...line, SalesItemLineDetail: { TaxCodeRef: { value: "NON" }, ...detail } };
}

/** A company that tracks no classes keeps none; that it takes the line all the same is of low confidence. */
function withClass(line: Row, books: Books): Row {
  const detail = line["SalesItemLineDetail"];
  if (!isObject(detail) || tracks("ClassTrackingPerTxnLine", books)) return line;
  const { ClassRef: _class, ...rest } = detail;
  return { ...line, SalesItemLineDetail: rest };
}

function withDepartment(form: Row, books: Books): Row {
  if (tracks("TrackDepartments", books)) return form;
  const { DepartmentRef: _department, ...rest } = form;
  return rest;
}

function tracks(preference: string, books: Books): boolean {
  const prefs = books.ledger.get("Preferences", "1")?.["AccountingInfoPrefs"];
  return isObject(prefs) && prefs[preference] === true;
}

function isItemLine(line: Row): boolean {
  return line["DetailType"] === "SalesItemLineDetail";
}

function isDiscount(line: Row): boolean {
  return line["DetailType"] === "DiscountLineDetail";
}

function isSubtotal(line: Row): boolean {
  return line["DetailType"] === "SubTotalLineDetail";
}

function sum(lines: readonly Row[], books: Books): number {
  return lines.reduce((total, line) => total + cents(line["Amount"], books), 0);
}
