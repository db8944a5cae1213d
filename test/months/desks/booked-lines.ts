import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { atPath } from "../../../engine/core/json.ts";
import { type Collection, cents, rowsOf, textOf } from "../../support/books.ts";
import { bookedTo } from "../splits.ts";

/** The lines of a ledger's invoices and credit notes, by where each amount is booked. */

export interface BookedLine {
  readonly place: string;
  readonly amount: number;
}

export function quickBooksLines(rows: Collection, document: Row): readonly BookedLine[] {
  const department = named(atPath(document, "DepartmentRef.name"));
  return rowsOf(document["Line"])
    .filter(({ DetailType }) => DetailType === "SalesItemLineDetail")
    .map((line) => {
      const item = rows("Item").find(({ Id }) => Id === atPath(line, "SalesItemLineDetail.ItemRef.value"));
      const account = rows("Account").find(({ Id }) => Id === atPath(item ?? {}, "IncomeAccountRef.value"));
      const name = named(atPath(line, "SalesItemLineDetail.ClassRef.name"));
      return {
        place: bookedTo(textOf(account?.["AcctNum"]), name, department),
        amount: cents(line["Amount"]),
      };
    });
}

// Taxes are lines of their own: a tax that the vendor computed would be one too many.
export function xeroLines(document: Row): readonly BookedLine[] {
  return rowsOf(document["LineItems"]).flatMap(({ AccountCode, LineAmount, TaxAmount, Tracking }) => {
    const option = (category: string) =>
      named(rowsOf(Tracking).find(({ Name }) => Name === category)?.["Option"]);
    const place = bookedTo(textOf(AccountCode), option("Line of business"), option("Region"));
    const computed = TaxAmount === 0 ? [] : [{ place: `tax on ${place}`, amount: cents(TaxAmount) }];
    return [{ place, amount: cents(LineAmount) }, ...computed];
  });
}

/** Sums by place; places with nothing are left out. */
export function sumsOf(
  documents: readonly { readonly sign: number; readonly lines: readonly BookedLine[] }[],
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { sign, lines } of documents) {
    for (const { place, amount } of lines) sums.set(place, (sums.get(place) ?? 0) + sign * amount);
  }
  return new Map([...sums].filter(([, sum]) => sum !== 0));
}

function named(value: Parameters<typeof textOf>[0]): string | undefined {
  const text = textOf(value);
  return text === "" ? undefined : text;
}
