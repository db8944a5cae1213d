import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { packageRoot } from "../../engine/config/root.ts";
import type { LedgerName } from "../../engine/config/types.ts";
import { isObject, type Json } from "../../engine/core/json.ts";

/** An entry of client.yaml's `systems`. */
export type SystemEntry = { readonly connector: string; readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/** What is other in the copy than in the package. */
export interface ClientCopy {
  /** Its folder below mappings/; the demo's unless given. */
  readonly client?: string;
  /** Entries of `systems`, each in place of the client's own. */
  readonly systems?: { readonly [role in LedgerName]?: SystemEntry };
  /** Keys of client.yaml: merged into what is there, null removes. */
  readonly changes?: JsonObject;
  /** Files of the client by name, in place of its own or beside them; null removes. */
  readonly files?: { readonly [name: string]: string | null };
}

/** Copies a client's YAML to `root`/mappings with the changes asked for; answers with who plays which system. */
export function copyClient(
  root: string,
  { client = "demo", systems, changes, files = {} }: ClientCopy,
): { readonly [role in LedgerName]: string } {
  const mappings = join(packageRoot(), "mappings");
  // The world's source is no part of a client.
  const isText = (path: string): boolean => !/\.(ts|js|map)$/.test(path);
  for (const name of ["base", client]) {
    cpSync(join(mappings, name), join(root, "mappings", name), { recursive: true, filter: isText });
  }
  const own = join(root, "mappings", client);
  rmSync(join(own, "world"), { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    if (text === null) rmSync(join(own, name));
    else writeFileSync(join(own, name), text);
  }
  const file = join(own, "client.yaml");
  const before = parse(readFileSync(file, "utf8")) as JsonObject;
  const seated = { ...before, systems: { ...(before["systems"] as JsonObject), ...systems } };
  const decisions = merge(seated, changes ?? {});
  if (systems !== undefined || changes !== undefined) writeFileSync(file, stringify(decisions));
  const seats = decisions["systems"] as { readonly [role in LedgerName]: SystemEntry };
  return {
    psa: seats.psa.connector,
    billing: seats.billing.connector,
    accounting: seats.accounting.connector,
  };
}

function merge(before: JsonObject, changes: JsonObject): JsonObject {
  const merged: { [key: string]: Json } = { ...before };
  for (const [key, value] of Object.entries(changes)) {
    const old = merged[key];
    if (value === null) delete merged[key];
    else merged[key] = isObject(value) && isObject(old) ? merge(old, value) : value;
  }
  return merged;
}
