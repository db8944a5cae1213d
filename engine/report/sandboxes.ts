import { renderTable } from "./table.ts";

/** A sandbox that listens. */
export interface SandboxView {
  readonly connector: string;
  readonly base_url: string;
  /** Variables that point a client at it. */
  readonly environment: { readonly [name: string]: string };
  /** Its ledger.ndjson and requests.ndjson; null when it keeps them in memory. */
  readonly folder: string | null;
}

/** Where the sandboxes listen, a line each. */
export function renderSandboxes(sandboxes: readonly SandboxView[]): string {
  return renderTable(
    [{ title: "sandbox" }, { title: "base URL" }, { title: "books" }],
    sandboxes.map(({ connector, base_url, folder }) => [connector, base_url, folder ?? "in memory"]),
  );
}

/** The vendors' rules that the sandboxes enforce. */
export function renderRules(
  sandboxes: readonly { readonly connector: string; readonly rules: { readonly [name: string]: string } }[],
): string {
  return sandboxes
    .map(({ connector, rules }) => {
      const rows = Object.entries(rules).map(([name, text]) => [`  ${name}`, text]);
      return `${connector}\n${renderTable([{ title: "  rule" }, { title: "" }], rows)}`;
    })
    .join("\n");
}
