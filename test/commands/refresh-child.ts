import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { loadClient } from "../../engine/config/load-client.ts";
import { resolveSecret } from "../../engine/config/secrets.ts";
import { openConnection } from "../../engine/connector/open-connection.ts";
import { SystemError } from "../../engine/connector/types.ts";
import { systemClock } from "../../engine/core/clock.ts";
import { openTokenStore } from "../../engine/state/tokens.ts";

/** A process of its own for refresh.test.ts: reads the books of argv[2] with the tokens of argv[3], once per line. */

const [, , root = "", state = ""] = process.argv;
const { config } = loadClient(root, "acme", process.env, root);
const system = config?.systems.get("accounting");
if (config === undefined || system === undefined) throw new Error("the client cannot be loaded");
const connection = openConnection({
  system,
  currency: config.currency,
  codes: config.codes,
  secret: (reference) => resolveSecret(reference, process.env),
  tokens: openTokenStore(state),
  clock: systemClock,
});

for await (const _ of createInterface({ input: process.stdin })) {
  try {
    for await (const page of connection.list("customer", { since: undefined, parents: undefined })) {
      writeSync(1, `read ${page.records.length > 0}\n`);
      break;
    }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    writeSync(1, `${error.kind} ${error.message}\n`);
  }
}
await connection.close();
