import { Decimal } from "decimal.js";
import type { ClientConfig } from "../config/types.ts";
import { calendarOf, instant } from "../core/clock.ts";
import type { AccountReadiness, GroupTotal, ReadinessView } from "../report/readiness.ts";
import type { Expected } from "../sync/readiness/expected.ts";
import type { AccountFacts, ServiceFacts } from "../sync/readiness/facts.ts";
import { judgeAccount, type Verdict } from "../sync/readiness/gate.ts";
import { type Facts, readFacts, whyNotJudged } from "../sync/readiness/read.ts";
import { type ReadinessMemory, readMemory, rememberAll, taskKey } from "../sync/readiness/remember.ts";
import { survey } from "../sync/survey.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { type OpenClient, withClient } from "./open-client.ts";
import { UsageError } from "./refusal.ts";

export interface ReadinessOptions {
  /** Only the account with this number or id. */
  readonly account?: string | undefined;
}

/**
 * Judges every billing account by what the systems have at this moment, and remembers since when something is missing.
 * Throws ConfigError, StateError, SystemError, and UsageError for an account that there is not.
 */
export async function readiness(
  place: ClientPlace,
  { account }: ReadinessOptions = {},
): Promise<ReadinessView> {
  const config = loadConfig(place);
  return withClient(place, config, async (open) => {
    const view = await judgeClient(config, open, place.clock.now());
    if (account === undefined || view.not_judged !== null) return view;
    const accounts = view.accounts.filter((one) => one.account === account || one.account_id === account);
    if (accounts.length === 0)
      throw new UsageError(`billing has no account ${account}`, "tripoint readiness lists them all.");
    return { ...view, accounts, unmapped: [], groups: groupTotals(accounts) };
  });
}

/** Judges every account of a client whose systems are open. Throws SystemError. */
export async function judgeClient(
  config: ClientConfig,
  { state, connections }: Pick<OpenClient, "state" | "connections">,
  time: number,
): Promise<ReadinessView> {
  const { client } = config;
  const { rules, invoices } = config.readiness;
  const not_judged = whyNotJudged(config);
  if (not_judged !== null)
    return {
      schemaVersion: 1,
      client,
      not_judged,
      invoices,
      unmapped: [],
      accounts: [],
      groups: [],
      unreadable: [],
    };
  const now = instant(time);
  const today = calendarOf(config.time_zone)(time);
  const memory = readMemory(state);
  const facts = await readFacts({ config, connections, state, whole: true, now: time });
  const judge = (one: AccountFacts, invoiced: boolean): Verdict => {
    const wasLive = memory.accounts.get(one.id)?.status === "live";
    return judgeAccount(one, { rules, numbers: facts.numbers, wasLive, invoiced, today });
  };
  const first = new Map(facts.accounts.map((one) => [one.id, judge(one, false)]));
  const ready = [...first].filter(([, { status }]) => status === "bill_ready").map(([id]) => id);
  const invoiced = await accountsWithInvoice(new Set(ready), { config, connections });
  const verdicts = new Map(facts.accounts.map((one) => [one.id, judge(one, invoiced.has(one.id))]));
  state.commit(rememberAll(verdicts, memory, now));
  state.flush();
  const accounts = facts.accounts.map((one) => accountView(one, verdicts.get(one.id), memory, now));
  return {
    schemaVersion: 1,
    client,
    not_judged: null,
    invoices,
    unmapped: facts.unmapped.map(({ contract, customer }) => ({
      contract_id: contract.id,
      contract: contract.number,
      customer_id: customer,
    })),
    accounts,
    groups: groupTotals(accounts),
    unreadable: facts.unreadable,
  };
}

/** Those accounts that have an issued invoice; reading ends when all of them have one. */
async function accountsWithInvoice(
  wanted: ReadonlySet<string>,
  options: { readonly config: ClientConfig; readonly connections: OpenClient["connections"] },
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const list = options.config.systems.get("billing")?.connector.entities["invoice"]?.list ?? null;
  if (wanted.size === 0 || list === null) return found;
  for await (const { record, unreadable } of survey(options, "billing", "invoice")) {
    const account = record["billing_account_id"];
    if (unreadable !== undefined || record["status"] !== "issued" || typeof account !== "string") continue;
    if (wanted.has(account)) found.add(account);
    if (found.size === wanted.size) break;
  }
  return found;
}

function accountView(
  { id, label, customer, services }: AccountFacts,
  verdict: Verdict | undefined,
  memory: ReadinessMemory,
  now: string,
): AccountReadiness {
  if (verdict === undefined) throw new Error(`account ${id} was not judged`);
  const { status, open_tasks, expected } = verdict;
  const before = memory.accounts.get(id);
  return {
    account_id: id,
    account: label,
    customer,
    status,
    since: before?.status === status ? before.since : now,
    open_tasks: open_tasks.map((task) => ({
      ...task,
      since: memory.tasks.get(taskKey(id, task))?.since ?? now,
    })),
    expected,
    provenance: provenanceOf(services),
  };
}

function provenanceOf(services: Facts["accounts"][number]["services"]): AccountReadiness["provenance"] {
  const of = (name: ServiceFacts["provenance"]): number =>
    services.filter(({ status, provenance }) => status !== "disconnected" && provenance === name).length;
  return { manual: of("manual"), provisioning: of("provisioning"), import: of("import") };
}

/** Quantities over all accounts, by kind of service and currency. */
function groupTotals(accounts: readonly AccountReadiness[]): readonly GroupTotal[] {
  const groups = new Map<string, Expected[]>();
  for (const one of accounts.flatMap(({ expected }) => expected)) {
    const key = `${one.service_type} ${one.currency}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((lines): readonly GroupTotal[] => {
    const [first] = lines;
    if (first === undefined) return [];
    const gaps = (sign: number): readonly Expected[] =>
      lines.filter(({ gap }) => Math.sign(Number(gap)) === sign);
    const money = (sign: number): number =>
      gaps(sign).reduce((sum, { gap_amount }) => sum + Math.abs(gap_amount ?? 0), 0);
    return [
      {
        service_type: first.service_type,
        currency: first.currency,
        contracted: sum(lines.map(({ quantity }) => quantity)).toFixed(),
        provisioned: sum(lines.map(({ provisioned_quantity }) => provisioned_quantity)).toFixed(),
        under: sum(gaps(-1).map(({ gap }) => gap))
          .abs()
          .toFixed(),
        over: sum(gaps(1).map(({ gap }) => gap)).toFixed(),
        under_amount: money(-1),
        over_amount: money(1),
      },
    ];
  });
}

function sum(quantities: readonly string[]): Decimal {
  return quantities.reduce((total, one) => total.plus(one), new Decimal(0));
}
