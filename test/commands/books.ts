import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { sandbox } from "../../connectors/quickbooks/sandbox.ts";
import type { ClientPlace } from "../../engine/commands/client.ts";
import { startSandbox } from "../../engine/connector/sandbox/kit.ts";
import type { RunningSandbox } from "../../engine/connector/sandbox/types.ts";
import { type Clock, systemClock } from "../../engine/core/clock.ts";
import type { Json } from "../../engine/core/json.ts";
import { initState } from "../../engine/state/store.ts";
import { smallWorld } from "../connectors/quickbooks/small-world.ts";

/** A client with books in a sandbox, and a PSA of a few lines: for logins and what watches over them. */

// Reads the books and writes nothing.
const PIPELINE = `pipeline: customers
source: { system: accounting, entity: customer, filter: id = "nobody" }
target: { system: psa, entity: customer, write_mode: create_only }
`;

const PSA = `connector: tiny-psa
title: Tiny PSA
base_url: https://psa.example
auth: { kind: headers, secrets: { key: Key. }, headers: { x-key: "{$auth.key}" } }
page: { kind: offset, size: 50 }
errors:
  - { when: status = 401, class: auth }
  - { when: status >= 500, class: transient }
entities:
  customer:
    list: { path: /companies, records: $ }
    read: '{ "id": $id(id), "name": name, "status": "active", "currency": "USD" }'
    write: { name: '{ "name": name }' }
    create: { method: POST, path: /companies, body: $fields, id: id }
    find: { path: /companies, query: { name: "{$record.name}" }, records: $, match: name = $record.name }
`;

export interface Books {
  readonly place: ClientPlace;
  readonly server: RunningSandbox;
  /** Moves the sandbox's clock. */
  advance(ms: number): void;
  /** Every text in the state folder, by file. */
  stateFiles(): ReadonlyMap<string, { readonly text: string; readonly mode: number }>;
}

export interface BooksOptions {
  /** Whether client.yaml gives a first refresh token. */
  readonly refreshToken?: boolean;
  readonly off?: readonly string[];
  readonly clock?: Clock;
  readonly realm?: string;
  /** Companies of the PSA. */
  readonly customers?: readonly Json[];
  /** More lines of client.yaml. */
  readonly more?: string;
  readonly env?: { readonly [name: string]: string };
}

/** Starts a sandbox and makes a client for it with an empty state; all of it is removed after the test. */
export async function startBooks(t: TestContext, options: BooksOptions = {}): Promise<Books> {
  let ahead = 0;
  const server = await startSandbox(sandbox, {
    world: smallWorld,
    now: () => Date.now() + ahead,
    off: ["rate_limit_second", ...(options.off ?? [])],
  });
  t.after(() => server.close());
  const root = mkdtempSync(join(tmpdir(), "tripoint-books-"));
  t.after(() => rmSync(root, { recursive: true }));
  const folder = join(root, "mappings", "acme");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "client.yaml"), clientYaml(server, options));
  writeFileSync(join(folder, "customers.yaml"), PIPELINE);
  const psa = await startPsa(t, options.customers ?? []);
  const connector = join(folder, "connectors", "tiny-psa");
  mkdirSync(connector, { recursive: true });
  writeFileSync(join(connector, "connector.yaml"), PSA);
  const state = join(root, "state");
  await initState({ folder: state });
  const env = { ...server.environment, PSA_URL: psa, PSA_KEY: "psa-key-canary", ...options.env };
  const place = { root, client: "acme", state, cwd: root, env, clock: options.clock ?? systemClock };
  return {
    place,
    server,
    advance: (ms) => {
      ahead += ms;
    },
    stateFiles: () =>
      new Map(
        readdirSync(state).map((name) => {
          const path = join(state, name);
          return [name, { text: readFileSync(path, "latin1"), mode: statSync(path).mode & 0o777 }] as const;
        }),
      ),
  };
}

function clientYaml(
  server: RunningSandbox,
  { refreshToken = false, realm, more = "" }: BooksOptions,
): string {
  const { QBO_URL: url = "", QBO_REALM = "" } = server.environment;
  return `client: acme
time_zone: America/New_York
currency: USD
truth: { customer: accounting }
identity: { customer: { strategy: crosswalk, match: [name] } }
systems:
  psa: { connector: tiny-psa, base_url: "\${PSA_URL}", auth: { key: env:PSA_KEY } }
  accounting:
    connector: quickbooks
    base_url: ${url}
    settings:
      realm_id: "${realm ?? QBO_REALM}"
      token_url: ${url}/oauth2/v1/tokens/bearer
      authorize_url: ${url}/connect/oauth2
    auth: { client_id: env:QBO_ID, client_secret: env:QBO_SECRET${refreshToken ? ", refresh_token: env:QBO_REFRESH" : ""} }
${more}`;
}

/** The PSA: its companies to everybody who has the key. */
async function startPsa(t: TestContext, customers: readonly Json[]): Promise<string> {
  const server = createServer((request, response) => {
    const isKnown = request.headers["x-key"] === "psa-key-canary";
    response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify(isKnown ? customers : { message: "no" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}
