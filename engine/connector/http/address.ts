import { toBytes } from "../records/bytes.ts";
import { SystemError } from "../types.ts";
import { isPassing } from "./caller.ts";
import { type AuthDeps, resolvedSecrets } from "./given.ts";
import { type Answer, isGood, type Judge } from "./judge.ts";
import { addressIn, isOwnAddress, toRequest } from "./requests.ts";
import { askService } from "./service-call.ts";

/** Where a system's API begins: the base URL, or what a call to it says once per connection. */
export type Address = () => Promise<string>;

interface AddressDeps extends AuthDeps {
  readonly judge: Judge;
}

export function createAddress(deps: AddressDeps): Address {
  if (deps.programs.discovery === undefined) return async () => deps.baseUrl;
  let found: Promise<string> | undefined;
  return () => {
    found ??= discover(deps).catch((cause: unknown) => {
      // The next pipeline asks anew.
      found = undefined;
      throw cause;
    });
    return found;
  };
}

async function discover(deps: AddressDeps): Promise<string> {
  const { system, programs, scope, baseUrl, judge } = deps;
  const { discovery } = programs;
  if (discovery === undefined) throw new Error("there is no call to ask for the address");
  const bytes = toBytes("GET", await scope.value(discovery.request, null, { auth: resolvedSecrets(deps) }));
  const request = toRequest(baseUrl, { ...bytes, headers: { accept: "application/json" } });
  // There are systems that refuse with a 500; their error table tells it from trouble.
  const isDown = async (answer: Answer): Promise<boolean> => {
    const verdict = await judge.verdict(answer);
    return verdict.class === "rate_limited" || isPassing(answer, verdict);
  };
  const answer = await askService("address look-up", request, deps, isDown);
  const { name, connector } = system;
  // Nothing is asked with but what stands under auth: who gets no answer has that wrong.
  const kind = isGood(answer) ? "answer" : "login";
  const refuse = (what: string): SystemError =>
    new SystemError(name, kind, `${connector.title} (${name}) at ${request.url.host} ${what}.`);
  const said = isGood(answer) ? await scope.value(discovery.baseUrl, answer.body ?? null) : undefined;
  if (typeof said !== "string" || said === "") {
    throw refuse(
      `does not say where its API is (status ${answer.status}): check ${Object.values(system.auth).join(", ")}`,
    );
  }
  const url = addressIn(said, request.url);
  if (url === undefined || !isOwnAddress(url, new URL(baseUrl), connector.hosts)) {
    throw refuse(`says that its API is at ${url?.origin ?? "no address"}, which is none of its hosts`);
  }
  return url.href.replace(/\/+$/, "");
}
