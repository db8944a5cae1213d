import { Decimal } from "decimal.js";
import { currencyDigits, decimalText, formatMoney, parseMoney, timesRoundHalfUp } from "../core/money.ts";
import { refuse, shown } from "./failure.ts";
import { absent } from "./library-text.ts";

// JSON numbers with more digits than this are not read back as they were written.
const EXACT_DIGITS = 15;

// Decimals of up to 60 characters: their products are never rounded.
const Exact = Decimal.clone({ precision: 200 });

/** Amounts and decimals. Amounts are integers of minor units, decimals are text; nothing here is a float. */
export const money = {
  /** $total(list): sum of whole numbers, 0 of none; null items do not count, others than whole numbers are refused. */
  total: (list: unknown) => {
    let sum = 0;
    for (const item of Array.isArray(list) ? list : [list])
      if (!absent(item)) sum += minorUnits("$total", item);
    return Number.isSafeInteger(sum) ? sum : refuse("$total is too large to be exact.");
  },

  /** $minor(amount, currency): minor units of a vendor's decimal; more digits than the currency has are refused. */
  minor: (amount: unknown, currency: unknown) => {
    if (absent(amount)) return null;
    const code = currencyCode("$minor", currency);
    const value = decimal("$minor", amount);
    const minor = parseMoney(value, code);
    if (minor !== undefined) return minor;
    const digits = currencyDigits(code);
    return refuse(
      `$minor: ${shown(amount)} has more than the ${digits} decimals of ${code}, or is too large.`,
    );
  },

  /** $major(minor, currency): a JSON number for systems whose amounts are JSON numbers; at most 15 digits. */
  major: (minor: unknown, currency: unknown) => {
    if (absent(minor)) return null;
    const units = minorUnits("$major", minor);
    const code = currencyCode("$major", currency);
    if (String(Math.abs(units)).length > EXACT_DIGITS) {
      return refuse(
        `$major: ${units} has more than ${EXACT_DIGITS} digits, which a JSON number does not keep.`,
      );
    }
    return Number(formatMoney(units, code));
  },

  /** $majorText(minor, currency): (1250, "USD") is "12.50". */
  majorText: (minor: unknown, currency: unknown) =>
    absent(minor) ? null : formatMoney(minorUnits("$majorText", minor), currencyCode("$majorText", currency)),

  /** $times(quantity, unit, currency): quantity × unit price in minor units, rounded half up. */
  times: (quantity: unknown, unit: unknown, currency: unknown) => {
    if (absent(quantity) || absent(unit)) return null;
    const code = currencyCode("$times", currency);
    const minor = timesRoundHalfUp(decimal("$times", quantity), decimal("$times", unit), code);
    return minor ?? refuse(`$times: ${shown(quantity)} × ${shown(unit)} is too large to be exact.`);
  },

  /**
   * $prorated(quantity, unit, currency, days, of_days): quantity × unit price for some days of a period in minor units,
   * rounded half up, once.
   */
  prorated: (quantity: unknown, unit: unknown, currency: unknown, days: unknown, ofDays: unknown) => {
    if ([quantity, unit, days, ofDays].some(absent)) return null;
    const code = currencyCode("$prorated", currency);
    const [part, whole] = [minorUnits("$prorated", days), minorUnits("$prorated", ofDays)];
    if (whole <= 0 || part < 0 || part > whole) return refuse(`$prorated: ${part} are no days of ${whole}.`);
    const exact = new Exact(decimal("$prorated", quantity)).times(decimal("$prorated", unit)).times(part);
    const minor = exact
      .times(Decimal.pow(10, currencyDigits(code)))
      .div(whole)
      .toDecimalPlaces(0, Decimal.ROUND_HALF_UP)
      .toNumber();
    return Number.isSafeInteger(minor) ? minor + 0 : refuse("$prorated: too large to be exact.");
  },

  /** $decimal(x): canonical decimal text: 1.50 and "1.50" are "1.5". */
  decimal: (value: unknown) => (absent(value) ? null : decimal("$decimal", value)),

  /** $decimalTimes(a, b): exact product of two decimals as text: a percentage ("7.44", "0.01") is "0.0744". */
  decimalTimes: (left: unknown, right: unknown) => {
    if (absent(left) || absent(right)) return null;
    return new Exact(decimal("$decimalTimes", left)).times(decimal("$decimalTimes", right)).toFixed();
  },
};

function decimal(name: string, value: unknown): string {
  const usable = (typeof value === "string" && value.length <= 60) || typeof value === "number";
  const text = usable ? decimalText(value) : undefined;
  return text ?? refuse(`${name}: ${shown(value)} is no exact decimal number.`);
}

function minorUnits(name: string, value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  return refuse(`${name} needs whole numbers (minor units), not ${shown(value)}.`);
}

function currencyCode(name: string, value: unknown): string {
  if (typeof value === "string" && /^[A-Z]{3}$/.test(value)) return value;
  return refuse(`${name} needs a currency such as "USD", not ${shown(value)}.`);
}
