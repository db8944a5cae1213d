import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { ConnectorConfig } from "../../engine/config/connector-types.ts";
import { loadConnector } from "../../engine/config/load-connector.ts";
import { packageRoot } from "../../engine/config/root.ts";
import { resolveSecret } from "../../engine/config/secrets.ts";
import { checkSettings } from "../../engine/config/settings.ts";
import type { SystemConfig } from "../../engine/config/types.ts";
import { openConnection } from "../../engine/connector/open-connection.ts";
import type { Capabilities } from "../../engine/connector/sandbox/capabilities.ts";
import { startSandbox } from "../../engine/connector/sandbox/kit.ts";
import type { RunningSandbox, Sandbox, SandboxExchange } from "../../engine/connector/sandbox/types.ts";
import type { Connection, TokenStore } from "../../engine/connector/types.ts";
import type { Clock } from "../../engine/core/clock.ts";
import type { Json } from "../../engine/core/json.ts";
import type { Advance, Bookkeeping, Environment, Facts } from "./facts.ts";
import { pagedWorld } from "./world.ts";

/** A connector's folder as the suite needs it: its sandbox, what it says of itself, and the suite's own facts. */
export interface Subject {
  readonly name: string;
  readonly sandbox: Sandbox;
  readonly capabilities: Capabilities;
  readonly facts: Facts;
  readonly connector: ConnectorConfig;
}

/** One sandbox and connections to it, on one clock that jumps where somebody waits. */
export interface Bench {
  readonly subject: Subject;
  readonly facts: Facts;
  readonly sandbox: RunningSandbox;
  readonly connection: Connection;
  readonly clock: Clock & Advance;
  readonly books: () => Bookkeeping;
  readonly tokens: Map<string, Json>;
  /** What happened on the wire and in the token store, in order; of a system of files, what was listed. */
  readonly events: string[];
  /** Where a system of files has them; "" for a server. */
  readonly folder: string;
  /** Lets a person change the vendor's books. */
  person<T>(act: (books: Bookkeeping) => T): T;
  /** Another process of the same client: other memory, same token store. */
  connect(env?: Environment): Connection;
  /** Called before the answer of each exchange leaves. */
  onExchange: (exchange: SandboxExchange) => void;
  /** Called when a page of a system of files was read and the next one was not yet asked for. */
  onPage: () => void;
}

export const PAGE = 3;
const CONNECTORS = join(packageRoot(), "connectors");
const FACTS = new URL("./vendors/", import.meta.url);

/** Every connector folder that has a sandbox, and of which of them the suite lacks something. */
export async function loadSubjects(): Promise<{
  readonly subjects: readonly Subject[];
  readonly incomplete: readonly { readonly name: string; readonly missing: string }[];
}> {
  const names = readdirSync(CONNECTORS)
    .filter((name) => existsSync(join(CONNECTORS, name, "sandbox.ts")))
    .sort();
  assert.ok(names.length > 0);
  const needed = (name: string): string[] => [
    `connectors/${name}/capabilities.ts`,
    `test/conformance/vendors/${name}.ts`,
  ];
  const incomplete = names.flatMap((name) => {
    const missing = needed(name).filter((file) => !existsSync(join(packageRoot(), file)));
    return missing.length === 0 ? [] : [{ name, missing: missing.join(" and ") }];
  });
  const complete = names.filter((name) => !incomplete.some((one) => one.name === name));
  return { subjects: await Promise.all(complete.map(loadSubject)), incomplete };
}

async function loadSubject(name: string): Promise<Subject> {
  const here = (file: string): string => new URL(`../../connectors/${name}/${file}`, import.meta.url).href;
  const plain: { readonly sandbox: Sandbox } = await import(here("sandbox.js"));
  const { capabilities }: { readonly capabilities: Capabilities } = await import(here("capabilities.js"));
  const { facts }: { readonly facts: Facts } = await import(new URL(`${name}.js`, FACTS).href);
  const { config, problems } = loadConnector(join(CONNECTORS, name, "connector.yaml"), packageRoot());
  assert.deepEqual(problems, []);
  assert.ok(config);
  const sandbox = facts.sandbox ?? plain.sandbox;
  return { name, sandbox, capabilities, facts, connector: config };
}

