import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { currenciesOf } from "../../../engine/connector/sandbox/world.ts";
import type { Books } from "./books.ts";

/** The currencies that the organisation has added: its own, and those of the world's customers. */

// Foreign units for one of the organisation's; the vendor takes the day's rate where none is sent.
const RATE = 0.8;

/** Why a document cannot be in a currency; "" stands for the organisation's own. */
export function foreign(currency: string, books: Books): string[] {
  const isKnown = currency === "" || currenciesOf(books.world).includes(currency);
  return isKnown ? [] : [`Organisation is not subscribed to currency ${currency}`];
}

/** The currency of a document, with its rate; "" stands for the organisation's own. */
export function currencyFields(currency: string, { world }: Books): Row {
  const code = currency || world.currency;
  return { CurrencyCode: code, CurrencyRate: code === world.currency ? 1 : RATE };
}
