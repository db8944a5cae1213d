/** What the demo's client.yaml says of Rev.io PSA when it is the PSA: every assumed name that the sandbox takes. */
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of client.yaml
export const REVIO_PSA = {
  connector: "revio-psa",
  base_url: "${REVIO_PSA_URL}",
  settings: {
    host: "${REVIO_PSA_HOST}",
    country: "US",
    customer_fields: {
      number: "accountNumber",
      categories: "customerTypes",
      terms: "paymentTermsId",
      tax_exempt: "isTaxExempt",
      billing_contact: "billingContactId",
    },
    write_custom_fields: true,
    contact_fields: { first_name: "firstName", last_name: "lastName" },
    agreements: { service: "psac", list: "agreements" },
    contract_types: { Voice: "telecom", "Managed Services": "managed_services" },
    contract_statuses: { Draft: "draft", Active: "signed", Expired: "expired", Cancelled: "cancelled" },
  },
  auth: { api_key: "env:REVIO_PSA_KEY" },
  settle_ms: 100,
  settle_again_ms: 100,
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of client.yaml
