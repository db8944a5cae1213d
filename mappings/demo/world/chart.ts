import type { GlCode, World } from "../../../engine/connector/sandbox/world.ts";

/** Payment terms of the provider; a company names one by its key. */
export const TERMS: World["terms"] = [
  { key: "net15", name: "Net 15", due_days: 15 },
  { key: "net30", name: "Net 30", due_days: 30 },
  { key: "net45", name: "Net 45", due_days: 45 },
];

/** The provider's chart of accounts, as far as billing posts to it. Every charge code stands under exactly one. */
export const GL: readonly GlCode[] = [
  revenue("4000", "Voice recurring", ["VOICE_MRC", "DID_MRC"]),
  revenue("4010", "Long distance usage", ["LD_USAGE", "INTL_USAGE", "TF_USAGE"]),
  revenue("4020", "Circuits and internet access", ["CIRCUIT_MRC", "INTERNET_MRC"]),
  revenue("4030", "Equipment rental", ["EQUIP_RENT"]),
  revenue("4100", "Installation", ["INSTALL_NRC"]),
  revenue("4300", "Managed services", ["MANAGED_SERVICES"]),
  liability("2200", "Sales tax", ["FL-SALES"]),
  liability("2210", "USF", ["FUSF"]),
  liability("2220", "E911 and regulatory fees", ["E911", "REG-FEE"]),
  liability("2230", "Communications services tax", ["FL-CST", "CITY-UTIL"]),
];

function revenue(gl_code: string, name: string, charge_types: readonly string[]): GlCode {
  return { gl_code, name, item: `${gl_code} ${name}`, kind: "revenue", charge_types };
}

function liability(gl_code: string, name: string, charge_types: readonly string[]): GlCode {
  return { gl_code, name, item: `${gl_code} ${name}`, kind: "liability", charge_types };
}
