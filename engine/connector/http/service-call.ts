import type { HttpSystem } from "../../config/types.ts";
import type { Clock } from "../../core/clock.ts";
import type { Redactor } from "../redact.ts";
import type { Exchange, HttpRequest } from "../transport.ts";
import { SystemError } from "../types.ts";
import type { Answer } from "./judge.ts";

/** Calls that come before the API itself: token services and the look-up of the address. */
export interface ServiceDeps {
  readonly system: HttpSystem;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Sends and counts one request, without credentials of its own. */
  readonly exchange: (request: HttpRequest) => Promise<Exchange>;
}

const ATTEMPTS = 3;
const WAIT_MS = 1000;

/**
 * The service's answer, good or not, after a few attempts when it is down. Throws SystemError "unreachable". A service
 * that refuses with a 5xx is known by `isDown`.
 */
export async function askService(
  service: string,
  request: HttpRequest,
  deps: ServiceDeps,
  isDown: (answer: Answer) => boolean | Promise<boolean> = ({ status }) => status >= 500 || status === 429,
): Promise<Answer> {
  const { system, clock, redactor } = deps;
  for (let attempt = 1; ; attempt++) {
    const answer = await deps.exchange(request);
    if (answer.kind === "answer" && !(await isDown(answer))) return answer;
    if (attempt === ATTEMPTS) {
      const what = answer.kind === "answer" ? `it answered ${answer.status}` : answer.message;
      const message = `The ${service} of ${system.connector.title} (${system.name}) at ${request.url.host} cannot be reached: ${what}.`;
      throw new SystemError(system.name, "unreachable", redactor.redact(message));
    }
    await clock.sleep(WAIT_MS * attempt);
  }
}
