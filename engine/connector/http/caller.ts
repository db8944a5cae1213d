import type { HttpSystem } from "../../config/types.ts";
import type { Clock } from "../../core/clock.ts";
import type { Json } from "../../core/json.ts";
import { unreachable } from "../../core/unreachable.ts";
import type { Redactor } from "../redact.ts";
import type { Exchange, HttpRequest } from "../transport.ts";
import type { SystemError } from "../types.ts";
import type { Auth } from "./credentials.ts";
import { keepsFailing, loginRefused, notAnswered, notJson, rateLimited, refusedCall } from "./failures.ts";
import type { Gate } from "./gate.ts";
import { type Answer, isGood, type Judge, type Verdict } from "./judge.ts";
import type { ApiRequest } from "./requests.ts";
import { retryAfterMs } from "./retry-after.ts";

/** Sends requests with credentials, within the limits. Reads are repeated when that may help; writes never are. */
export interface Caller {
  /** The body of a good answer; "not_found" for that class, "not_modified" for a 304. Throws SystemError for all else. */
  read(request: ApiRequest): Promise<ReadAnswer>;
  /**
   * What became of one write. Its bytes go out again only where the system has said that it stored nothing: too many
   * requests, or a login that had ended. Throws SystemError when nothing was stored and nothing can be.
   */
  write(request: ApiRequest): Promise<WriteAnswer>;
}

export type ReadAnswer =
  | { readonly kind: "body"; readonly body: Json; readonly headers: Answer["headers"] }
  | { readonly kind: "not_found" }
  /** Nothing has changed since the time that the request named. */
  | { readonly kind: "not_modified"; readonly headers: Answer["headers"] };

export type WriteAnswer =
  | { readonly kind: "answer"; readonly answer: Answer; readonly verdict: Verdict }
  | { readonly kind: "unknown"; readonly message: string };

export interface CallerDeps {
  readonly system: HttpSystem;
  readonly auth: Auth;
  readonly judge: Judge;
  readonly gate: Gate;
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
async function send(request: ApiRequest, deps: CallerDeps): Promise<Sent> {
  const { system, auth, judge, gate } = deps;
  let renewed = false;
  for (let limited = 0; ; ) {
    const credentials = await auth.headers();
    const headers = { ...request.headers, ...credentials };
    const answer = await gate.run(request.endpoint, () => deps.exchange({ ...request, headers }));
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
    gate.pause(wait);
  }
}

async function read(request: ApiRequest, deps: CallerDeps): Promise<ReadAnswer> {
  const { clock } = deps;
  for (let attempt = 1; ; attempt++) {
    const sent = await send(request, deps);
    if (sent.kind === "answer" && !isPassing(sent.answer, sent.verdict)) {
      return readAnswer(sent.answer, sent.verdict, request, deps);
    }
    if (attempt === ATTEMPTS) throw gaveUp(sent, request, deps);
    const asked =
      sent.kind === "answer" ? retryAfterMs(sent.answer.headers["retry-after"], clock.now()) : undefined;
    const wait = asked ?? BACKOFF_MS * 2 ** (attempt - 1);
    if (wait > deps.system.connector.limits.retry_after_max_ms) throw gaveUp(sent, request, deps);
    await clock.sleep(wait);
  }
}

/** True for a failure after which the same read may do better. */
export function isPassing({ status }: Answer, { class: meaning }: Verdict): boolean {
  if (status === 408 || meaning === "transient" || meaning === "unknown_outcome") return true;
  return meaning === undefined && status >= 500;
}

function readAnswer(answer: Answer, verdict: Verdict, request: HttpRequest, deps: CallerDeps): ReadAnswer {
  if (verdict.class === "not_found") return { kind: "not_found" };
  const isConditional = Object.keys(request.headers).some((name) => name.startsWith("if-"));
  if (answer.status === 304 && isConditional) return { kind: "not_modified", headers: answer.headers };
  if (verdict.class !== undefined || !isGood(answer)) throw refusedCall(answer, verdict, request, deps);
  const { body, headers } = answer;
  if (body === undefined) throw notJson(answer, request, deps);
  return { kind: "body", body, headers };
}

async function write(request: ApiRequest, deps: CallerDeps): Promise<WriteAnswer> {
  const { system, redactor } = deps;
  const { title } = system.connector;
  const sent = await send(request, deps);
  switch (sent.kind) {
    case "not_sent":
      throw notAnswered(sent, request, deps);
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

function gaveUp(sent: Sent, request: HttpRequest, deps: CallerDeps): SystemError {
  return sent.kind === "answer"
    ? keepsFailing(sent.answer, sent.verdict, deps)
    : notAnswered(sent, request, deps);
}