export interface BenchOptions {
  /** Rules switched off from the start. */
  readonly off?: readonly string[];
  /** Sees every exchange of the bench. */
  readonly watch?: (exchange: SandboxExchange) => void;
}

/** Starts a bench that ends with the test. */
export async function openBench(
  t: TestContext,
  subject: Subject,
  { off = [], watch }: BenchOptions = {},
): Promise<Bench> {
  const { facts } = subject;
  const folder = facts.files === undefined ? undefined : mkdtempSync(join(tmpdir(), "tripoint-files-"));
  const start = Date.parse(`${pagedWorld.today}T17:00:00Z`);
  let passed = 0;
  const advance = (ms: number): void => {
    passed += Math.max(0, ms);
  };
  // Files have the times of the disk they are on, and no clock may be behind it.
  const now = (): number => (folder === undefined ? start : Date.now()) + passed;
  const clock = { now, advance, sleep: async (ms: number) => advance(ms) };
  const sandbox = await startSandbox(subject.sandbox, {
    world: subject.sandbox.ownIds?.(pagedWorld) ?? pagedWorld,
    now,
    ...(folder === undefined ? {} : { folder }),
    off: [...(facts.off ?? []), ...off],
    onExchange: (exchange) => {
      bench.events.push(`${exchange.request.method} ${exchange.url} ${exchange.reply?.status ?? "cut"}`);
      watch?.(exchange);
      bench.onExchange(exchange);
    },
  });
  const tokens = new Map<string, Json>();
  const store: TokenStore = {
    get: (name) => tokens.get(name),
    put: (name, value) => {
      tokens.set(name, value);
      bench.events.push("tokens stored");
    },
  };
  const connect = (env: Environment = sandbox.environment): Connection => {
    const connection = openConnection({
      system: systemOf(subject, env),
      currency: pagedWorld.currency,
      codes: glCodes(),
      secret: (reference) => resolveSecret(reference, env),
      tokens: store,
      clock,
    });
    t.after(() => connection.close());
    return folder === undefined ? connection : watched(connection, () => bench);
  };
  const books = (): Bookkeeping => ({ ledger: sandbox.ledger, now: now() });
  const bench: Bench = {
    subject,
    facts,
    sandbox,
    connection: connect(),
    clock,
    books,
    tokens,
    events: [],
    folder: folder ?? "",
    person: (act) => {
      const result = act(books());
      sandbox.show();
      return result;
    },
    connect,
    onExchange: () => {},
    onPage: () => {},
  };
  t.after(async () => {
    await sandbox.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  return bench;
}

/** Nothing of a system of files is seen on a wire: its lists are watched where they are read. */
function watched(connection: Connection, bench: () => Bench): Connection {
  return {
    ...connection,
    list: async function* (entity, options) {
      bench().events.push(`list ${entity}`);
      for await (const page of connection.list(entity, options)) {
        yield page;
        bench().onPage();
      }
    },
  };
}

/** The system as client.yaml would have it, with pages so small that a few records fill several. */
function systemOf({ facts, connector }: Subject, env: Environment): SystemConfig {
  const { base_url, settings, auth = {} } = facts.system(env);
  const checked = checkSettings(facts.role, settings, connector, new Map());
  assert.deepEqual(checked.problems, []);
  return {
    name: facts.role,
    connector:
      connector.driver === "http"
        ? { ...connector, page: { ...connector.page, size: PAGE } }
        : { ...connector, page_size: PAGE },
    base_url,
    settings: checked.settings,
    auth,
    allow_unverified: Object.keys(connector.entities),
    settle_ms: 0,
    settle_again_ms: 0,
  };
}

function glCodes() {
  const rows = pagedWorld.gl.map(({ gl_code, item }) => ({ code: gl_code, gl_code, item }));
  return new Map([["gl", { name: "gl", file: "gl.yaml", rows, lines: [] }]]);
}
