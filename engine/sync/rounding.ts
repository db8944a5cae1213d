import { Decimal } from "decimal.js";
import type { RoundingSpec } from "../config/connector-types.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import { currencyDigits, printMoney, timesRoundHalfUp } from "../core/money.ts";
import type { Stop } from "./document.ts";
import { describe } from "./text.ts";

/** What a ledger will make of a document's lines, worked out by its own rounding before anything is sent. Pure. */

/**
 * Why a document is not sent: the total that the ledger would come to is another one. `held`: the document as the ledger
 * can hold it, with the quantities and prices that it would get.
 */
export function roundingStop(
  held: CanonicalRecord,
  model: RoundingSpec | null,
  system: string,
): Stop | undefined {
  const { total, currency } = held;
  if (model === null || typeof total !== "number" || typeof currency !== "string") return undefined;
  const lines = itemsOf(held["lines"]).map((line, index) => ({
    line,
    index,
    made: kept(lineAmount(line, model, currency), model, currency),
  }));
  const taxes = itemsOf(held["taxes"]).map(({ amount }) => kept(numberOf(amount), model, currency));
  const made = [...lines.map((one) => one.made), ...taxes].reduce((sum, one) => sum + one, 0);
  if (made === total) return undefined;
  const apart = lines
    .filter(({ line, made: amount }) => amount !== line["amount"])
    .map(
      ({ line, index, made: amount }) =>
        `line ${index + 1} comes to ${printMoney(amount, currency)} instead of ${printMoney(numberOf(line["amount"]), currency)}`,
    );
  const why = apart.length === 0 ? "its lines and taxes miss its total" : apart.join("; ");
  return {
    action: "hold",
    reason: "total_would_differ",
    message: `${describe(held)} would come to ${printMoney(made, currency)} in ${system}: ${why}`,
    detail: { total, would_be: made },
  };
}

function lineAmount(line: { readonly [field: string]: Json }, model: RoundingSpec, currency: string): number {
  const { quantity, unit_amount_decimal: unit, amount } = line;
  if (typeof quantity !== "string" || typeof unit !== "string") return numberOf(amount);
  const cut = (text: string, places: number | null): string =>
    places === null ? text : new Decimal(text).toDecimalPlaces(places, Decimal.ROUND_HALF_UP).toFixed();
  const product = timesRoundHalfUp(
    cut(quantity, model.quantity_places),
    cut(unit, model.unit_places),
    currency,
  );
  return product ?? numberOf(amount);
}

/** An amount in minor units as books of fewer decimal places have it. */
function kept(amount: number, { amount_places: places }: RoundingSpec, currency: string): number {
  const cut = places === null ? 0 : currencyDigits(currency) - places;
  if (cut <= 0) return amount;
  return new Decimal(amount).toNearest(Decimal.pow(10, cut), Decimal.ROUND_HALF_UP).toNumber();
}

function itemsOf(value: Json | undefined): readonly { readonly [field: string]: Json }[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function numberOf(value: Json | undefined): number {
  return typeof value === "number" ? value : 0;
}
