import { toBytes } from "../records/bytes.ts";
import { SystemError } from "../types.ts";
import { type AuthDeps, resolvedSecrets } from "./given.ts";
import { isGood } from "./judge.ts";
import { addressIn, isOwnAddress, toRequest } from "./requests.ts";
import { askService } from "./service-call.ts";

/** Where a system's API begins: the base URL, or what a call to it says once per connection. */
export type Address = () => Promise<string>;

export function createAddress(deps: AuthDeps): Address {
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

async function discover(deps: AuthDeps): Promise<string> {
  const { system, programs, scope, baseUrl } = deps;
  const { discovery } = programs;
  if (discovery === undefined) throw new Error("there is no call to ask for the address");
  const bytes = toBytes("GET", await scope.value(discovery.request, null, { auth: resolvedSecrets(deps) }));
  const request = toRequest(baseUrl, { ...bytes, headers: { accept: "application/json" } });
  const answer = await askService("address look-up", request, deps);
  const { name, connector } = system;
  const refuse = (what: string): SystemError =>
    new SystemError(name, "answer", `${connector.title} (${name}) at ${request.url.host} ${what}.`);
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
