import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Facts } from "../facts.ts";
import { referenceFacts, referenceRules } from "./reference-billing.ts";

const OUTBOX = "billing.db.outbox.ndjson";

export const facts: Facts = {
  ...referenceFacts,
  system: (env) => ({ settings: { database: env["SQLITE_BILLING_DB"] ?? "" } }),
  deleted: {
    entity: "customer",
    act: ({ ledger }) => {
      ledger.remove("customers", "5203");
      return "5203";
    },
    shows: "absent",
  },
  files: {
    empty: ({ ledger }) => {
      for (const { id } of ledger.all("customers")) ledger.remove("customers", String(id));
    },
    tear: (folder, line) => appendFileSync(join(folder, OUTBOX), line),
    garble: (folder) => {
      const file = join(folder, "billing.db");
      rmSync(file);
      writeFileSync(file, "<!doctype html><title>Maintenance</title>");
    },
    garbled: /billing\.db is no SQLite database/,
  },
  rules: referenceRules(({ environment }, lines) => {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    appendFileSync(`${environment["SQLITE_BILLING_DB"]}.outbox.ndjson`, text);
  }),
};
