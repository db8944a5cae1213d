import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerControl, CONTROL_PATH } from "./control.ts";
import { type FaultQueue, faultQueue } from "./faults.ts";
import { type OpenLedger, openLedger } from "./ledger.ts";
import { openRequestLog, type RequestLog } from "./request-log.ts";
import type {
  Fault,
  Housekeeping,
  Route,
  RunningSandbox,
  Sandbox,
  SandboxContext,
  SandboxOptions,
  SandboxReply,
  SandboxRequest,
} from "./types.ts";

/** Runs one vendor's sandbox on loopback: routing, ledger, request log and faults; the vendor's rules are its own. */

const BODY_MAX_BYTES = 10_000_000;
// How soon a system of files looks for what was put down for it.
const TEND_MS = 25;

interface Running {
  readonly sandbox: Sandbox;
  readonly context: SandboxContext;
  readonly books: OpenLedger;
  readonly log: RequestLog;
  readonly faults: FaultQueue;
  readonly hanging: Set<ServerResponse>;
  readonly setRule: (name: string, on: boolean) => void;
  readonly onExchange: SandboxOptions["onExchange"];
}

/**
 * Starts the sandbox on 127.0.0.1 (a free port unless one is given) and seeds its ledger when that is empty. Rejects
 * when the port is taken or `off` names a rule that the sandbox does not have.
 */
export async function startSandbox(sandbox: Sandbox, options: SandboxOptions): Promise<RunningSandbox> {
  const rules = ruleSwitch(sandbox, options.off ?? []);
  const now = options.now ?? Date.now;
  const books = openLedger(options.folder);
  if (books.ledger.empty) books.batch(() => sandbox.seed(books.ledger, options.world, now()));
  const log = openRequestLog(options.folder);
  const faults = faultQueue();
  const server = createServer();
  const port = await listen(server, options.port ?? 0).catch((cause: unknown) => {
    log.close();
    books.close();
    throw cause;
  });
  const origin = `http://127.0.0.1:${port}`;
  const context: SandboxContext = {
    ledger: books.ledger,
    world: options.world,
    now,
    rule: rules.rule,
    origin,
  };
  const running: Running = {
    sandbox,
    context,
    books,
    log,
    faults,
    hanging: new Set(),
    setRule: rules.setRule,
    onExchange: options.onExchange,
  };
  server.on("request", (message, response) => {
    serve(message, response, running).catch((cause: unknown) => {
      // A client that went away while it was sending is its own affair.
      if (message.complete) console.error(cause);
      message.socket.destroy();
    });
  });
  const { tend, show } = await openFolder(running, options.folder);
  const housekeeping = sandbox.open === undefined ? undefined : setInterval(tend, TEND_MS);
  let closing: Promise<void> | undefined;
  return {
    name: sandbox.name,
    origin,
    baseUrl: origin + sandbox.basePath,
    environment: sandbox.environment(origin + sandbox.basePath, options.folder),
    ledger: books.ledger,
    log: log.lines,
    fault: faults.add,
    setRule: rules.setRule,
    tend,
    show,
    close: () => {
      clearInterval(housekeeping);
      closing ??= close(server, running);
      return closing;
    },
  };
}

/** Opens the files of a system that is no server; answers with what it does by itself. */
async function openFolder(
  { sandbox, context, books, log }: Running,
  folder: string | undefined,
): Promise<Housekeeping> {
  if (sandbox.open === undefined) return { tend: () => {}, show: () => {} };
  if (folder === undefined) throw new Error(`the ${sandbox.name} sandbox needs a folder`);
  const housekeeping = await sandbox.open({
    ...context,
    folder,
    log: ({ to, status, body }) => {
      const at = new Date(context.now()).toISOString();
      log.add({ at, method: "IMPORT", url: `/${to}`, status, write: status === 200, body });
    },
  });
  const tend = () => books.batch(() => housekeeping.tend());
  tend();
  return { tend, show: () => books.batch(() => housekeeping.show()) };
}

async function serve(message: IncomingMessage, response: ServerResponse, running: Running): Promise<void> {
  const body = await readBody(message);
  if (body === undefined) return send(response, { status: 413, headers: { connection: "close" } });
  const request = toRequest(message, body);
  if (request.path.startsWith(CONTROL_PATH)) {
    const { faults, hanging, setRule } = running;
    const controls = { faults, setRule, hung: () => hanging.size };
    return send(response, answerControl(request.method, request.path, body, controls));
  }
  const url = message.url ?? "/";
  const fault = running.faults.take(request.method, url);
  const { reply, write } = outcome(request, fault, running);
  running.log.add({
    at: new Date(running.context.now()).toISOString(),
    method: request.method,
    url,
    status: reply?.status ?? 0,
    write,
    body,
    ...(fault === undefined ? {} : { fault: fault.kind }),
  });
  running.onExchange?.({ request, url, reply, fault: fault?.kind });
  finish(response, reply, fault, running);
}

