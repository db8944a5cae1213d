import { test } from "node:test";
import { listSandboxes, loadCapabilities } from "../../engine/commands/sandbox-files.ts";
import { assertGenerated } from "./generated.ts";

/** The README's table of connectors and capabilities is made from what the connectors say of themselves. */

test("README: the table of capabilities is what the connectors say; UPDATE_GOLDEN=1 writes it anew", async () => {
  assertGenerated("capabilities", await capabilityTable());
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
