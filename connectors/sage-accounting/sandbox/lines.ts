import { Decimal } from "decimal.js";
import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import { amount, type Books, cents, hexId, minorOf, reference, rowsOf, textOf } from "./books.ts";
import { checkText, invalid, notFound, Problems } from "./problems.ts";

/** Lines of a document and their sums. The caller says the tax of each line; nobody computes it for him. */
export function buildLines(
  field: "invoice_lines" | "credit_note_lines",
  id: string,
  sent: Json | undefined,
  books: Books,
): Row | Problems {
  const lines = rowsOf(sent).map((line, index) => buildLine(line, hexId(`${id}:line:${index}`), books));
  if (lines.length === 0) return new Problems([invalid(field, "This field is required.")]);
  const problems = lines.flatMap((line) => (line instanceof Problems ? line.rows : []));
  if (problems.length > 0) return new Problems(problems);
  const built = lines.flatMap((line) => (line instanceof Problems ? [] : [line]));
  const sum = (part: string): number => built.reduce((total, line) => total + cents(line[part], books), 0);
  return {
    [field]: built,
    net_amount: amount(sum("net_amount"), books),
    tax_amount: amount(sum("tax_amount"), books),
    total_amount: amount(sum("net_amount") + sum("tax_amount"), books),
  };
}

function buildLine(line: Row, id: string, books: Books): Row | Problems {
  const account = books.ledger.get("ledger_accounts", textOf(line["ledger_account_id"]));
  const rateId = textOf(line["tax_rate_id"]);
  const rate = books.ledger.get("tax_rates", rateId);
  const price = decimalOf(line["unit_price"]);
  const quantity = line["quantity"] === undefined ? new Decimal(1) : decimalOf(line["quantity"]);
  const categories = (
    Array.isArray(line["analysis_type_categories"]) ? line["analysis_type_categories"] : []
  ).map((one) => books.ledger.get("analysis_type_categories", textOf(one)));
  const isTaxed = rate !== undefined && Number(rate["percentage"]) > 0;
  const tax = line["tax_amount"] === undefined ? undefined : minorOf(line["tax_amount"], books);
  const problems = [
    ...checkText(line, "description", 4000, true),
    // That the account exists but is not for sales is told in the same words.
    ...(account?.["visible_in_sales"] === true || !books.rule("sales_accounts") ? [] : [notFound()]),
    ...(rateId !== "" && rate === undefined ? [notFound()] : []),
    ...(categories.includes(undefined) ? [notFound()] : []),
    ...(price === undefined ? [invalid("unit_price", "This field is required.")] : []),
    ...(quantity === undefined ? [invalid("quantity", "This must be a number.")] : []),
    ...(isTaxed && tax === undefined && books.rule("tax_amount")
      ? [invalid("tax_amount", "This field is required.")]
      : []),
  ];
  if (problems.length > 0 || price === undefined || quantity === undefined) return new Problems(problems);
  const net = price.times(quantity).times(100).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();
  return {
    id,
    displayed_as: textOf(line["description"]),
    description: textOf(line["description"]),
    ledger_account: reference("ledger_accounts", textOf(account?.["id"]), textOf(account?.["displayed_as"])),
    quantity: plain(quantity),
    unit_price: plain(price),
    net_amount: amount(net, books),
    tax_rate: rate === undefined ? null : reference("tax_rates", rateId, textOf(rate["name"])),
    tax_amount: amount(tax ?? 0, books),
    total_amount: amount(net + (tax ?? 0), books),
    unit_price_includes_tax: false,
    discount_amount: "0.0",
    analysis_type_categories: categories.flatMap((row) =>
      row === undefined
        ? []
        : [
            {
              ...reference("analysis_type_categories", textOf(row["id"]), textOf(row["name"])),
              analysis_type: row["analysis_type"] ?? null,
            },
          ],
    ),
  };
}

function decimalOf(value: Json | undefined): Decimal | undefined {
  const isNumber = typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
  return isNumber ? new Decimal(value) : undefined;
}

function plain(value: Decimal): string {
  return value.isInteger() ? value.toFixed(1) : value.toFixed();
}
