import type {
  Route,
  Row,
  Sandbox,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import type { World, WorldAddress } from "../../../engine/connector/sandbox/world.ts";
import { isObject } from "../../../engine/core/json.ts";

/** Dockside on loopback, written from README.md. */

export const credentials = { workspace: "lakeside", key: "dockside-sandbox-secret" };

const BASE = "/rest";
const TAKE_MAX = 50;
const LISTS = ["organisations", "people", "premises", "agreements"];
const LABELS = ["AccountingId"];

export const sandbox: Sandbox = {
  name: "dockside",
  rules: {
    key: "a call without the workspace and its key is refused",
    after: "a list goes on behind the ref that `after` stands for",
    take: "a page has 50 rows at most",
    labels: "a label that the workspace does not have is not taken",
  },
  seed,
  before: ({ headers }, { rule }) =>
    rule("key") &&
    headers.authorization !== `Dockside workspace=${credentials.workspace}, key=${credentials.key}`
      ? fault(401, "NO_ENTRY", "workspace and key do not go together")
      : undefined,
  routes: [
    ...LISTS.flatMap(routesOf),
    { method: "PUT", path: /\/rest\/organisations\/(?<ref>\w+)\/labels\/(?<name>\w+)/, handle: setLabel },
  ],
  notFound: () => fault(404, "NO_SUCH_REF", "there is nothing here"),
  basePath: BASE,
  environment: (baseUrl) => ({
    DOCKSIDE_URL: baseUrl,
    DOCKSIDE_WORKSPACE: credentials.workspace,
    DOCKSIDE_KEY: credentials.key,
  }),
};

function routesOf(name: string): readonly Route[] {
  return [
    {
      method: "GET",
      path: new RegExp(`${BASE}/${name}`),
      handle: (request, context) => list(name, request, context),
    },
    {
      method: "GET",
      path: new RegExp(`${BASE}/${name}/(?<ref>\\w+)`),
      handle: ({ params }, { ledger }) => {
        const row = ledger.get(name, params["ref"] ?? "");
        return row === undefined ? fault(404, "NO_SUCH_REF", "no such ref") : { status: 200, body: { row } };
      },
    },
  ];
}

function list(name: string, { query }: SandboxRequest, { ledger, rule }: SandboxContext): SandboxReply {
  const asked = Number(query.get("take") ?? TAKE_MAX);
  if (!Number.isInteger(asked) || asked < 1) return fault(422, "NOT_TAKEN", "take is 1 to 50");
  const take = rule("take") ? Math.min(asked, TAKE_MAX) : asked;
  const after = rule("after") ? Number(Buffer.from(query.get("after") ?? "", "base64url").toString()) : 0;
  const touchedFrom = Number(query.get("touchedFrom") ?? 0);
  const rest = ledger
    .all(name)
    .filter(
      ({ ref, touched }) =>
        Number(ref) > after && (name !== "organisations" || Number(touched) >= touchedFrom),
    )
    .sort((a, b) => Number(a["ref"]) - Number(b["ref"]));
  const rows = rest.slice(0, take);
  const last = rest.length > take ? String(rows.at(-1)?.["ref"]) : undefined;
  return {
    status: 200,
    body: { rows, after: last === undefined ? null : Buffer.from(last).toString("base64url") },
  };
}

function setLabel({ params, body }: SandboxRequest, { ledger, now, rule }: SandboxContext): SandboxReply {
  const { ref = "", name = "" } = params;
  const row = ledger.get("organisations", ref);
  if (row === undefined) return fault(404, "NO_SUCH_REF", "no such ref");
  const labels = isObject(row["labels"]) ? row["labels"] : {};
  if (rule("labels") && !Object.hasOwn(labels, name)) return fault(422, "NOT_TAKEN", `no label ${name}`);
  const said: unknown = JSON.parse(body);
  const value = isObject(said) && typeof said["value"] === "string" ? said["value"] : "";
  const changed = { ...row, labels: { ...labels, [name]: value }, touched: seconds(now()) };
  ledger.put("organisations", ref, changed);
  return { status: 200, body: { row: changed } };
}

function fault(status: number, code: string, text: string): SandboxReply {
  return { status, body: { fault: code, text } };
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

const STAGES = { draft: "offered", signed: "agreed", expired: "lapsed", cancelled: "called off" };

function seed(ledger: SandboxContext["ledger"], world: World): void {
  const touched = seconds(Date.parse(`${world.today}T00:00:00Z`)) - 86_400;
  const put = (name: string, row: Row): void => ledger.put(name, String(row["ref"]), row);
  for (const company of world.companies) {
    const organisation = company.ids.psa;
    put("organisations", {
      ref: organisation,
      touched,
      code: company.number,
      title: company.name,
      kinds: [...company.types],
      stage: !company.active ? "closed" : company.types.includes("Prospect") ? "lead" : "live",
      tel: company.phone.replace(/^\+1(...)(...)/, "($1) $2-"),
      postal: postal(company.address),
      billing: {
        mail: company.billing_email,
        person: company.contacts.find(({ billing }) => billing)?.id ?? null,
        days: world.terms.find(({ key }) => key === company.terms)?.due_days ?? null,
        exempt: company.tax_exempt,
      },
      labels: Object.fromEntries(LABELS.map((label) => [label, ""])),
    });
    for (const { id, first_name, last_name, email, phone } of company.contacts) {
      const names = { given: first_name, family: last_name };
      put("people", { ref: id, organisation, ...names, mail: email, tel: phone, left: false });
    }
    for (const { id, name, primary, phone, address } of company.sites) {
      const place = { title: name, main: primary, tel: phone, postal: postal(address) };
      put("premises", { ref: id, organisation, ...place, closed: false });
    }
    for (const { id, name, type, status, start_date, end_date, lines } of company.contracts) {
      put("agreements", {
        ref: id,
        organisation,
        title: name,
        kind: type === "telecom" ? "Voice" : "Managed Services",
        stage: STAGES[status],
        from: start_date,
        until: end_date,
        items: lines.map((line) => ({
          ref: line.id,
          sku: line.product_code,
          text: line.description,
          count: line.quantity,
          price: line.unit_amount_decimal,
        })),
      });
    }
  }
}

function postal({ lines, city, region, postal_code, country }: WorldAddress): Row {
  return { street: lines.join("\n"), town: city, county: region, code: postal_code, country };
}
