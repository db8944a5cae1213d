import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { isObject } from "../../../engine/core/json.ts";
import { type Books, refId } from "./books.ts";
import { business, type Refusal } from "./refusal.ts";

/** Books of several currencies: a customer has one for good, and everything booked for it is in that one. */

// Home units for one foreign unit; the sheet does not say where the vendor's own rate comes from.
const RATE = 1.25;

/** A customer in its currency, the home one unless it says another; refused where it would get another one. */
export function withCurrency(customer: Row, old: Row | undefined, books: Books): Row | Refusal {
  if (!hasMany(books)) return customer;
  const before = old === undefined ? undefined : currencyOf(old, books);
  const now = refId(customer["CurrencyRef"]) || (before ?? books.world.currency);
  // The text is of low confidence.
  if (before !== undefined && now !== before)
    return business("The currency of a customer cannot be changed once it is set.");
  return { ...customer, CurrencyRef: { value: now } };
}

/** A transaction in its customer's currency, with a rate where that is foreign; refused in another one. */
export function inCurrency(form: Row, books: Books): Row | Refusal {
  const home = books.world.currency;
  if (!hasMany(books)) return { CurrencyRef: { value: home }, ...form };
  const customer = books.ledger.get("Customer", refId(form["CustomerRef"])) ?? {};
  const own = currencyOf(customer, books);
  const sent = refId(form["CurrencyRef"]) || own;
  // The text is of low confidence.
  if (sent !== own) return business("The currency of the transaction is invalid for the customer.");
  return { ...(own === home ? {} : { ExchangeRate: RATE }), ...form, CurrencyRef: { value: own } };
}

function currencyOf(customer: Row, books: Books): string {
  return refId(customer["CurrencyRef"]) || books.world.currency;
}

function hasMany({ ledger }: Books): boolean {
  const prefs = ledger.get("Preferences", "1")?.["CurrencyPrefs"];
  return isObject(prefs) && prefs["MultiCurrencyEnabled"] === true;
}
