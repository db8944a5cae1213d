import { addDays } from "../../mappings/demo/world/dates.ts";
import type { Random } from "../../mappings/demo/world/random.ts";

/** Who invoices what the PSA sells, as the generator itself reads the client's `invoicing`. */
export interface Routing {
  /** Numbers of the customers that get one invoice, before or after the switch too. */
  readonly customers: ReadonlySet<string>;
  /** First day of service to which the other way applies, YYYY-MM-DD; null: nothing changes. */
  readonly switch_over: string | null;
  /** What customers get from then on. */
  readonly to: "consolidated" | "separate";
}

const SWITCH_DAYS = [25, 115] as const;

/** Some clients change their way in a month, on its first day or in the middle. */
export function drawRouting(random: Random, customers: ReadonlySet<string>, firstMonth: string): Routing {
  const to = random.chance(70) ? "consolidated" : "separate";
  const day = addDays(firstMonth, random.int(...SWITCH_DAYS));
  const onFirst = random.chance(50);
  const switches = customers.size > 0 && random.chance(60);
  return { customers, switch_over: switches ? (onFirst ? `${day.slice(0, 7)}-01` : day) : null, to };
}

/** Where service of a company that begins on a day is invoiced. */
export function invoicedBy(
  { customers, switch_over, to }: Routing,
  company: string,
  day: string,
): "psa" | "billing" {
  const switched = switch_over !== null && day >= switch_over;
  // On its way to separate invoices every customer was consolidated before.
  if (switch_over !== null && to === "separate") return switched ? "psa" : "billing";
  return (switch_over === null || switched) && customers.has(company) ? "billing" : "psa";
}
