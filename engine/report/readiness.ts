import { printMoney } from "../core/money.ts";
import type { Expected } from "../sync/readiness/expected.ts";
import { type AccountStatus, WAITING } from "../sync/readiness/gate.ts";
import type { OpenTask } from "../sync/readiness/tasks.ts";
import { count, renderTable } from "./table.ts";
import { visible } from "./visible.ts";

/** How far every billing account is on its way to billing, what is missing, and who supplies it. */
export interface ReadinessView {
  readonly schemaVersion: 1;
  readonly client: string;
  /** Why readiness cannot be judged; null when it was. Invoices are then not held for it. */
  readonly not_judged: string | null;
  /** Whether new invoices of accounts that are not ready wait. */
  readonly invoices: "hold" | "ignore";
  /** Signed telecom contracts that no account in billing fulfils. */
  readonly unmapped: readonly {
    readonly contract_id: string;
    readonly contract: string;
    readonly customer_id: string;
  }[];
  readonly accounts: readonly AccountReadiness[];
  readonly groups: readonly GroupTotal[];
  /** Records that could not be read and are missing above. */
  readonly unreadable: readonly string[];
}

export interface AccountReadiness {
  readonly account_id: string;
  /** The number people use for it. */
  readonly account: string;
  readonly customer: string;
  /** Contracts that stand on the account in billing, by the PSA's ids. */
  readonly contract_ids: readonly string[];
  readonly status: AccountStatus;
  readonly since: string;
  readonly open_tasks: readonly (OpenTask & { readonly since: string })[];
  readonly expected: readonly Expected[];
  /** Services in use by where they came from. */
  readonly provenance: { readonly manual: number; readonly provisioning: number; readonly import: number };
}

/** Contracted and provisioned quantities of one kind of service, over all accounts; amounts per period, minor units. */
export interface GroupTotal {
  readonly service_type: Expected["service_type"];
  readonly currency: string;
  readonly contracted: string;
  readonly provisioned: string;
  /** Sold and not there, and there and not sold. */
  readonly under: string;
  readonly over: string;
  readonly under_amount: number;
  readonly over_amount: number;
}

const GROUP_NAMES = { number: "numbers", circuit: "circuits", voice_package: "voice packages" } as const;
const STATUSES: readonly AccountStatus[] = [
  "shell",
  "provisioning",
  "unknown",
  "bill_ready",
  "live",
  "closed",
];

/** The view for people: contracts without an account first, then what each account lacks, then quantities. */
export function renderReadiness(view: ReadinessView): string {
  if (view.not_judged !== null) {
    const what = `Readiness is not judged: ${view.not_judged}.`;
    return `${visible(`${view.client}\n\n${what} No invoice is held for it.`)}\n`;
  }
  const { accounts, unmapped, unreadable, groups } = view;
  const statuses = STATUSES.map(
    (status) => [status, accounts.filter((one) => one.status === status).length] as const,
  )
    .filter(([, number]) => number > 0)
    .map(([status, number]) => `${number} ${status}`);
  const parts = [
    `${view.client}: ${count(accounts.length, "billing account")}${statuses.length === 0 ? "" : ` (${statuses.join(", ")})`}\n`,
    unmapped
      .map(
        ({ contract, customer_id }) =>
          `Contract ${contract} of PSA customer ${customer_id} is signed and no account in billing fulfils it.`,
      )
      .concat(unreadable.map((text) => `Not read: ${text}`))
      .map((line) => `${visible(line)}\n`)
      .join(""),
    accounts
      .filter(({ open_tasks }) => open_tasks.length > 0 || accounts.length === 1)
      .map(renderAccount)
      .join("\n"),
    groups.length === 0 ? "" : renderGroups(groups),
    waitingLine(view),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function renderAccount({
  account,
  customer,
  contract_ids,
  status,
  since,
  open_tasks,
}: AccountReadiness): string {
  const name = `${account} ${customer === account ? "" : customer}`.trimEnd();
  const contracts = contract_ids.length === 0 ? "" : `, contracts ${contract_ids.join(" ")}`;
  const head = `${visible(`${name}: ${status} since ${since.slice(0, 10)}${contracts}`)}\n`;
  if (open_tasks.length === 0) return head;
  const rows = open_tasks.map((task) => [
    `  ${task.blocks ? "!" : "-"} ${task.code}`,
    task.location ?? "",
    task.assignee,
    task.since.slice(0, 10),
    task.message,
  ]);
  const titles = ["  task", "location", "who", "since", "what"].map((title) => ({ title }));
  return head + renderTable(titles, rows);
}

function renderGroups(groups: readonly GroupTotal[]): string {
  const numbers = ["contracted", "provisioned", "under", "over", "under per period", "over per period"];
  return renderTable(
    [{ title: "sold and provisioned" }, ...numbers.map((title) => ({ title, right: true }))],
    groups.map((one) => [
      GROUP_NAMES[one.service_type],
      one.contracted,
      one.provisioned,
      one.under,
      one.over,
      printMoney(one.under_amount, one.currency),
      printMoney(one.over_amount, one.currency),
    ]),
  );
}

function waitingLine({ accounts, invoices }: ReadinessView): string {
  const waiting = accounts.filter(({ status }) => WAITING.has(status)).length;
  if (waiting === 0) return "";
  const what =
    invoices === "hold"
      ? "New invoices wait"
      : "New invoices are posted all the same (readiness.invoices: ignore)";
  return `${what} for ${count(waiting, "account")} that ${waiting === 1 ? "is" : "are"} not ready; ! marks what stands in the way.\n`;
}
