import { timesRoundHalfUp } from "../../../engine/core/money.ts";

/** Dollars (or a quantity) × rate in cents, rounded half up. The generator writes only decimals, so a miss is a bug. */
export function times(quantity: string, unit: string): number {
  const amount = timesRoundHalfUp(quantity, unit, "USD");
  if (amount === undefined) throw new Error(`"${quantity}" × "${unit}" is no amount`);
  return amount;
}
