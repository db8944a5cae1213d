import type { SystemConfig } from "../../config/types.ts";
import type { Clock } from "../../core/clock.ts";
import type { Json } from "../../core/json.ts";
import { unreachable } from "../../core/unreachable.ts";
import type { Limiter } from "../limiter.ts";
import type { Redactor } from "../redact.ts";
import type { Exchange, HttpRequest } from "../transport.ts";
import { SystemError } from "../types.ts";
import type { Auth } from "./auth.ts";
import { type Answer, excerpt, type Judge, type Verdict } from "./judge.ts";
import { addressIn } from "./requests.ts";
import { retryAfterMs } from "./retry-after.ts";

/** Sends requests with credentials, within the limits. Reads are repeated when that may help; writes never are. */
export interface Caller {
  /** The body of a good answer; "not_found" for that class, "not_modified" for a 304. Throws SystemError for everything else. */
  read(request: HttpRequest): Promise<ReadAnswer>;
  /**
   * What became of one write. Its bytes go out again only where the system has said that it stored nothing: too many
   * requests, or a login that had ended. Throws SystemError when nothing was stored and nothing can be.
   */
  write(request: HttpRequest): Promise<WriteAnswer>;
}

export type ReadAnswer =
  | { readonly kind: "body"; readonly body: Json; readonly headers: Answer["headers"] }
  | { readonly kind: "not_found"; readonly words: string }
  /** Nothing has changed since the time that the request named. */
  | { readonly kind: "not_modified"; readonly headers: Answer["headers"] };

export type WriteAnswer =
  | { readonly kind: "answer"; readonly answer: Answer; readonly verdict: Verdict }
  | { readonly kind: "unknown"; readonly message: string };

export interface CallerDeps {
  readonly system: SystemConfig;
  readonly auth: Auth;
  readonly judge: Judge;
  readonly limiter: Limiter;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly exchange: (request: HttpRequest) => Promise<Exchange>;
}

const ATTEMPTS = 4;
const BACKOFF_MS = 500;
const RATE_LIMITED_MAX = 6;

export function createCaller(deps: CallerDeps): Caller {
  return {
    read: (request) => read(request, deps),
    write: (request) => write(request, deps),
  };
}

type Sent =
  | { readonly kind: "answer"; readonly answer: Answer; readonly verdict: Verdict }
  | Exclude<Exchange, { kind: "answer" }>;

/** Sends until the answer is neither "log in again" nor "too many requests". */
async function send(request: HttpRequest, deps: CallerDeps): Promise<Sent> {
  const { system, auth, judge, limiter } = deps;
  let renewed = false;
  for (let limited = 0; ; ) {
    const credentials = await auth.headers();
    const headers = { ...request.headers, ...credentials };
    const answer = await limiter.run(() => deps.exchange({ ...request, headers }));
    if (answer.kind !== "answer") return answer;
    const verdict = await judge.verdict(answer);
    if (verdict.class === "auth") {
      if (renewed || !(await auth.renew(credentials))) throw loginRefused(answer, verdict, deps);
      renewed = true;
      continue;
    }
    if (verdict.class !== "rate_limited") return { kind: "answer", answer, verdict };
    limited += 1;
    const wait =
      retryAfterMs(answer.headers["retry-after"], deps.clock.now()) ?? system.connector.limits.wait_ms;
    if (limited === RATE_LIMITED_MAX || wait > system.connector.limits.retry_after_max_ms) {
      throw rateLimited(wait, limited, deps);
    }
    limiter.pause(wait);
  }
}

async function read(request: HttpRequest, deps: CallerDeps): Promise<ReadAnswer> {
  const { clock } = deps;
  for (let attempt = 1; ; attempt++) {
    const sent = await send(request, deps);
    const passing = whyPassing(sent);
    if (passing === undefined && sent.kind === "answer")
      return readAnswer(sent.answer, sent.verdict, request, deps);
    if (attempt === ATTEMPTS) throw gaveUp(sent, request, deps);
    const asked =
      sent.kind === "answer" ? retryAfterMs(sent.answer.headers["retry-after"], clock.now()) : undefined;
    const wait = asked ?? BACKOFF_MS * 2 ** (attempt - 1);
    if (wait > deps.system.connector.limits.retry_after_max_ms) throw gaveUp(sent, request, deps);
    await clock.sleep(wait);
  }
}

/** Why a read may do better the next time; undefined when it will not. */
function whyPassing(sent: Sent): string | undefined {
  if (sent.kind !== "answer") return sent.message;
  const { answer, verdict } = sent;
  const isPassing =
    answer.status === 408 ||
    verdict.class === "transient" ||
    verdict.class === "unknown_outcome" ||
    (verdict.class === undefined && answer.status >= 500);
  return isPassing ? `it answered ${answer.status}` : undefined;
}

