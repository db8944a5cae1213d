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

/** What a sandbox enforces and its connector can do. */
export interface SandboxDescription {
  readonly connector: string;
  /** Rules that can be switched off, name → what the vendor enforces. */
  readonly rules: { readonly [name: string]: string };
  readonly capabilities: readonly {
    readonly capability: string;
    readonly does: string;
    /** What the vendor's documents say, what is assumed, or nothing. */
    readonly basis: "documented" | "unverified" | "none";
    readonly note: string | null;
  }[];
}

/** The vendors' rules that the sandboxes enforce, and what the connectors are held to. */
export function renderDescriptions(sandboxes: readonly SandboxDescription[]): string {
  return sandboxes
    .map(({ connector, rules, capabilities }) => {
      const ruleRows = Object.entries(rules).map(([name, text]) => [`  ${name}`, text]);
      const rows = capabilities.map(({ capability, basis, does, note }) => [
        `  ${capability}`,
        basis,
        note ?? does,
      ]);
      const rulesTable = renderTable([{ title: "  rule" }, { title: "" }], ruleRows);
      const table = renderTable([{ title: "  capability" }, { title: "basis" }, { title: "" }], rows);
      return `${connector}\n${rulesTable}\n${table}`;
    })
    .join("\n");
}
