import type { SystemRecord } from "../../connector/types.ts";
import type { State } from "../../state/types.ts";
import type { UnreadRecord } from "./facts.ts";

/** Whose the records are that cannot be read: the account's that they name, and where they name none, anybody's. */

export interface Unread extends UnreadRecord {
  readonly record: SystemRecord["record"];
}

/** Answers for an account which unread records it has, or may have. */
export function createUnread(
  unread: readonly Unread[],
  accounts: readonly Pick<SystemRecord, "id" | "record">[],
  state: Pick<State, "translate">,
): (account: Pick<SystemRecord, "id" | "record">, hasNumbers: boolean) => readonly UnreadRecord[] {
  const ids = new Set(accounts.map(({ id }) => id));
  const customers = new Set(accounts.map(({ record }) => record["customer_id"]));
  const inPsa = state.translate("customer", "billing", "psa", [...customers].filter(isText));
  const known = new Set([...inPsa.values()].flat());

  return (account, hasNumbers) => {
    const customer = account.record["customer_id"];
    const own = isText(customer) ? (inPsa.get(customer) ?? []) : [];
    const concerns = ({ entity, id, record }: Unread): boolean => {
      const { billing_account_id: of, customer_id, number } = record;
      switch (entity) {
        case "billing_account":
          return id === account.id;
        case "location":
          return isText(customer_id) && customers.has(customer_id) ? customer_id === customer : true;
        case "service":
          // A number that is not known could be one that the account has, too.
          if (hasNumbers && !isText(number)) return true;
          return isText(of) && ids.has(of) ? of === account.id : true;
        case "contract":
          return isText(customer_id) && known.has(customer_id) ? own.includes(customer_id) : true;
      }
    };
    return unread.filter(concerns).map(({ system, entity, id, reason }) => ({ system, entity, id, reason }));
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
