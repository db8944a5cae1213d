import type { ReadinessConfig, TaskCode } from "../../config/readiness.ts";
import { type Expected, expectationTasks, expectedOf } from "./expected.ts";
import { type AccountFacts, isInForce, type LocationFacts, type ServiceFacts } from "./facts.ts";
import type { Found, OpenTask } from "./tasks.ts";

/**
 * How far a billing account is on its way to billing. Pure: what the systems have in, status and open tasks out. A task
 * names what is missing and never what it should be: a number, a circuit or a rate plan is a person's to choose.
 */

/** unknown: a record that the answer rests on cannot be read. */
export type AccountStatus = "shell" | "provisioning" | "unknown" | "bill_ready" | "live" | "closed";

/** Whose new invoices wait. */
export const WAITING: ReadonlySet<AccountStatus> = new Set(["shell", "provisioning", "unknown"]);

export interface Verdict {
  readonly status: AccountStatus;
  readonly open_tasks: readonly OpenTask[];
  readonly expected: readonly Expected[];
}

/** What the gate has to know beside the account itself. */
export interface GateContext {
  readonly rules: ReadinessConfig["rules"];
  /** Accounts by the numbers that are active on them. */
  readonly numbers: ReadonlyMap<string, readonly NumberUse[]>;
  /** True when the account was live before: that stays, with the tasks beside it. */
  readonly wasLive: boolean;
  /** True when an issued invoice of the account is known. */
  readonly invoiced: boolean;
  /** YYYY-MM-DD by the client's clocks. */
  readonly today: string;
}

export interface NumberUse {
  readonly service_id: string;
  /** The account as people call it. */
  readonly account: string;
}

/** Status, tasks and expected quantities of one account. */
export function judgeAccount(account: AccountFacts, context: GateContext): Verdict {
  const services = account.services.filter(({ status }) => status !== "disconnected");
  const expected = expectedOf(account.contracts, services, context.today);
  if (account.closed || isOver(account, services, context))
    return { status: "closed", open_tasks: [], expected };
  const found: readonly Found[] = [
    ...unreadTasks(account),
    ...locationTasks(account, services),
    ...circuitTasks(account, services),
    ...numberTasks(account, services, context),
    ...ratePlanTasks(account, services),
    ...jurisdictionTasks(account, services),
    ...expectationTasks(expected, account.contracts),
    ...contractTasks(account, services, context),
  ];
  const open_tasks = found.flatMap(({ code, service, of, ...task }): readonly OpenTask[] => {
    const rule = context.rules[code];
    if (rule === "off") return [];
    if (service?.exempt.has(code) === true) return [];
    const blocks = rule.blocks && (of !== "contract" || restsOnContracts(context.rules));
    return [{ code, ...task, assignee: rule.assignee, blocks }];
  });
  return { status: statusOf(services, open_tasks, context), open_tasks, expected };
}

function statusOf(
  services: readonly ServiceFacts[],
  tasks: readonly OpenTask[],
  { wasLive, invoiced }: GateContext,
): AccountStatus {
  if (wasLive) return "live";
  if (tasks.some(({ code, blocks }) => code === "record_unreadable" && blocks)) return "unknown";
  if (services.length === 0) return "shell";
  if (tasks.some(({ blocks }) => blocks)) return "provisioning";
  return invoiced ? "live" : "bill_ready";
}

/** Every contract of the account has ended and nothing is in use any more. */
function isOver(
  { contracts, unread }: AccountFacts,
  services: readonly ServiceFacts[],
  { today }: GateContext,
): boolean {
  if (unread.length > 0) return false;
  return services.length === 0 && contracts.length > 0 && contracts.every((one) => !isInForce(one, today));
}

/** True where a task about contracts makes invoices wait: without it they need not be read for an invoice. */
export function restsOnContracts(rules: ReadinessConfig["rules"]): boolean {
  return OF_CONTRACTS.some((code) => {
    const rule = rules[code];
    return rule !== "off" && rule.blocks;
  });
}

const OF_CONTRACTS = [
  "numbers_missing",
  "circuit_details_missing",
  "rate_plan_choice",
  "service_without_contract",
] as const;

/** What cannot be read could be anything: nothing is taken for granted because it is not seen. */
function unreadTasks({ unread }: AccountFacts): readonly Found[] {
  return unread.map(({ system, entity, id, reason }): Found => {
    const what = `${entity.replace("_", " ")} ${id} of ${system}`;
    const message = `${what} cannot be read, and nobody knows what of it is this account's: ${reason}`;
    return { ...accountTask("record_unreadable", message), subject: `${entity} ${id}`, of: entity };
  });
}

function locationTasks(
  { locations, customer }: AccountFacts,
  services: readonly ServiceFacts[],
): readonly Found[] {
  if (locations.length === 0) {
    const message = `${customer} has no service location in billing: enter one, or let the PSA's sites come over.`;
    return [accountTask("location_missing", message)];
  }
  const known = new Set(locations.map(({ id }) => id));
  return services
    .filter(({ location_id }) => location_id === null || !known.has(location_id))
    .map((service) =>
      serviceTask("location_missing", service, null, `${nameOf(service)} is at no location of the account.`),
    );
}

