/** What the demo's client.yaml says of HaloPSA when it is the PSA. */
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of client.yaml
export const HALO = {
  connector: "halopsa",
  base_url: "${HALO_URL}",
  settings: {
    auth_url: "${HALO_AUTH_URL}",
    tenant: "${HALO_TENANT}",
    contract_types: { Voice: "telecom", "Managed Services": "managed_services" },
    contract_statuses: { "1": "draft", "2": "signed", "3": "expired", "4": "cancelled" },
    country: "US",
  },
  auth: { client_id: "env:HALO_CLIENT_ID", client_secret: "env:HALO_CLIENT_SECRET" },
  settle_ms: 100,
  settle_again_ms: 100,
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of client.yaml
