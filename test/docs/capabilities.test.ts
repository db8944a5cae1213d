import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { listSandboxes, loadCapabilities } from "../../engine/commands/sandbox-files.ts";
import { packageRoot } from "../../engine/config/root.ts";

/** The README's table of connectors and capabilities is made from what the connectors say of themselves. */

const README = join(packageRoot(), "README.md");
const BEGIN = /<!-- capabilities:[^\n]*-->\n/;
const END = "<!-- /capabilities -->";

test("README: the table of capabilities is what the connectors say; UPDATE_GOLDEN=1 writes it anew", async () => {
  const text = readFileSync(README, "utf8");
  const begin = BEGIN.exec(text);
  assert.ok(begin);
  const start = begin.index + begin[0].length;
  const end = text.indexOf(END);
  assert.ok(end >= start);
  const table = await capabilityTable();
  if (process.env["UPDATE_GOLDEN"] === "1")
    writeFileSync(README, text.slice(0, start) + table + text.slice(end));
  else assert.equal(text.slice(start, end), table);
});

async function capabilityTable(): Promise<string> {
  const columns = await Promise.all(
    listSandboxes().map(async (name) => ({ name, capabilities: await loadCapabilities(name) })),
  );
  const described = columns.filter(({ capabilities }) => capabilities.length > 0);
  const rows = (described[0]?.capabilities ?? []).map(({ capability, does }, row) => {
    const cells = described.map(({ capabilities }) => capabilities[row]?.basis.replace("none", "–") ?? "");
    return [`\`${capability}\`: ${does}`, ...cells];
  });
  const head = ["capability", ...described.map(({ name }) => name)];
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`);
  return lines.join("");
}