/** Each location that has numbers has a circuit, and each circuit has its BTN: on itself, or at its location. */
function circuitTasks(account: AccountFacts, services: readonly ServiceFacts[]): readonly Found[] {
  const found: Found[] = [];
  for (const location of account.locations) {
    const here = services.filter(({ location_id }) => location_id === location.id);
    const circuits = here.filter(({ kind }) => kind === "circuit");
    const numbers = here.filter((one) => isNumber(one) && !one.exempt.has("circuit_missing"));
    if (numbers.length > 0 && circuits.length === 0) {
      const count =
        numbers.length === 1
          ? "1 number and no circuit that carries it"
          : `${numbers.length} numbers and no circuit that carries them`;
      found.push(locationTask("circuit_missing", location, `${location.name} has ${count}.`));
    }
    const btns = here.filter(({ kind }) => kind === "btn");
    for (const circuit of circuits) {
      if (
        btns.some(({ parent_service_id }) => parent_service_id === null || parent_service_id === circuit.id)
      )
        continue;
      const message = `${nameOf(circuit)} at ${location.name} has no BTN.`;
      found.push({ ...serviceTask("btn_missing", circuit, location, message), subject: circuit.id });
    }
  }
  return found;
}

function numberTasks(
  account: AccountFacts,
  services: readonly ServiceFacts[],
  { numbers }: GateContext,
): readonly Found[] {
  return services.filter(isNumber).flatMap((service): readonly Found[] => {
    const location = locationOf(service, account);
    if (service.number === null) {
      const message = `${nameOf(service)} has no telephone number that call records could be matched by.`;
      return [serviceTask("number_unmatchable", service, location, message)];
    }
    const others = (numbers.get(service.number) ?? []).filter(({ service_id }) => service_id !== service.id);
    if (others.length === 0) return [];
    const where = [...new Set(others.map(({ account, service_id }) => `${service_id} of ${account}`))].join(
      ", ",
    );
    const message = `${service.number} is in use a second time, by ${where}: calls could be billed to either.`;
    return [serviceTask("number_duplicate", service, location, message)];
  });
}

function ratePlanTasks(account: AccountFacts, services: readonly ServiceFacts[]): readonly Found[] {
  return services
    .filter(({ rate_plan_code, kind }) => rate_plan_code === null && kind !== "other")
    .map((service) => {
      const location = locationOf(service, account);
      return serviceTask("rate_plan_missing", service, location, `${nameOf(service)} has no rate plan.`);
    });
}

function jurisdictionTasks({ locations }: AccountFacts, services: readonly ServiceFacts[]): readonly Found[] {
  const used = new Set(
    services
      .filter(({ exempt }) => !exempt.has("tax_jurisdiction_missing"))
      .map(({ location_id }) => location_id),
  );
  return locations
    .filter(({ id, jurisdiction }) => used.has(id) && jurisdiction.code === null)
    .map((location) => {
      const message = `The tax jurisdiction of ${location.name} is not known: ${location.jurisdiction.why}`;
      return locationTask("tax_jurisdiction_missing", location, message);
    });
}

/** Services that no contract in force accounts for: reported, never touched (R47). */
function contractTasks(
  { contracts, contracts_known }: AccountFacts,
  services: readonly ServiceFacts[],
  { today }: GateContext,
): readonly Found[] {
  if (!contracts_known || services.length === 0 || contracts.some((one) => isInForce(one, today))) return [];
  const ended = contracts.at(-1);
  const why =
    ended === undefined ? "no signed contract" : `contract ${ended.number}, which is ${ended.status}`;
  const message = `${services.length === 1 ? "1 service is" : `${services.length} services are`} in use with ${why}: disconnect them or have a contract signed.`;
  return [{ ...accountTask("service_without_contract", message), contract_id: ended?.id ?? null }];
}

function locationOf({ location_id }: ServiceFacts, { locations }: AccountFacts): LocationFacts | null {
  return locations.find(({ id }) => id === location_id) ?? null;
}

function isNumber({ kind }: ServiceFacts): boolean {
  return kind === "btn" || kind === "did";
}

/** A service as people call it. */
function nameOf({ id, kind, number, circuit_id }: ServiceFacts): string {
  const name = number ?? circuit_id;
  return name === null ? `${KINDS[kind]} ${id}` : `${KINDS[kind]} ${name}`;
}

const KINDS = { circuit: "Circuit", btn: "BTN", did: "DID", other: "Service" } as const;

function accountTask(code: TaskCode, message: string): Found {
  return { code, subject: "", contract_id: null, location: null, message };
}

function locationTask(code: TaskCode, { id, name }: LocationFacts, message: string): Found {
  return { code, subject: id, contract_id: null, location: name, message };
}

function serviceTask(
  code: TaskCode,
  service: ServiceFacts,
  location: LocationFacts | null,
  message: string,
): Found {
  return { code, subject: service.id, contract_id: null, location: location?.name ?? null, message, service };
}
