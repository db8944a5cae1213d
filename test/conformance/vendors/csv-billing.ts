import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Facts } from "../facts.ts";
import { change, referenceFacts, referenceRules } from "./reference-billing.ts";

let files = 0;

export const facts: Facts = {
  ...referenceFacts,
  system: (env) => ({ settings: { folder: env["CSV_BILLING_FOLDER"] ?? "", quiet_ms: 0 } }),
  deleted: {
    entity: "customer",
    act: (books) => {
      change(books, "customers", "5203", { status: "inactive" });
      return "5203";
    },
    shows: "status",
  },
  files: {
    empty: (_books, folder) => {
      for (const name of exportsOf(folder)) {
        const [header = ""] = readFileSync(join(folder, "in", name), "utf8").split("\r\n");
        writeFileSync(join(folder, "in", name), `${header}\r\n`);
      }
    },
    tear: (folder, line) => {
      const [name = ""] = exportsOf(folder);
      const [header, row = ""] = readFileSync(join(folder, "in", name), "utf8").split("\r\n");
      // Its child rows come first: without them it is no whole export, whatever its name.
      const half = `${header}\r\n${row.replace(/^[^,]*/, "half")}\r\n${row.slice(0, 20)}`;
      writeFileSync(join(folder, "in", "customers-999999.csv"), half);
      writeFileSync(join(folder, "out", "20990101T000000000Z-torn.ndjson.tmp"), line);
    },
    garble: (folder) => {
      const page = "<!doctype html><title>Maintenance</title>\n";
      // Beside the page the files of its child rows, without which it would be waited for.
      for (const table of ["customer_emails", "customer_fields", "customer_contracts", "customers"])
        writeFileSync(join(folder, "in", `${table}-999999.csv`), page);
    },
    garbled: /-999999\.csv is not read: it has no column/,
  },
  rules: referenceRules(({ environment }, lines) => {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    writeFileSync(join(environment["CSV_BILLING_FOLDER"] ?? "", "out", `${++files}.ndjson`), text);
  }),
};

function exportsOf(folder: string): readonly string[] {
  return readdirSync(join(folder, "in")).filter((name) => /^customers-\d+\.csv$/.test(name));
}
