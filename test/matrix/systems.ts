import { sandbox as autotask } from "../../connectors/autotask/sandbox.ts";
import { sandbox as connectwise } from "../../connectors/connectwise/sandbox.ts";
import { sandbox as csvBilling } from "../../connectors/csv-billing/sandbox.ts";
import { sandbox as halopsa } from "../../connectors/halopsa/sandbox.ts";
import { sandbox as quickbooks } from "../../connectors/quickbooks/sandbox.ts";
import { sandbox as revioBilling } from "../../connectors/revio-billing/sandbox.ts";
import { sandbox as revioPsa } from "../../connectors/revio-psa/sandbox.ts";
import { sandbox as sageAccounting } from "../../connectors/sage-accounting/sandbox.ts";
import { sandbox as sageIntacct } from "../../connectors/sage-intacct/sandbox.ts";
import { sandbox as sqliteBilling } from "../../connectors/sqlite-billing/sandbox.ts";
import { sandbox as xero } from "../../connectors/xero/sandbox.ts";
import type { SystemName } from "../../engine/config/types.ts";
import type { Sandbox } from "../../engine/connector/sandbox/types.ts";

/** What stands under `systems` in client.yaml for each system that can play a role: nothing else of a client differs. */
export interface Player {
  readonly sandbox: Sandbox;
  /** YAML of `systems.<role>`. */
  readonly system: string;
}

const SETTLE = "settle_ms: 100\nsettle_again_ms: 100\n";
const CONTRACT_TYPES = "{ Voice: telecom, Managed Services: managed_services }";

export const PLAYERS: { readonly [role in SystemName]: { readonly [connector: string]: Player } } = {
  psa: {
    connectwise: {
      sandbox: connectwise,
      system: `
connector: connectwise
base_url: \${CW_URL}
settings:
  company: \${CW_COMPANY}
  contract_types: ${CONTRACT_TYPES}
  signed_field: Signed
  exempt_tax_codes: [Exempt]
auth: { public_key: env:CW_PUBLIC, private_key: env:CW_PRIVATE, client_id: env:CW_CLIENT }
`,
    },
    halopsa: {
      sandbox: halopsa,
      system: `
connector: halopsa
base_url: \${HALO_URL}
settings:
  auth_url: \${HALO_AUTH_URL}
  tenant: \${HALO_TENANT}
  contract_types: ${CONTRACT_TYPES}
  contract_statuses: { "1": draft, "2": signed, "3": expired, "4": cancelled }
  country: US
auth: { client_id: env:HALO_CLIENT_ID, client_secret: env:HALO_CLIENT_SECRET }
${SETTLE}`,
    },
    autotask: {
      sandbox: autotask,
      system: `
connector: autotask
base_url: \${AUTOTASK_URL}
settings: { contract_types: ${CONTRACT_TYPES}, signed_field: Signed, category_names: { Customer: Client } }
auth: { user: env:AUTOTASK_USER, secret: env:AUTOTASK_SECRET, integration_code: env:AUTOTASK_CODE }
`,
    },
    "revio-psa": {
      sandbox: revioPsa,
      system: `
connector: revio-psa
base_url: \${REVIO_PSA_URL}
settings:
  host: \${REVIO_PSA_HOST}
  country: US
  customer_fields:
    number: accountNumber
    categories: customerTypes
    terms: paymentTermsId
    tax_exempt: isTaxExempt
    billing_contact: billingContactId
  write_custom_fields: true
  contact_fields: { first_name: firstName, last_name: lastName }
  agreements: { service: psac, list: agreements }
  contract_types: ${CONTRACT_TYPES}
  contract_statuses: { Draft: draft, Active: signed, Expired: expired, Cancelled: cancelled }
auth: { api_key: env:REVIO_PSA_KEY }
${SETTLE}`,
    },
  },
  billing: {
    "revio-billing": {
      sandbox: revioBilling,
      system: `
connector: revio-billing
base_url: \${REVIO_URL}
settings: { service_charge_types: [MANAGED_SERVICES] }
auth: { user: env:REVIO_USER, password: env:REVIO_PASSWORD, gateway_key: env:REVIO_KEY }
allow_unverified: [payment]
${SETTLE}`,
    },
    "sqlite-billing": {
      sandbox: sqliteBilling,
      system: `
connector: sqlite-billing
settings: { database: "\${SQLITE_BILLING_DB}" }
`,
    },
    "csv-billing": {
      sandbox: csvBilling,
      system: `
connector: csv-billing
settings: { folder: "\${CSV_BILLING_FOLDER}", quiet_ms: 0 }
`,
    },
  },
  accounting: {
    quickbooks: {
      sandbox: quickbooks,
      system: `
connector: quickbooks
base_url: \${QBO_URL}
settings: { realm_id: "\${QBO_REALM}", token_url: "\${QBO_URL}/oauth2/v1/tokens/bearer" }
auth: { client_id: env:QBO_ID, client_secret: env:QBO_SECRET, refresh_token: env:QBO_REFRESH }
${SETTLE}`,
    },
    xero: {
      sandbox: xero,
      system: `
connector: xero
base_url: \${XERO_URL}
settings: { tenant_id: "\${XERO_TENANT}", token_url: "\${XERO_URL}/connect/token" }
auth: { client_id: env:XERO_ID, client_secret: env:XERO_SECRET, refresh_token: env:XERO_REFRESH }
${SETTLE}`,
    },
    "sage-accounting": {
      sandbox: sageAccounting,
      system: `
connector: sage-accounting
base_url: \${SAGE_URL}
settings: { business_id: "\${SAGE_BUSINESS}", token_url: "\${SAGE_TOKEN_URL}" }
auth: { client_id: env:SAGE_ID, client_secret: env:SAGE_SECRET, refresh_token: env:SAGE_REFRESH }
${SETTLE}`,
    },
    "sage-intacct": {
      sandbox: sageIntacct,
      system: `
connector: sage-intacct
base_url: \${INTACCT_URL}
settings: { location: US-FL, department: "20" }
auth: { client_id: env:INTACCT_ID, client_secret: env:INTACCT_SECRET, username: env:INTACCT_USER }
${SETTLE}`,
    },
  },
};
