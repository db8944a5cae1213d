/**
 * A made-up provider and its customers, in no vendor's words: what sandboxes are seeded from, and the totals that the
 * books must show in the end. Money is in minor units, dates are YYYY-MM-DD, rates and quantities decimal strings.
 */
export interface World {
  readonly seed: number;
  /** The day on which the demo plays. */
  readonly today: string;
  readonly currency: string;
  readonly terms: readonly { readonly key: string; readonly name: string; readonly due_days: number }[];
  readonly gl: readonly GlCode[];
  readonly companies: readonly Company[];
  /** Telecom invoices in billing; they appear as soon as their customer exists there. */
  readonly invoices: readonly WorldInvoice[];
  /** Credit notes in billing, for a billing system that has such documents; they appear with their customer's invoices. */
  readonly credits?: readonly WorldCredit[];
  /** Payments that accounting's clerk records as soon as all invoices of the payment exist there. */
  readonly receipts: readonly WorldReceipt[];
  /** Customers that only accounting knows, with money paid on account. */
  readonly strangers: readonly {
    readonly id: string;
    readonly name: string;
    readonly receipt: WorldReceipt;
  }[];
  readonly expected: Expected;
}

export interface GlCode {
  /** GL account number, "4010". */
  readonly gl_code: string;
  readonly name: string;
  /** Item that carries the account in a ledger that books through items: "4010 Long distance". */
  readonly item: string;
  readonly kind: "revenue" | "liability";
  /** Billing's own codes (charge types, tax types) that post here. */
  readonly charge_types: readonly string[];
}

/** Every currency that somebody is billed in, the provider's own first. */
export function currenciesOf({
  currency,
  companies,
}: Pick<World, "currency" | "companies">): readonly string[] {
  return [...new Set([currency, ...companies.map((company) => company.currency ?? currency)])];
}

export interface WorldAddress {
  readonly lines: readonly string[];
  readonly city: string;
  readonly region: string;
  readonly postal_code: string;
  readonly country: string;
}

export interface Company {
  /** "CUST-1001" */
  readonly number: string;
  readonly name: string;
  /** Ids it already has, where it exists before the first run. PSA always. */
  readonly ids: { readonly psa: string; readonly billing?: string; readonly accounting?: string };
  /** Billing's own account number where it exists there ("CB-5555"). */
  readonly billing_number?: string;
  /** Which of its ids other systems already hold (external ids). */
  readonly psa_id_known_in_billing: boolean;
  readonly types: readonly string[];
  readonly active: boolean;
  readonly address: WorldAddress;
  /** E.164 */
  readonly phone: string;
  readonly billing_email: string;
  readonly terms: string;
  /** ISO 4217; the world's unless given. */
  readonly currency?: string;
  readonly tax_exempt: boolean;
  readonly contacts: readonly {
    readonly id: string;
    readonly first_name: string;
    readonly last_name: string;
    readonly email: string;
    readonly phone: string;
    readonly billing: boolean;
  }[];
  readonly sites: readonly {
    readonly id: string;
    readonly name: string;
    readonly address: WorldAddress;
    readonly primary: boolean;
    readonly phone: string;
  }[];
  /** What provisioning has entered in billing; left out: a circuit and its BTN at the first site. */
  readonly services?: readonly WorldService[];
  readonly contracts: readonly {
    readonly id: string;
    readonly name: string;
    readonly type: "telecom" | "managed_services";
    readonly status: "draft" | "signed" | "expired" | "cancelled";
    readonly start_date: string;
    readonly end_date: string | null;
    readonly lines: readonly {
      readonly id: string;
      readonly product_code: string;
      readonly description: string;
      readonly quantity: string;
      readonly unit_amount_decimal: string;
    }[];
  }[];
}

export interface WorldService {
  readonly kind: "circuit" | "btn" | "did";
  /** Id of the company's site that it is delivered to. */
  readonly site: string;
  /** E.164, of a btn or did. */
  readonly number: string | null;
  readonly circuit_id: string | null;
  readonly carrier: string | null;
  readonly rate_plan: string | null;
  readonly activation_date: string;
}

export interface WorldInvoice {
  readonly id: string;
  /** "INV-1042" */
  readonly number: string;
  readonly company: string;
  readonly invoice_date: string;
  readonly due_date: string;
  readonly period: { readonly from: string; readonly to: string };
  readonly lines: readonly {
    readonly charge_type: string;
    readonly description: string;
    readonly quantity: string;
    /** Null where the amount was rated call by call and does not tie to quantity × rate. */
    readonly unit_amount_decimal: string | null;
    readonly amount: number;
  }[];
  readonly taxes: readonly {
    /** 1-based line it is levied on. */
    readonly line_number: number;
    readonly charge_type: string;
    readonly name: string;
    readonly tax_type: "sales_tax" | "communications_tax" | "usf" | "e911" | "regulatory_fee";
    readonly jurisdiction: "federal" | "state" | "county" | "city";
    readonly rate_decimal: string | null;
    readonly amount: number;
  }[];
  readonly total: number;
}

export interface WorldCredit
  extends Pick<WorldInvoice, "id" | "number" | "company" | "lines" | "taxes" | "total"> {
  readonly date: string;
  /** Number of the invoice that it corrects; null: credit on account. */
  readonly invoice: string | null;
  /** What it is used for, by invoice number. */
  readonly applications: readonly { readonly invoice: string; readonly amount: number }[];
}

export interface WorldReceipt {
  readonly company: string | null;
  readonly date: string;
  readonly amount: number;
  readonly method: "check" | "card" | "ach";
  readonly reference: string;
  readonly allocations: readonly { readonly invoice: string; readonly amount: number }[];
}

/** What the books must show when everything has been synced, computed by the generator and by nothing else. */
export interface Expected {
  /** GL code → minor units, over all invoices (lines and taxes). */
  readonly gl_totals: { readonly [gl_code: string]: number };
  readonly invoice_count: number;
  readonly invoice_total: number;
  /** Company numbers that must exist in billing, and in accounting. */
  readonly billing_customers: readonly string[];
  readonly accounting_customers: readonly string[];
  /** Payments that must exist in billing. */
  readonly payments: readonly {
    readonly date: string;
    readonly amount: number;
    readonly reference: string;
    readonly allocations: readonly { readonly invoice: string; readonly amount: number }[];
  }[];
}
