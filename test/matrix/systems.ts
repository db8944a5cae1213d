import type { LedgerName } from "../../engine/config/types.ts";
import type { SystemEntry } from "../support/client-copy.ts";

/** What client.yaml says of each vendor when it plays a role in the demo: nothing but these entries differs. */

/** What products of the demo let one expect in billing. */
export const PRODUCT_TYPES: { readonly [code: string]: string } = {
  "DID-LINE": "number",
  "SIP-TRUNK": "circuit",
  "FIBER-250": "circuit",
  "VOICE-PKG": "voice_package",
};

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of client.yaml
export const SYSTEMS = {
  psa: {
    connectwise: {
      connector: "connectwise",
      base_url: "${CW_URL}",
      settings: {
        company: "${CW_COMPANY}",
        contract_types: { Voice: "telecom", "Managed Services": "managed_services" },
        product_types: PRODUCT_TYPES,
        signed_field: "Signed",
        exempt_tax_codes: ["Exempt"],
      },
      auth: { public_key: "env:CW_PUBLIC", private_key: "env:CW_PRIVATE", client_id: "env:CW_CLIENT" },
    },
    halopsa: {
      connector: "halopsa",
      base_url: "${HALO_URL}",
      settings: {
        auth_url: "${HALO_AUTH_URL}",
        tenant: "${HALO_TENANT}",
        contract_types: { Voice: "telecom", "Managed Services": "managed_services" },
        product_types: PRODUCT_TYPES,
        contract_statuses: { "1": "draft", "2": "signed", "3": "expired", "4": "cancelled" },
        country: "US",
      },
      auth: { client_id: "env:HALO_CLIENT_ID", client_secret: "env:HALO_CLIENT_SECRET" },
    },
    autotask: {
      connector: "autotask",
      base_url: "${AUTOTASK_URL}",
      settings: {
        contract_types: { Voice: "telecom", "Managed Services": "managed_services" },
        product_types: PRODUCT_TYPES,
        signed_field: "Signed",
        category_names: { Customer: "Client" },
      },
      auth: {
        user: "env:AUTOTASK_USER",
        secret: "env:AUTOTASK_SECRET",
        integration_code: "env:AUTOTASK_CODE",
      },
    },
    // Every assumed name that the sandbox takes.
    "revio-psa": {
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
        agreements: { service: "psac", list: "agreements", lines: "items", line_id: "itemId" },
        product_types: PRODUCT_TYPES,
        contract_types: { Voice: "telecom", "Managed Services": "managed_services" },
        contract_statuses: { Draft: "draft", Active: "signed", Expired: "expired", Cancelled: "cancelled" },
      },
      auth: { api_key: "env:REVIO_PSA_KEY" },
    },
  },
  billing: {
    "revio-billing": {
      connector: "revio-billing",
      base_url: "${REVIO_URL}",
      settings: {
        service_charge_types: ["MANAGED_SERVICES"],
        service_kinds: { "1": "circuit", "2": "btn", "3": "did" },
      },
      auth: { user: "env:REVIO_USER", password: "env:REVIO_PASSWORD", gateway_key: "env:REVIO_KEY" },
      allow_unverified: ["payment"],
    },
    "sqlite-billing": { connector: "sqlite-billing", settings: { database: "${SQLITE_BILLING_DB}" } },
    // The sandbox puts whole files there by renaming them, so that none has to lie still first.
    "csv-billing": { connector: "csv-billing", settings: { folder: "${CSV_BILLING_FOLDER}", quiet_ms: 0 } },
  },
  accounting: {
    quickbooks: {
      connector: "quickbooks",
      base_url: "${QBO_URL}",
      settings: { realm_id: "${QBO_REALM}", token_url: "${QBO_URL}/oauth2/v1/tokens/bearer" },
      auth: { client_id: "env:QBO_ID", client_secret: "env:QBO_SECRET", refresh_token: "env:QBO_REFRESH" },
    },
    xero: {
      connector: "xero",
      base_url: "${XERO_URL}",
      settings: { tenant_id: "${XERO_TENANT}", token_url: "${XERO_URL}/connect/token" },
      auth: { client_id: "env:XERO_ID", client_secret: "env:XERO_SECRET", refresh_token: "env:XERO_REFRESH" },
    },
    "sage-accounting": {
      connector: "sage-accounting",
      base_url: "${SAGE_URL}",
      settings: { business_id: "${SAGE_BUSINESS}", token_url: "${SAGE_TOKEN_URL}" },
      auth: { client_id: "env:SAGE_ID", client_secret: "env:SAGE_SECRET", refresh_token: "env:SAGE_REFRESH" },
    },
    "sage-intacct": {
      connector: "sage-intacct",
      base_url: "${INTACCT_URL}",
      settings: { location: "US-FL", department: "20" },
      auth: {
        client_id: "env:INTACCT_ID",
        client_secret: "env:INTACCT_SECRET",
        username: "env:INTACCT_USER",
      },
    },
  },
} satisfies { readonly [role in LedgerName]: { readonly [connector: string]: SystemEntry } };
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of client.yaml