function readAnswer(answer: Answer, verdict: Verdict, request: HttpRequest, deps: CallerDeps): ReadAnswer {
  if (verdict.class === "not_found") return { kind: "not_found", words: verdict.words };
  const isConditional = Object.keys(request.headers).some((name) => name.startsWith("if-"));
  if (answer.status === 304 && isConditional) return { kind: "not_modified", headers: answer.headers };
  if (verdict.class !== undefined || !isGood(answer)) throw refusedCall(answer, verdict, request, deps);
  const { body, headers } = answer;
  if (body === undefined) throw notJson(answer, request, deps);
  return { kind: "body", body, headers };
}

async function write(request: HttpRequest, deps: CallerDeps): Promise<WriteAnswer> {
  const { system, redactor } = deps;
  const { title } = system.connector;
  const sent = await send(request, deps);
  switch (sent.kind) {
    case "not_sent":
      throw gaveUp(sent, request, deps);
    case "broken": {
      const message = `${title} did not answer to the end (${sent.message})`;
      return { kind: "unknown", message: redactor.redact(message) };
    }
    case "answer": {
      const { answer, verdict } = sent;
      if (verdict.class === "forbidden" || verdict.class === "quota") {
        throw refusedCall(answer, verdict, request, deps);
      }
      // A proxy's time-out says nothing of what the system did, whatever rule catches its status.
      if (answer.status === 408)
        return { kind: "unknown", message: `${title} answered 408: ${verdict.words}` };
      return sent;
    }
    default:
      return unreachable(sent);
  }
}

export function isGood({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

function loginRefused({ status }: Answer, { words }: Verdict, { system }: CallerDeps): SystemError {
  const { name, connector } = system;
  const references = Object.values(system.auth).join(", ");
  const message = `${connector.title} (${name}) refused the login (${status}: ${words}). Check ${references}.`;
  return new SystemError(name, "login", message);
}

function rateLimited(wait: number, times: number, { system }: CallerDeps): SystemError {
  const { name, connector } = system;
  const max = connector.limits.retry_after_max_ms;
  const reason =
    wait > max
      ? `it asks to wait ${seconds(wait)}, more than the ${seconds(max)} of retry_after_max_ms`
      : `it said so ${times} times in a row`;
  return new SystemError(
    name,
    "rate_limited",
    `${connector.title} (${name}) takes no more requests: ${reason}.`,
  );
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}

function gaveUp(sent: Sent, { url }: HttpRequest, { system, redactor }: CallerDeps): SystemError {
  const { name, connector } = system;
  if (sent.kind === "answer") {
    const { answer, verdict } = sent;
    const message = `${connector.title} (${name}) keeps answering ${answer.status}: ${verdict.words}.`;
    return new SystemError(name, "answer", message);
  }
  const what = sent.kind === "not_sent" ? "cannot be reached" : "does not answer to the end";
  const message = `${connector.title} (${name}) at ${url.host} ${what}: ${sent.message}.`;
  return new SystemError(name, "unreachable", redactor.redact(message));
}

function refusedCall(answer: Answer, verdict: Verdict, request: HttpRequest, deps: CallerDeps): SystemError {
  const { system, redactor } = deps;
  const { name, connector } = system;
  const target = answer.status >= 300 && answer.status < 400 ? answer.headers["location"] : undefined;
  // Only its origin: the rest of an address may hold a token.
  const host = target === undefined ? undefined : addressIn(target, request.url)?.origin;
  const words =
    target === undefined ? verdict.words : `a redirect to ${host ?? "no address"}, which is not followed`;
  const what = `${request.method} ${request.url.pathname}`;
  const message = `${connector.title} (${name}) answered ${what} with ${answer.status}: ${words}.`;
  const kind = verdict.class === "forbidden" || verdict.class === "quota" ? verdict.class : "answer";
  return new SystemError(name, kind, redactor.redact(message));
}

/** For an answer that is no JSON where JSON is due: status, content type and how it begins. */
export function notJson(answer: Answer, request: HttpRequest, { system, redactor }: CallerDeps): SystemError {
  const type = answer.headers["content-type"] ?? "no content type";
  const message =
    `${system.connector.title} (${system.name}) answered ${request.method} ${request.url.pathname} with ` +
    `${answer.status} and no JSON (${redactor.redact(type)}): ${excerpt(answer.text, redactor)}.`;
  return new SystemError(system.name, "answer", message);
}
