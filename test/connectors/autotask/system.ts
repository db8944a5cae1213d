import type { System } from "../../support/demo-client.ts";

/** What the demo's client.yaml would say of this PSA. */
export const AUTOTASK: System = {
  connector: "autotask",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of client.yaml
  base_url: "${AUTOTASK_URL}",
  settings: {
    contract_types: { Voice: "telecom", "Managed Services": "managed_services" },
    signed_field: "Signed",
    category_names: { Customer: "Client" },
  },
  auth: { user: "env:AUTOTASK_USER", secret: "env:AUTOTASK_SECRET", integration_code: "env:AUTOTASK_CODE" },
};
