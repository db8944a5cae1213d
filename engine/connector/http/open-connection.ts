import type { HttpSystem } from "../../config/types.ts";
import { unreachable } from "../../core/unreachable.ts";
import { createLimiter, MINUTE_MS } from "../limiter.ts";
import { createCounter } from "../records/counter.ts";
import { askableIds, findRecords, getRecords, listRecords } from "../records/listing.ts";
import { createLookups } from "../records/lookups.ts";
import { carriedRecords, prepareWrites, writableFields } from "../records/prepare.ts";
import { programOf } from "../records/read-deps.ts";
import { createScope, type LookupRows } from "../records/scope.ts";
import { createRedactor } from "../redact.ts";
import { createTransport, type Exchange, type HttpRequest } from "../transport.ts";
import type { Connection, ConnectionOptions } from "../types.ts";
import { createAddress } from "./address.ts";
import { createAuth } from "./auth.ts";
import { createCaller } from "./caller.ts";
import { createGate, windowOf } from "./gate.ts";
import { createJudge } from "./judge.ts";
import { createPager } from "./pages.ts";
import { compileConnector } from "./programs.ts";
import { groupWrites, type SendDeps, sendCall } from "./send.ts";

/** Opens a system that speaks HTTP through its descriptor. Nothing is sent, and no secret is read, before the first call needs it. */
export function openHttp(options: ConnectionOptions & { readonly system: HttpSystem }): Connection {
  const { system, currency, codes, secret, tokens, clock } = options;
  const { connector } = system;
  const { limits, timeout_ms } = connector;
  const baseUrl = (system.base_url ?? connector.base_url).replace(/\/+$/, "");
  const programs = compileConnector(connector);
  const counter = createCounter(connector.page.size);
  const redactor = createRedactor();
  const transport = createTransport({ connections: limits.concurrency, timeout_ms });
  const exchange = async (request: HttpRequest): Promise<Exchange> => {
    counter.called();
    const started = performance.now();
    const answer = await transport.exchange(request);
    options.onCall?.({
      system: system.name,
      method: request.method,
      host: request.url.host,
      path: redactor.redact(request.url.pathname + request.url.search),
      status: answer.kind === "answer" ? answer.status : undefined,
      duration_ms: Math.round(performance.now() - started),
      date: answer.kind === "answer" ? answer.headers["date"] : undefined,
    });
    return answer;
  };

  // Lookups are read through the pager, which evaluates in the scope, which hands out lookups.
  let readLookups: (names: readonly string[]) => Promise<LookupRows> = async () => ({});
  const scope = createScope({
    system,
    currency,
    go_live: options.go_live ?? null,
    codes,
    redactor,
    now: clock.now(),
    lookups: (names) => readLookups(names),
  });
  const judge = createJudge(programs, scope, redactor);
  const loginDeps = { system, programs, scope, secret, baseUrl, tokens, clock, redactor, exchange };
  const auth = createAuth(loginDeps);
  const address = createAddress({ ...loginDeps, judge });
  const gate = createGate(system, clock);
  const batches = createLimiter({
    concurrency: limits.concurrency,
    windows: windowOf(connector.batch?.per_minute ?? null, MINUTE_MS),
    clock,
  });
  const caller = createCaller({ system, auth, judge, gate, clock, redactor, exchange });
  const pager = createPager({ system, address, caller, scope, next: programs.next });
  readLookups = createLookups({
    system: system.name,
    programs: programs.lookups,
    pager,
    scope,
    onRead: counter.needPages,
  });

  const deps: SendDeps = {
    system,
    programs,
    pager,
    scope,
    counter,
    clock,
    concurrency: limits.concurrency,
    address,
    caller,
    judge,
    batches,
  };
  return {
    system: system.name,
    list: (entity, given) => listRecords(entity, given, deps),
    get: (entity, ids) => getRecords(entity, ids, deps),
    askable: (entity, ids) => askableIds(entity, ids, deps),
    find: (entity, record, key) => findRecords(entity, record, key, deps),
    carried: (entity, records) => carriedRecords(entity, records, deps),
    prepare: (writes) => prepareWrites(writes, deps),
    group: (writes) => groupWrites(writes, deps),
    send: (call) => sendCall(call, deps),
    closedUntil: async () => {
      const day = programs.closedUntil && (await scope.value(programs.closedUntil, null));
      return typeof day === "string" && day !== "" ? day : null;
    },
    documentCurrency: async () => {
      const code = programs.documentCurrency && (await scope.value(programs.documentCurrency, null));
      return typeof code === "string" && code !== "" ? code : null;
    },
    can: (entity, operation) => can(entity, operation, deps),
    writableFields: (entity) => writableFields(programOf(entity, deps)),
    counts: counter.counts,
    settle_ms: system.settle_ms ?? connector.settle_ms,
    settle_again_ms: system.settle_again_ms ?? connector.settle_again_ms,
    concurrency: limits.concurrency,
    close: () => transport.close(),
  };
}

function can(entity: string, operation: Parameters<Connection["can"]>[1], { programs }: SendDeps): boolean {
  const program = programs.entities.get(entity);
  if (program === undefined) return false;
  switch (operation) {
    case "list":
      return program.lists.length > 0;
    case "get":
    case "find":
      return program[operation] !== undefined;
    case "create":
    case "update":
    case "void":
    case "external_id":
      return program.writes[operation] !== undefined;
    default:
      return unreachable(operation);
  }
}
