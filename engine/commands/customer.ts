import { entities } from "../config/entities.ts";
import type { ClientConfig, SystemName } from "../config/types.ts";
import { SystemError, type SystemRecord } from "../connector/types.ts";
import type { CanonicalRecord, Json } from "../core/json.ts";
import type {
  CustomerAgreement,
  CustomerDocument,
  CustomerLink,
  CustomerService,
  CustomerView,
} from "../report/customer.ts";
import { remedyOf } from "../report/remedies.ts";
import type { OpenTrouble } from "../report/troubles.ts";
import type { State } from "../state/types.ts";
import { numberOf } from "../sync/text.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { findThing, type Thing } from "./find-thing.ts";
import { type OpenClient, withClient } from "./open-client.ts";
import { type ReadPart, readIds, readPart } from "./read-parts.ts";
import { judgeClient } from "./readiness.ts";
import { troublesOf } from "./troubles.ts";

/** One customer as operations, billing and accounting see it, read from all three at once; nothing is written. */

// What is shown of a customer, and where it is looked for.
const PARTS: readonly (readonly [SystemName, string])[] = [
  ["psa", "contract"],
  ["billing", "service"],
  ["billing", "invoice"],
  ["accounting", "invoice"],
  ["billing", "payment"],
  ["accounting", "payment"],
  ["billing", "credit_note"],
  ["accounting", "credit_note"],
];

const LEDGERS: readonly SystemName[] = ["billing", "accounting"];

/** Everything about the customer that some system knows by this id or number. Throws UsageError when none does. */
export async function customerView(place: ClientPlace, word: string): Promise<CustomerView> {
  const config = loadConfig(place);
  return withClient(place, config, async ({ state, connections }) => {
    const thing = await findThing(config, { state, connections }, "customer", word);
    const [own, parts] = await Promise.all([
      inTurn(config.systems.keys(), (system) =>
        readIds(config, connections, system, "customer", thing.ids.get(system) ?? []),
      ),
      readParts(config, connections, thing),
    ]);
    const of = (entity: string, system?: SystemName): readonly SystemRecord[] =>
      parts
        .filter((part) => part.entity === entity && (system === undefined || part.system === system))
        .flatMap((part) => part.records);
    const documents = (entity: string): readonly CustomerDocument[] =>
      parts
        .filter((part) => part.entity === entity)
        .flatMap((part) => part.records.map((one) => documentOf(part.system, entity, one)))
        .sort((a, b) => (a.date < b.date ? 1 : -1));
    const ready = await readAccounts(config, { state, connections }, place.clock.now(), thing);
    const trouble = troublesOf(config, state).filter((one) => concerns(one, thing, parts, state));
    return {
      schemaVersion: 1,
      client: config.client,
      name: nameOf(own),
      linked: thing.linked,
      links: own.flatMap(({ system, records }) =>
        (thing.ids.get(system) ?? []).map((id) => linkOf(state, system, id, records)),
      ),
      missing_in: [...config.systems.keys()].filter((system) => !thing.ids.has(system)),
      agreements: of("contract").map(agreementOf),
      services: of("service").map(serviceOf),
      readiness: ready.accounts,
      invoices: documents("invoice"),
      payments: documents("payment"),
      credits: documents("credit_note"),
      balances: LEDGERS.filter((system) => isWhole(parts, system)).flatMap((system) =>
        balancesOf(system, of("invoice", system), [...of("payment", system), ...of("credit_note", system)]),
      ),
      holds: trouble.map((one) => ({ ...one, ...remedyOf(one) })),
      notes: [
        ...[...own, ...parts].flatMap(({ note }) => note ?? []),
        ...ready.notes,
        ...LEDGERS.filter((system) => thing.ids.has(system) && !isWhole(parts, system)).map(
          (system) => `the balance in ${system}, since not all documents could be read`,
        ),
      ],
    };
  });
}

/** A sum of what happened to be readable would be a wrong balance. */
function isWhole(parts: readonly ReadPart[], system: SystemName): boolean {
  return parts.every(
    (part) => part.system !== system || part.note === null || !["invoice", "payment"].includes(part.entity),
  );
}

/** How ready to bill the customer's accounts are, and why that cannot be told. */
async function readAccounts(
  config: ClientConfig,
  open: Pick<OpenClient, "state" | "connections">,
  now: number,
  { ids }: Thing,
): Promise<{ readonly accounts: CustomerView["readiness"]; readonly notes: readonly string[] }> {
  const own = ids.get("billing") ?? [];
  if (own.length === 0) return { accounts: [], notes: [] };
  try {
    const { accounts, not_judged } = await judgeClient(config, open, now);
    const theirs = accounts.filter(
      ({ customer, account_id }) => own.includes(customer) || own.includes(account_id),
    );
    const notes = not_judged === null ? [] : [`readiness: ${not_judged}`];
    return {
      accounts: theirs.map(({ account, status, since, open_tasks }) => ({
        account,
        status,
        since,
        open_tasks,
      })),
      notes,
    };
  } catch (cause) {
    if (!(cause instanceof SystemError)) throw cause;
    return { accounts: [], notes: [`readiness: ${cause.message}`] };
  }
}

