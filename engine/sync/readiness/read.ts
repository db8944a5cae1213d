import { READINESS_ENTITIES } from "../../config/checks-readiness.ts";
import type { ClientConfig } from "../../config/types.ts";
import type { SystemRecord } from "../../connector/types.ts";
import type { Json } from "../../core/json.ts";
import type { State } from "../../state/types.ts";
import { type SurveyOptions, survey } from "../survey.ts";
import { type Exemptions, exemptionsOf } from "./exempt.ts";
import type { AccountFacts, ContractFacts, ContractLineFacts, LocationFacts, ServiceFacts } from "./facts.ts";
import type { NumberUse } from "./gate.ts";
import { createFindJurisdiction } from "./jurisdiction.ts";
import { createUnread, type Unread } from "./unread.ts";

/** Reads what readiness rests on: accounts, locations and services of billing, and the PSA's contracts. */

export interface FactsOptions extends SurveyOptions {
  readonly state: Pick<State, "translate">;
  /** Whether contracts are read, and names of customers: the guard of invoices needs neither. */
  readonly whole: boolean;
  /** Milliseconds: what $now() answers in an expression. */
  readonly now: number;
}

export interface Facts {
  readonly accounts: readonly AccountFacts[];
  readonly numbers: ReadonlyMap<string, readonly NumberUse[]>;
  /** Signed telecom contracts that no account in billing fulfils. */
  readonly unmapped: readonly { readonly contract: ContractFacts; readonly customer: string }[];
  /** What could not be read or evaluated, a sentence each. */
  readonly unreadable: readonly string[];
  /** The records among it. */
  readonly unread: readonly Unread[];
}

/** Why readiness cannot be judged for a client; null when it can. */
export function whyNotJudged({ systems }: ClientConfig): string | null {
  const billing = systems.get("billing");
  if (billing === undefined) return "client.yaml has no billing system";
  const missing = READINESS_ENTITIES.filter(
    (entity) => (billing.connector.entities[entity]?.list ?? null) === null,
  );
  if (missing.length === 0) return null;
  return `the connector ${billing.connector.connector} reads no ${missing.join(" and no ")} records`;
}

/** Reads the facts of every account. Throws SystemError. */
export async function readFacts(options: FactsOptions): Promise<Facts> {
  const { config, state, whole, now } = options;
  const unreadable: string[] = [];
  const unread: Unread[] = [];
  const all = async (
    system: Unread["system"],
    entity: Unread["entity"],
  ): Promise<readonly SystemRecord[]> => {
    const records: SystemRecord[] = [];
    for await (const record of survey(options, system, entity)) {
      if (record.deleted) continue;
      const { id, unreadable: reason } = record;
      if (reason === undefined) {
        records.push(record);
        continue;
      }
      unreadable.push(`${entity} ${id} of ${system}: ${reason}`);
      unread.push({ system, entity, id, reason, record: record.record });
    }
    return records;
  };
  const accounts = await all("billing", "billing_account");
  const locations = groupBy(await all("billing", "location"), "customer_id");
  const listed = await all("billing", "service");
  const services = groupBy(listed, "billing_account_id");
  const exemptions = await exemptionsOf(config.readiness.rules, listed, now);
  const names = whole ? await namesOf(options, unreadable) : new Map<string, string>();
  const psa = config.systems.get("psa");
  const contracts_known = whole && (psa?.connector.entities["contract"]?.list ?? null) !== null;
  const contracts = contracts_known ? (await all("psa", "contract")).filter(isTelecom) : [];
  unreadable.push(...contracts.flatMap(linesOfNoKind));
  const place = createFindJurisdiction(config.codes.get(config.readiness.tax_jurisdictions ?? ""));
  const contractsOf = assignContracts(accounts, contracts, state);
  // An account that cannot be read is still one: what is known of it is that it is there.
  const blank = unread
    .filter(({ entity }) => entity === "billing_account")
    .map(({ id, record }) => ({ id, record }));
  const unreadOf = createUnread(unread, [...accounts, ...blank], state);
  const found = [...accounts, ...blank].map((account): AccountFacts => {
    const customer_id = text(account, "customer_id") ?? account.id;
    const label = text(account, "account_number") ?? account.id;
    const served = (services.get(account.id) ?? []).map((one) => serviceFacts(one, exemptions));
    const hasNumbers = served.some(({ number, status }) => number !== null && status !== "disconnected");
    const own = (locations.get(customer_id) ?? []).filter((one) => {
      const of = text(one, "billing_account_id");
      return (of === null || of === account.id) && text(one, "status") === "active";
    });
    return {
      id: account.id,
      label,
      customer: names.get(customer_id) ?? label,
      customer_id,
      contract_ids: idsOf(account),
      closed: text(account, "status") === "closed",
      locations: own.map((one): LocationFacts => {
        const code = text(one, "tax_jurisdiction_code");
        const jurisdiction = code === null ? place(one.record["address"]) : { code, why: "" };
        return { id: one.id, name: text(one, "name") ?? one.id, jurisdiction };
      }),
      services: served,
      contracts: contractsOf.get(account.id) ?? [],
      contracts_known,
      unread: unreadOf(account, hasNumbers),
    };
  });
  const fulfilled = new Set(found.flatMap((one) => one.contracts.map(({ id }) => id)));
  return {
    accounts: found,
    numbers: withUnread(numbersOf(found), unread),
    unmapped: contracts
      .filter((one) => text(one, "status") === "signed" && !fulfilled.has(one.id))
      .map((one) => ({ contract: contractFacts(one), customer: text(one, "customer_id") ?? "" })),
    unreadable: [...unreadable, ...exemptions.failed],
    unread,
  };
}

