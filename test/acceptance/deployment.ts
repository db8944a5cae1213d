import { cpSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { parse, stringify } from "yaml";
import type { ClientPlace } from "../../engine/commands/client.ts";
import { run } from "../../engine/commands/run.ts";
import type { RunReport } from "../../engine/sync/types.ts";
import type { Demo } from "../support/demo.ts";
import { type Ledger, openWith } from "./ledgers.ts";

/** Two clients below one root, with one base/, each with systems and a state of its own. */
export interface Deployment {
  readonly first: Demo;
  /** Its files are those of mappings/other; `run` of it is `runOther`. */
  readonly second: Demo;
  /** The second client as the commands take it. */
  readonly other: ClientPlace;
  runOther(): Promise<RunReport>;
}

/** `own`: what differs in the second client, made of its files before they move in beside the first one's. */
export async function openDeployment(
  t: TestContext,
  ledger: Ledger,
  own: (second: Demo) => void,
): Promise<Deployment> {
  const first = await openWith(t, ledger);
  const second = await openWith(t, ledger);
  own(second);
  second.edit("client.yaml", (text) => stringify({ ...parse(text), client: "other" }));
  const { root } = first.place;
  cpSync(join(second.place.root, "mappings", "demo"), join(root, "mappings", "other"), { recursive: true });
  const other = { ...second.place, root, cwd: root, client: "other" };
  return { first, second, other, runOther: () => run(other) };
}
