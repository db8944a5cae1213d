import type { System } from "../../support/demo-client.ts";

/** What the demo's client.yaml would say of these books. */
export const SAGE_INTACCT: System = {
  connector: "sage-intacct",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of client.yaml
  base_url: "${INTACCT_URL}",
  settings: { location: "US-FL", department: "20" },
  auth: { client_id: "env:INTACCT_ID", client_secret: "env:INTACCT_SECRET", username: "env:INTACCT_USER" },
  settle_ms: 100,
  settle_again_ms: 100,
};
