import {
  type Book,
  type Customers,
  type CustomerView,
  type LedgerCustomer,
  SIDES,
  type Side,
} from "../report/ledger.ts";
import type { LinkRow, State } from "../state/types.ts";

/** Customers of both ledgers as the id map joins them; one that it does not know stands alone. */
export function createCustomers(
  state: Pick<State, "rows">,
  known: { readonly [side in Side]: ReadonlyMap<string, LedgerCustomer> },
): Customers {
  const groups = new Map<string, LinkRow[]>();
  for (const row of state.rows("link", { entity: "customer" })) {
    const group = groups.get(row.uid);
    if (group === undefined) groups.set(row.uid, [row]);
    else group.push(row);
  }
  const views = new Map<string, CustomerView>();
  for (const [uid, rows] of groups) {
    const view = viewOf(uid, rows, known);
    for (const { system, id } of rows) views.set(`${system} ${id}`, view);
  }
  const of = (side: Book, id: string): CustomerView => {
    const found = views.get(`${side} ${id}`);
    if (found !== undefined) return found;
    const alone = viewOf(`${side}:${id}`, [{ system: side, id, label: "" }], known);
    views.set(`${side} ${id}`, alone);
    return alone;
  };
  return {
    of,
    all: () => {
      for (const side of SIDES) for (const id of known[side].keys()) of(side, id);
      return [...new Set(views.values())];
    },
  };
}

function viewOf(
  key: string,
  members: readonly Pick<LinkRow, "system" | "id" | "label">[],
  known: { readonly [side in Side]: ReadonlyMap<string, LedgerCustomer> },
): CustomerView {
  const idsIn = (system: string): readonly string[] =>
    members.filter((one) => one.system === system).map(({ id }) => id);
  const found = SIDES.flatMap((side) => idsIn(side).flatMap((id) => known[side].get(id) ?? []));
  const label = members.find((one) => one.system === "psa")?.label ?? "";
  return {
    key,
    name: found[0]?.name ?? members[0]?.id ?? key,
    number: label === "" ? (found.find(({ number }) => number !== "")?.number ?? "") : label,
    psa_ids: idsIn("psa"),
    billing_ids: idsIn("billing"),
    accounting_ids: idsIn("accounting"),
    linked: SIDES.every((side) => idsIn(side).length > 0),
  };
}
