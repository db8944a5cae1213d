import { Decimal } from "decimal.js";

/** Money is an integer of minor units beside its ISO 4217 currency; a vendor's decimals are converted here, once. */

// Digits of the currencies that do not have two (ISO 4217, table A.1).
const DIGITS: { readonly [currency: string]: number } = {
  BHD: 3,
  BIF: 0,
  CLF: 4,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  RWF: 0,
  TND: 3,
  UGX: 0,
  UYI: 0,
  UYW: 4,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};

// JavaScript keeps 15 significant digits of a JSON number exactly; past that a vendor's amount is not what it sent.
const EXACT_DIGITS = 15;

/** Minor-unit digits of a currency: USD 2, JPY 0, BHD 3. */
export function currencyDigits(currency: string): number {
  return DIGITS[currency] ?? 2;
}

/**
 * Minor units of a decimal amount: ("12.5", "USD") is 1250. Undefined when it is no decimal, has more digits than the
 * currency (no rounding happens here) or is too large to be exact.
 */
export function parseMoney(amount: string | number, currency: string): number | undefined {
  const decimal = parseDecimal(amount);
  if (decimal === undefined) return undefined;
  const minor = decimal.times(Decimal.pow(10, currencyDigits(currency)));
  if (!minor.isInteger()) return undefined;
  const value = minor.toNumber();
  return Number.isSafeInteger(value) ? normalZero(value) : undefined;
}

/** Decimal text of minor units with the currency's digits: (1250, "USD") is "12.50". */
export function formatMoney(minor: number, currency: string): string {
  const digits = currencyDigits(currency);
  return new Decimal(minor).div(Decimal.pow(10, digits)).toFixed(digits);
}

/** Minor units with the currency and thousands separated, for people: (123450, "USD") is "1,234.50 USD". */
export function printMoney(minor: number, currency: string): string {
  return `${groupMoney(minor, currency)} ${currency}`;
}

/** The same without the currency, for a column that names it: (123450, "USD") is "1,234.50". */
export function groupMoney(minor: number, currency: string): string {
  const [whole = "0", fraction] = formatMoney(minor, currency).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** quantity × unit price in minor units, rounded half up (away from zero); undefined when either is no decimal. */
export function timesRoundHalfUp(
  quantity: string | number,
  unit: string | number,
  currency: string,
): number | undefined {
  const left = parseDecimal(quantity);
  const right = parseDecimal(unit);
  if (left === undefined || right === undefined) return undefined;
  const minor = left.times(right).times(Decimal.pow(10, currencyDigits(currency)));
  const value = minor.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();
  return Number.isSafeInteger(value) ? normalZero(value) : undefined;
}

/** A decimal without exponent and trailing zeros: "1.50" and 1.5 are "1.5"; undefined when it is none. */
export function decimalText(value: string | number): string | undefined {
  return parseDecimal(value)?.toFixed();
}

function parseDecimal(value: string | number): Decimal | undefined {
  if (typeof value === "string" && !/^-?\d+(\.\d+)?$/.test(value.trim())) return undefined;
  if (typeof value === "number" && !Number.isFinite(value)) return undefined;
  const decimal = new Decimal(typeof value === "string" ? value.trim() : value);
  if (typeof value === "number" && decimal.precision() > EXACT_DIGITS) return undefined;
  return decimal;
}

function normalZero(value: number): number {
  return value === 0 ? 0 : value;
}