/** The parts of the systems in which the customer is; each system is asked one thing at a time. */
async function readParts(
  config: ClientConfig,
  connections: OpenClient["connections"],
  { ids }: Thing,
): Promise<readonly ReadPart[]> {
  return inTurn(
    PARTS.filter(([system]) => ids.has(system) && config.systems.has(system)),
    ([system, entity]) => {
      const own = ids.get(system) ?? [];
      const isTheirs = ({ customer_id, bill_to_customer_id }: CanonicalRecord): boolean =>
        own.some((id) => id === customer_id || id === bill_to_customer_id);
      return readPart(config, connections, system, entity, isTheirs);
    },
  );
}

async function inTurn<T, R>(items: Iterable<T>, work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** True when it is about the customer, about something of theirs, or waits for them. */
function concerns(
  one: OpenTrouble,
  { ids }: Thing,
  parts: readonly ReadPart[],
  state: Pick<State, "translate">,
): boolean {
  const isCustomer = (id: string): boolean =>
    [...ids].some(([system, own]) => system === one.source && own.includes(id));
  if (one.refers?.entity === "customer" && isCustomer(one.refers.id)) return true;
  // An account is the customer's own row under another name.
  if (one.entity === "customer" || one.entity === "billing_account") return isCustomer(one.source_id);
  const isTheirs = (from: string, kind: string, id: string): boolean =>
    parts.some(
      ({ system, entity, records }) =>
        system === from && entity === kind && records.some((record) => record.id === id),
    );
  if (isTheirs(one.source, one.entity, one.source_id)) return true;
  // What is gone at its source is theirs by what the target still has of it.
  const { linked_as, source, target, source_id } = one;
  const there = state.translate(linked_as, source, target, [source_id]).get(source_id) ?? [];
  return there.some((id) => isTheirs(target, linked_as, id));
}

function linkOf(
  state: State,
  system: SystemName,
  id: string,
  records: readonly SystemRecord[],
): CustomerLink {
  const record = records.find((one) => one.id === id)?.record;
  const history = [...state.rows("history", { system, entity: "customer", id })].map(
    ({ action, pipeline, run, reason }) => ({ action, by: pipeline, run, reason }),
  );
  return {
    system,
    id,
    number: record === undefined ? "" : numberOf(record),
    name: textOf(record?.["name"]) ?? "",
    status: textOf(record?.["status"]) ?? "unknown",
    history: history.sort((a, b) => (a.run < b.run ? -1 : 1)),
  };
}

function nameOf(parts: readonly ReadPart[]): string {
  const [first] = parts.flatMap(({ records }) => records);
  return textOf(first?.record["name"]) ?? "";
}

function agreementOf({ id, record }: SystemRecord): CustomerAgreement {
  return {
    id,
    name: textOf(record["name"]) ?? id,
    type: textOf(record["contract_type"]) ?? "other",
    status: textOf(record["status"]) ?? "unknown",
    start_date: textOf(record["start_date"]),
    end_date: textOf(record["end_date"]),
  };
}

function serviceOf({ id, record }: SystemRecord): CustomerService {
  return {
    id,
    kind: textOf(record["kind"]) ?? "other",
    number: textOf(record["number"]) ?? textOf(record["circuit_id"]) ?? id,
    rate_plan: textOf(record["rate_plan_code"]),
    status: textOf(record["status"]) ?? "unknown",
  };
}

function documentOf(system: SystemName, entity: string, { id, record }: SystemRecord): CustomerDocument {
  const isPayment = entity === "payment";
  const status = textOf(record["status"]) ?? "unknown";
  const paid = textOf(record["payment_status"]);
  return {
    system,
    id,
    number: textOf(record[isPayment ? "reference" : "number"]) ?? id,
    date: textOf(record[entities().get(entity)?.dateField ?? ""]) ?? "",
    status: entity === "invoice" && status === "issued" && paid !== null ? paid : status,
    amount: numberAt(record[isPayment ? "amount" : "total"]),
    open: numberAt(record[entity === "invoice" ? "balance" : "unapplied_amount"]),
    currency: textOf(record["currency"]) ?? "",
  };
}

function balancesOf(
  system: SystemName,
  invoices: readonly SystemRecord[],
  credits: readonly SystemRecord[],
): CustomerView["balances"] {
  const found = new Map<string, { owed: number; unapplied: number }>();
  const at = (record: CanonicalRecord) => {
    const currency = textOf(record["currency"]) ?? "";
    const sums = found.get(currency) ?? { owed: 0, unapplied: 0 };
    found.set(currency, sums);
    return sums;
  };
  for (const { record } of invoices) {
    if (record["status"] === "issued") at(record).owed += numberAt(record["balance"]) ?? 0;
  }
  for (const { record } of credits) {
    if (record["status"] !== "voided" && record["status"] !== "draft")
      at(record).unapplied += numberAt(record["unapplied_amount"]) ?? 0;
  }
  return [...found].map(([currency, sums]) => ({ system, currency, ...sums }));
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function numberAt(value: Json | undefined): number | null {
  return typeof value === "number" ? value : null;
}
