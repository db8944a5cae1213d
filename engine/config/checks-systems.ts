import { nearMiss } from "../core/near-miss.ts";
import type { Problem } from "../core/problem.ts";
import { allowedHint } from "./allowed-hint.ts";
import { problemAt } from "./codes.ts";
import type { AuthSpec } from "./connector-types.ts";
import type { Env } from "./interpolate.ts";
import { resolveSecret, secretsOf } from "./secrets.ts";
import { keyFinder, type NodeSources, placeFinder, pointerTo } from "./source.ts";
import type { SystemConfig } from "./types.ts";

/** What is wrong with the systems of client.yaml: addresses, secrets, entities enabled by name. */
export function checkSystems(
  systems: Iterable<SystemConfig>,
  nodes: NodeSources,
  env: Env,
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const system of systems) {
    problems.push(
      ...addressProblems(system, nodes),
      ...settleProblems(system, nodes),
      ...secretProblems(system, nodes, env),
      ...unverifiedProblems(system, nodes),
    );
  }
  return problems;
}

function addressProblems({ name, base_url }: SystemConfig, nodes: NodeSources): readonly Problem[] {
  // A variable that is not set has its own problem.
  if (base_url === undefined || base_url.includes("${")) return [];
  const refuse = (message: string, hint: string): readonly Problem[] => [
    problemAt("TP2606", placeFinder(nodes)(pointerTo("/systems", name, "base_url")), message, hint),
  ];
  if (!URL.canParse(base_url)) return refuse("base_url is no address", "Example: https://api.example.com.");
  const url = new URL(base_url);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return refuse(
      `base_url has the protocol ${url.protocol}`,
      "Write https:// (or http:// for a test system).",
    );
  }
  if (url.username !== "" || url.password !== "") {
    return refuse("base_url holds a user or password", "Give them under auth, as env:NAME or file:PATH.");
  }
  if (url.search !== "" || url.hash !== "") {
    return refuse("base_url has a ? or # part", "Leave it out: the connector adds what it needs.");
  }
  return [];
}

/**
 * A look-up that comes before the vendor shows the write finds nothing, and the write is sent again: only systems on this
 * machine, sandboxes that show all at once, may be asked sooner than the connector says.
 */
function settleProblems(system: SystemConfig, nodes: NodeSources): readonly Problem[] {
  const { name, connector, base_url } = system;
  if (connector.driver !== "http" || isOnThisMachine(base_url)) return [];
  return (["settle_ms", "settle_again_ms"] as const).flatMap((key) => {
    const [given, wanted] = [system[key], connector[key]];
    if (given === undefined || given >= wanted) return [];
    const place = placeFinder(nodes)(pointerTo("/systems", name, key));
    const message = `${key} is ${given}, and ${connector.title} needs ${wanted}: a write whose answer was lost could be made twice`;
    return [problemAt("TP2608", place, message, "Leave it out; a shorter wait is for sandboxes.")];
  });
}

/** Also where a variable that is not set leaves the address unknown: that has its own problem. */
function isOnThisMachine(base_url: string | undefined): boolean {
  if (base_url === undefined) return false;
  if (!URL.canParse(base_url)) return true;
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(base_url).hostname);
}

function secretProblems(
  { name, auth, connector }: SystemConfig,
  nodes: NodeSources,
  env: Env,
): readonly Problem[] {
  const wanted = secretsOf({ connector });
  const at = pointerTo("/systems", name, "auth");
  const problems: Problem[] = [];
  const absent: { readonly key: string; readonly reference: string; readonly reason: string }[] = [];
  for (const [key, reference] of Object.entries(auth)) {
    if (!Object.hasOwn(wanted, key)) {
      const place = keyFinder(nodes)(pointerTo(at, key));
      const message = `the connector ${connector.connector} knows no secret "${key}"`;
      problems.push(problemAt("TP2603", place, message, allowedHint(key, Object.keys(wanted))));
      continue;
    }
    const secret = resolveSecret(reference, env);
    if (!secret.ok) absent.push({ key, reference, reason: secret.reason });
  }
  const [first] = absent;
  if (first !== undefined) {
    // One warning a system: on a machine that only checks, none of them is there.
    const place = placeFinder(nodes)(pointerTo(at, first.key));
    const each = absent.map(({ key, reason }) => `"${key}" (${reason})`).join(", ");
    const hint = "Commands that connect to this system need them.";
    const code = first.reference.startsWith("env:") ? "TP2604" : "TP2607";
    const message = `secrets of ${name} that are not there yet: ${each}`;
    problems.push({ ...problemAt(code, place, message, hint), severity: "warning" });
  }
  const replaced = connector.driver === "http" ? replacedByLogin(connector.auth) : [];
  const unknown = Object.keys(auth).filter((key) => !Object.hasOwn(wanted, key));
  const misspelt = unknown.map((key) => nearMiss(key, Object.keys(wanted)));
  for (const [key, what] of Object.entries(wanted)) {
    if (replaced.includes(key)) continue;
    // A secret written in clear was taken out of `auth`; it has its own problem.
    if (Object.hasOwn(auth, key) || nodes.has(pointerTo(at, key)) || misspelt.includes(key)) continue;
    const place = keyFinder(nodes)(at);
    const message = `the connector ${connector.connector} needs the secret "${key}" under auth`;
    problems.push(problemAt("TP2602", place, message, `${what} Write ${key}: env:NAME or file:PATH.`));
  }
  return problems;
}

/** Secrets that give the first refresh token: not needed where `tripoint connect` can get one. */
function replacedByLogin(auth: AuthSpec): readonly string[] {
  if (auth.kind !== "oauth2_refresh" || auth.authorize === undefined) return [];
  return [...auth.refresh_token.matchAll(/\$auth\s*\.\s*(\w+)/g)].map(([, name = ""]) => name);
}

function unverifiedProblems(
  { name, allow_unverified, connector }: SystemConfig,
  nodes: NodeSources,
): readonly Problem[] {
  return allow_unverified.flatMap((entity, index) => {
    if (connector.entities[entity] !== undefined) return [];
    const place = placeFinder(nodes)(pointerTo("/systems", name, "allow_unverified", index));
    const message = `the connector ${connector.connector} has no entity "${entity}"`;
    return [problemAt("TP2203", place, message, allowedHint(entity, Object.keys(connector.entities)))];
  });
}
