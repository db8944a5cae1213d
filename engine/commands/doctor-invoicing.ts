import type { ClientConfig, SystemConfig } from "../config/types.ts";
import { type Connection, SystemError, type SystemRecord } from "../connector/types.ts";
import type { Finding } from "../report/doctor.ts";
import { askableIn } from "../sync/extract.ts";

/**
 * Customers that `invoicing` names and the PSA does not have: they would be invoiced as all others are, and nobody would be
 * told. `some`: customers of the PSA, among which one may have the name as its number. Throws SystemError.
 */
export async function unknownInvoiced(
  { invoicing }: Pick<ClientConfig, "invoicing">,
  system: SystemConfig,
  connection: Connection,
  some: readonly SystemRecord[],
): Promise<readonly Finding[]> {
  const named = Object.keys(invoicing.customers);
  if (system.name !== "psa" || named.length === 0 || !connection.can("customer", "get")) return [];
  const unknown: string[] = [];
  for (const id of named) if (!(await isCustomer(connection, id))) unknown.push(id);
  return unknown.map((id): Finding => {
    const meant = some.find(({ record }) => record["customer_number"] === id);
    const hint = meant === undefined ? "write its id there" : `${id} is the number of customer ${meant.id}`;
    const text = `customers names "${id}", which is no customer's id in the PSA: ${hint}`;
    return { level: "error", kind: "config", about: "invoicing", text };
  });
}

/** One by one: a system may refuse the whole question when one of the ids is not of the form of its own. */
async function isCustomer(connection: Connection, id: string): Promise<boolean> {
  try {
    const asked = await askableIn(connection, "customer", [id]);
    const found = asked.length === 0 ? [] : await connection.get("customer", asked);
    return found.some((one) => one.id === id && !one.deleted);
  } catch (error) {
    if (error instanceof SystemError && error.kind === "answer") return false;
    throw error;
  }
}
