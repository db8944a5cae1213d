import { isProvisional } from "./links.ts";
import type { Deciding } from "./page-context.ts";
import type { Decision, WriteDecision } from "./stages.ts";
import { describe, labelOf } from "./text.ts";

/** New money records in a currency that the books of the target do not take from their customer: held before they are sent. */

/** The decisions with such creates turned into holds; the customers are read only where each has a currency of its own. */
export async function withoutForeign(
  context: Deciding,
  decisions: readonly Decision[],
): Promise<readonly Decision[]> {
  const { connection, target } = context;
  const creates = target.moneyRecord ? decisions.filter(isCreate) : [];
  const rule = creates.length === 0 ? null : ((await connection.documentCurrency?.()) ?? null);
  if (rule === null) return decisions;
  const kept = rule === "customer" ? await currenciesOf(context, creates) : undefined;
  return decisions.map((decision): Decision => {
    if (!isCreate(decision)) return decision;
    const { customer_id, currency } = decision.record;
    const only = kept === undefined ? rule : kept.get(String(customer_id));
    if (only === undefined || typeof currency !== "string" || currency === only) return decision;
    const { candidate, record } = decision;
    const { system } = context.pipeline.target;
    const why =
      kept === undefined
        ? `the books of ${system} know ${only} alone: have it in ${only}, or allow ${currency} there`
        : `customer ${String(customer_id)} of ${system} is kept in ${only}, and a customer there has one currency: have it ` +
          `in ${only}, or make a customer in ${currency} there and link that one`;
    return {
      candidate,
      action: "hold",
      reason: "currency_differs",
      // A use of credit has no number, and no id in the target yet.
      message: `${describe(labelOf(record) === "" ? candidate.source.record : record)} is in ${currency}, and ${why}`,
      detail: { currency, only },
    };
  });
}

function isCreate(decision: Decision): decision is WriteDecision {
  return decision.action === "create";
}

/** Customer id → its currency, for those that are there already. */
async function currenciesOf(
  { connection }: Deciding,
  creates: readonly WriteDecision[],
): Promise<ReadonlyMap<string, string>> {
  const ids = creates.flatMap(({ record: { customer_id } }) =>
    typeof customer_id === "string" && !isProvisional("customer", customer_id) ? [customer_id] : [],
  );
  if (ids.length === 0 || !connection.can("customer", "get")) return new Map();
  const customers = await connection.get("customer", [...new Set(ids)]);
  return new Map(
    customers.flatMap(({ id, record: { currency } }) =>
      typeof currency === "string" ? [[id, currency]] : [],
    ),
  );
}
