import { sandbox } from "../../../connectors/sage-accounting/sandbox.ts";
import type { Swap } from "../../support/swapped-demo.ts";

/** The demo's client with Sage for its accounting. */
export const SAGE: Swap = {
  role: "accounting",
  sandbox,
  system: `
connector: sage-accounting
base_url: \${SAGE_URL}
settings: { business_id: "\${SAGE_BUSINESS}", token_url: "\${SAGE_TOKEN_URL}" }
auth: { client_id: env:SAGE_ID, client_secret: env:SAGE_SECRET, refresh_token: env:SAGE_REFRESH }
settle_ms: 100
settle_again_ms: 100
`,
  files: {
    // Through its API no contact becomes inactive: that is a person's task.
    "customers-accounting.yaml": `pipeline: customers-accounting
extends: ../base/customers-to-accounting.yaml
after: [customers]
source:
  filter: status = "active" and "Client" in categories
source_deleted: hold
`,
    // Sage has no records of terms: what the map names are rules.
    "terms.yaml": `code_map: terms
rows:
  - { code: "1", name: Net 15, billing: "3", accounting: "net:15" }
  - { code: "2", name: Net 30, billing: "4", accounting: "net:30" }
  - { code: "3", name: Net 45, billing: "5", accounting: "net:45" }
`,
  },
};
