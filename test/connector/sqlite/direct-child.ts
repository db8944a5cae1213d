import { sent, systemIn, writeOf } from "../../support/own-connector.ts";
import { DIRECT, firm } from "./direct-system.ts";

/** Creates one firm a call in the database of a folder, and says the number of each that is done; until it is killed. */
const [, , folder = ""] = process.argv;
const connection = systemIn({ after: () => {} }, folder, DIRECT).open();
for (let n = 1; ; n += 1) {
  await sent(connection, [writeOf("create", "customer", `S${n}`, firm(n))]);
  process.stdout.write(`${n}\n`);
}