/** What the request came to; no reply when it was cut before anything happened. */
function outcome(
  request: SandboxRequest,
  fault: Fault | undefined,
  running: Running,
): { readonly reply: SandboxReply | undefined; readonly write: boolean } {
  if (fault?.kind === "before") return { reply: undefined, write: false };
  if (fault?.kind === "reply") return { reply: fault.reply ?? { status: 503 }, write: false };
  const found = findRoute(running.sandbox.routes, request);
  const reply = answer(found?.route, found?.request ?? request, running);
  const changing = found?.route.write?.(found.request) ?? !["GET", "HEAD"].includes(request.method);
  return { reply, write: found !== undefined && changing && reply.status >= 200 && reply.status < 300 };
}

function answer(route: Route | undefined, request: SandboxRequest, running: Running): SandboxReply {
  const { sandbox, context, books } = running;
  try {
    return books.batch(() => {
      const early = sandbox.before?.(request, context);
      return (
        early ?? (route === undefined ? sandbox.notFound(request, context) : route.handle(request, context))
      );
    });
  } catch (cause) {
    console.error(cause);
    return { status: 500, body: { message: `the ${sandbox.name} sandbox failed, see its stderr` } };
  }
}

function findRoute(
  routes: readonly Route[],
  request: SandboxRequest,
): { readonly route: Route; readonly request: SandboxRequest } | undefined {
  for (const route of routes) {
    if (route.method !== request.method) continue;
    const match = route.path.exec(request.path);
    if (match === null || match[0] !== request.path) continue;
    return { route, request: { ...request, params: { ...match.groups } } };
  }
  return undefined;
}

/** Lets the answer leave, or does to it what the fault says. */
function finish(
  response: ServerResponse,
  reply: SandboxReply | undefined,
  fault: Fault | undefined,
  running: Running,
): void {
  if (reply === undefined || fault?.kind === "commit_then_cut") {
    response.socket?.destroy();
  } else if (fault?.kind === "commit_then_hang") {
    running.hanging.add(response);
    response.on("close", () => running.hanging.delete(response));
  } else {
    send(response, reply, fault?.kind === "cut_body");
  }
}

function send(response: ServerResponse, reply: SandboxReply, cut = false): void {
  const { status, body, headers } = reply;
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const bytes = Buffer.from(text);
  response.statusCode = status;
  if (body !== undefined && typeof body !== "string") {
    response.setHeader("content-type", "application/json; charset=utf-8");
  }
  if (status !== 204 && status !== 304) response.setHeader("content-length", bytes.length);
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  if (!cut) response.end(bytes);
  else response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
}

/** The body's text, undefined when it is larger than a vendor would take. */
async function readBody(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    // The rest is read and dropped: a client in the middle of sending would otherwise see no answer at all.
    if (size <= BODY_MAX_BYTES) chunks.push(bytes);
  }
  return size > BODY_MAX_BYTES ? undefined : Buffer.concat(chunks).toString("utf8");
}

function toRequest(message: IncomingMessage, body: string): SandboxRequest {
  const [path = "/", ...query] = (message.url ?? "/").split("?");
  return {
    method: message.method ?? "GET",
    path: decoded(path),
    query: new URLSearchParams(query.join("?")),
    headers: message.headers,
    body,
    params: {},
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A stray percent sign: no route will match it, which is the vendor's answer too.
    return path;
  }
}

function ruleSwitch(sandbox: Sandbox, off: readonly string[]) {
  const switchedOff = new Set<string>();
  const setRule = (name: string, on: boolean): void => {
    if (!Object.hasOwn(sandbox.rules, name)) {
      throw new Error(
        `${sandbox.name} has no rule "${name}"; it has ${Object.keys(sandbox.rules).join(", ")}`,
      );
    }
    if (on) switchedOff.delete(name);
    else switchedOff.add(name);
  };
  for (const name of off) setRule(name, false);
  return { setRule, rule: (name: string) => !switchedOff.has(name) };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function close(server: Server, running: Running): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      running.log.close();
      running.books.close();
      resolve();
    });
    server.closeAllConnections();
  });
}
