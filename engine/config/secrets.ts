import { readFileSync } from "node:fs";
import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import type { Env } from "./interpolate.ts";
import { type NodeSources, pointerTo } from "./source.ts";
import type { ClientConfig, SecretReference, SystemConfig } from "./types.ts";

/** What a secret field may hold: the name of a variable or the path of a file, never the secret itself. */
export const SECRET_REFERENCE = /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/;

const SECRET_BYTES_MAX = 64 * 1024;

export type ResolvedSecret =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly reason: string };

/**
 * The secret behind `env:NAME` or `file:PATH`, read when it is used and kept nowhere. A file's last line end is cut
 * off; a relative path is taken from the current folder. The reason of a failure names the variable or path, never a value.
 */
export function resolveSecret(reference: SecretReference, env: Env): ResolvedSecret {
  if (reference.startsWith("env:")) {
    const name = reference.slice("env:".length);
    const value = env[name];
    if (value === undefined || value === "") return { ok: false, reason: `the variable ${name} is not set` };
    return { ok: true, value };
  }
  if (!reference.startsWith("file:")) return { ok: false, reason: "it is neither env:NAME nor file:PATH" };
  return readSecretFile(reference.slice("file:".length));
}

function readSecretFile(path: string): ResolvedSecret {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > SECRET_BYTES_MAX) return { ok: false, reason: `the file ${path} is too large` };
    const value = bytes.toString("utf8").replace(/\r?\n$/, "");
    return value === "" ? { ok: false, reason: `the file ${path} is empty` } : { ok: true, value };
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
    return { ok: false, reason: `the file ${path} cannot be read (${code})` };
  }
}

/** Errors for the secrets of a client that are not there: for commands that connect to its systems. */
export function missingSecrets(config: ClientConfig, env: Env): readonly Problem[] {
  const problems: Problem[] = [];
  for (const system of config.systems.values()) {
    for (const [name, reference] of Object.entries(system.auth)) {
      const secret = resolveSecret(reference, env);
      if (secret.ok) continue;
      const place = config.placeOf(pointerTo("/systems", system.name, "auth", name));
      const code = reference.startsWith("env:") ? "TP2604" : "TP2607";
      const message = `the secret "${name}" of ${system.name} is not there: ${secret.reason}`;
      problems.push(problemAt(code, place, message, "Set it before connecting."));
    }
  }
  return problems;
}

/**
 * client.yaml's text with what looks like a secret in it blotted out, character for character, so that columns stay
 * right. Where the file could not be parsed, the names of the keys decide.
 */
export function blotSecrets(text: string, nodes: NodeSources): string {
  const blotted = text.replace(
    SECRET_LINE,
    (_line, key: string, value: string) => key + "*".repeat(value.length),
  );
  const characters = blotted.replace(
    USER_INFO,
    (_url, start: string, user: string) => start + "*".repeat(user.length),
  );
  let result = characters;
  for (const [pointer, { start, end, style }] of nodes) {
    if (!/^\/(systems\/[^/]+\/auth|notify\/webhook)(\/|$)/.test(pointer) || style === undefined) continue;
    const written = text.slice(start, end);
    if (SECRET_REFERENCE.test(written.replace(/^["']|["']$/g, ""))) continue;
    result = result.slice(0, start) + written.replace(/[^\n]/g, "*") + result.slice(end);
  }
  return result;
}

const SECRET_LINE =
  /((?:password|passwd|secret|token|private_key|api_key|gateway_key|webhook)["']?[ \t]*:[ \t]*)(?!["']?(?:env|file):)([^\s,}#][^\n,}]*)/gi;
const USER_INFO = /(https?:\/\/)([^\s/@]+)(?=@)/g;

/** Secrets that a connector wants under `auth`: name → what it is. Files have none. */
export function secretsOf({ connector }: Pick<SystemConfig, "connector">): {
  readonly [name: string]: string;
} {
  return connector.driver === "http" ? connector.auth.secrets : {};
}
