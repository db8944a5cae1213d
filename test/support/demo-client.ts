import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { parseDocument } from "yaml";
import { packageRoot } from "../../engine/config/root.ts";
import type { SystemName } from "../../engine/config/types.ts";
import type { Json } from "../../engine/core/json.ts";

/** What client.yaml says of a system. */
export type System = { readonly connector: string; readonly [key: string]: Json };

/** A root with the demo's client in it. */
export interface DemoClient {
  readonly root: string;
  readonly connectors: { readonly [role in SystemName]: string };
}

/** Copies the demo's YAML; its client.yaml then differs under `systems` and nowhere else. Removed after the test. */
export function copyDemoClient(
  t: TestContext,
  systems: { readonly [role in SystemName]?: System },
): DemoClient {
  const root = mkdtempSync(join(tmpdir(), "tripoint-demo-"));
  t.after(() => rmSync(root, { recursive: true }));
  const mappings = join(packageRoot(), "mappings");
  const isText = (path: string): boolean => !path.endsWith(".ts");
  for (const name of ["base", "demo"]) {
    cpSync(join(mappings, name), join(root, "mappings", name), { recursive: true, filter: isText });
  }
  const file = join(root, "mappings", "demo", "client.yaml");
  const document = parseDocument(readFileSync(file, "utf8"));
  for (const [role, system] of Object.entries(systems)) {
    document.setIn(["systems", role], document.createNode(system));
  }
  writeFileSync(file, document.toString());
  const connectorOf = (role: SystemName): string => String(document.getIn(["systems", role, "connector"]));
  const connectors = {
    psa: connectorOf("psa"),
    billing: connectorOf("billing"),
    accounting: connectorOf("accounting"),
  };
  return { root, connectors };
}
