import type { HttpSystem } from "../../config/types.ts";
import { type Clock, instant } from "../../core/clock.ts";
import type { Redactor } from "../redact.ts";
import type { Exchange, HttpRequest } from "../transport.ts";
import { SystemError } from "../types.ts";
import { type Answer, excerpt, type Verdict } from "./judge.ts";
import { addressIn } from "./requests.ts";

/** Sentences for a system that cannot be worked with: each names the system and what it said, and no secret. */

interface Told {
  readonly system: HttpSystem;
  readonly redactor: Redactor;
}

/** For a login that is refused and cannot be renewed. */
export function loginRefused({ status }: Answer, { words }: Verdict, { system }: Told): SystemError {
  const { name, connector } = system;
  const references = Object.values(system.auth).join(", ");
  const message = `${connector.title} (${name}) refused the login (${status}: ${words}). Check ${references}.`;
  return new SystemError(name, "login", message);
}

/** For "too many requests" that does not end in the time allowed: a used-up hour or day, when it asks for a long wait. */
export function rateLimited(
  wait: number,
  times: number,
  { system, clock }: Told & { readonly clock: Clock },
): SystemError {
  const { name, connector } = system;
  const max = connector.limits.retry_after_max_ms;
  const isLong = wait > max;
  const reason = isLong
    ? `it asks to wait ${seconds(wait)}, more than the ${seconds(max)} of retry_after_max_ms; they go on at ${instant(clock.now() + wait)}`
    : `it said so ${times} times in a row`;
  const message = `${connector.title} (${name}) takes no more requests: ${reason}.`;
  return new SystemError(name, isLong ? "quota" : "rate_limited", message);
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}

/** For a read that was repeated in vain. */
export function keepsFailing({ status }: Answer, { words }: Verdict, { system }: Told): SystemError {
  const message = `${system.connector.title} (${system.name}) keeps answering ${status}: ${words}.`;
  return new SystemError(system.name, "answer", message);
}

/** For a request that was not sent, or whose answer did not come to its end. */
export function notAnswered(
  { kind, message: cause }: Exclude<Exchange, { kind: "answer" }>,
  { url }: HttpRequest,
  { system, redactor }: Told,
): SystemError {
  const what = kind === "not_sent" ? "cannot be reached" : "does not answer to the end";
  const message = `${system.connector.title} (${system.name}) at ${url.host} ${what}: ${cause}.`;
  return new SystemError(system.name, "unreachable", redactor.redact(message));
}

/** For an answer that means no, or is a redirect. */
export function refusedCall(answer: Answer, verdict: Verdict, request: HttpRequest, deps: Told): SystemError {
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
export function notJson(answer: Answer, request: HttpRequest, { system, redactor }: Told): SystemError {
  const type = answer.headers["content-type"] ?? "no content type";
  const message =
    `${system.connector.title} (${system.name}) answered ${request.method} ${request.url.pathname} with ` +
    `${answer.status} and no JSON (${redactor.redact(type)}): ${excerpt(answer.text, redactor)}.`;
  return new SystemError(system.name, "answer", message);
}
