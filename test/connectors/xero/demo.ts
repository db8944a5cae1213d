import { sandbox } from "../../../connectors/xero/sandbox.ts";
import type { Swap } from "../../support/swapped-demo.ts";

/** The demo's client with Xero for its accounting. */
export const XERO: Swap = {
  role: "accounting",
  sandbox,
  system: `
connector: xero
base_url: \${XERO_URL}
settings: { tenant_id: "\${XERO_TENANT}", token_url: "\${XERO_URL}/connect/token" }
auth: { client_id: env:XERO_ID, client_secret: env:XERO_SECRET, refresh_token: env:XERO_REFRESH }
settle_ms: 100
settle_again_ms: 100
`,
  // Xero has no records of terms: what the map names are rules.
  files: {
    "terms.yaml": `code_map: terms
rows:
  - { code: "1", name: Net 15, billing: "3", accounting: "net:15" }
  - { code: "2", name: Net 30, billing: "4", accounting: "net:30" }
  - { code: "3", name: Net 45, billing: "5", accounting: "net:45" }
`,
  },
};