/** A number of a service that cannot be read is in use as far as anybody knows. */
function withUnread(
  numbers: ReadonlyMap<string, readonly NumberUse[]>,
  unread: readonly Unread[],
): ReadonlyMap<string, readonly NumberUse[]> {
  const all = new Map(numbers);
  for (const { entity, id, record } of unread) {
    const number = entity === "service" ? record["number"] : null;
    if (typeof number !== "string") continue;
    const account = record["billing_account_id"];
    const use = { service_id: id, account: typeof account === "string" ? account : "an unknown account" };
    all.set(number, [...(all.get(number) ?? []), use]);
  }
  return all;
}

/** Active numbers, each with the services that have it. */
export function numbersOf(accounts: readonly AccountFacts[]): ReadonlyMap<string, readonly NumberUse[]> {
  const numbers = new Map<string, NumberUse[]>();
  for (const { label: account, services } of accounts) {
    for (const { id: service_id, number, status } of services) {
      if (number === null || status === "disconnected") continue;
      const uses = numbers.get(number);
      if (uses === undefined) numbers.set(number, [{ service_id, account }]);
      else uses.push({ service_id, account });
    }
  }
  return numbers;
}

/** An account has the contracts that it names; one that names none has those of its customer that no other one names. */
function assignContracts(
  accounts: readonly SystemRecord[],
  contracts: readonly SystemRecord[],
  state: FactsOptions["state"],
): ReadonlyMap<string, readonly ContractFacts[]> {
  const byId = new Map(contracts.map((one) => [one.id, one]));
  const byCustomer = groupBy(contracts, "customer_id");
  const named = new Set(accounts.flatMap(idsOf));
  const customers = accounts.map((one) => text(one, "customer_id") ?? one.id);
  const linked = state.translate("customer", "billing", "psa", customers);
  return new Map(
    accounts.map((account, index) => {
      const own = idsOf(account).flatMap((id) => byId.get(id) ?? []);
      const psaIds = linked.get(customers[index] ?? "") ?? [];
      const others = psaIds.flatMap((id) => byCustomer.get(id) ?? []).filter(({ id }) => !named.has(id));
      // What the account fulfilled before it was cancelled is no longer named, and still says why services are there.
      const chosen =
        own.length === 0 ? others : [...others.filter((one) => text(one, "status") !== "signed"), ...own];
      return [account.id, chosen.map(contractFacts)] as const;
    }),
  );
}

function idsOf({ record }: Pick<SystemRecord, "record">): readonly string[] {
  const ids = record["contract_ids"];
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === "string") : [];
}

async function namesOf(options: FactsOptions, unreadable: string[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for await (const record of survey(options, "billing", "customer")) {
    const name = record.unreadable === undefined ? text(record, "name") : null;
    if (name !== null) names.set(record.id, name);
    else unreadable.push(`customer ${record.id} of billing: ${record.unreadable ?? "it has no name"}`);
  }
  return names;
}

function isTelecom(contract: SystemRecord): boolean {
  return text(contract, "contract_type") === "telecom" && text(contract, "status") !== "draft";
}

// Canonical records were held against their schema when they were read: what stands there is of the type that it has.

function serviceFacts(service: SystemRecord, exemptions: Exemptions): ServiceFacts {
  const { id, record } = service;
  return { ...(record as unknown as ServiceFacts), id, exempt: exemptions.of(service) };
}

/** Lines that do not say what they sell: what is expected of the others stands. */
function linesOfNoKind(contract: SystemRecord): readonly string[] {
  const { number, lines } = contractFacts(contract);
  return lines
    .filter(({ service_type }) => service_type === null)
    .map(
      ({ id, description }) =>
        `line ${id} (${description}) of contract ${number} of psa: it says no kind of service, so nothing is expected of it`,
    );
}

function contractFacts(contract: SystemRecord): ContractFacts {
  const { id, record } = contract;
  const lines = record["lines"] as unknown as readonly ContractLineFacts[];
  return {
    ...(record as unknown as ContractFacts),
    id,
    number: text(contract, "contract_number") ?? id,
    lines,
  };
}

function text({ record }: Pick<SystemRecord, "record">, field: string): string | null {
  const value: Json | undefined = record[field];
  return typeof value === "string" ? value : null;
}

function groupBy(
  records: readonly SystemRecord[],
  field: string,
): ReadonlyMap<string, readonly SystemRecord[]> {
  const groups = new Map<string, SystemRecord[]>();
  for (const record of records) {
    const key = text(record, field);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return groups;
}
