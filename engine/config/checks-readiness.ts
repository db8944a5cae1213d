import type { Problem } from "../core/problem.ts";
import { allowedHint } from "./allowed-hint.ts";
import { expressionProblems } from "./checks-expressions.ts";
import { problemAt } from "./codes.ts";
import { type ClientDraft, systemOf } from "./draft.ts";
import { entities } from "./entities.ts";
import { countyCode, isPlaceCode } from "./jurisdictions.ts";
import type { LoadedCodeMap } from "./load-codes.ts";
import { type Place, placeFinder, pointerTo } from "./source.ts";

/** What `readiness` rests on: billing records that its connector reads, and a table of tax jurisdictions. */
export function checkReadiness(draft: ClientDraft): readonly Problem[] {
  return [...tableProblems(draft), ...readingProblems(draft), ...exemptionProblems(draft)];
}

/** Billing records that readiness is judged by. */
export const READINESS_ENTITIES = ["billing_account", "service", "location"] as const;

function tableProblems({ shape, codes, nodes }: ClientDraft): readonly Problem[] {
  const { tax_jurisdictions: name } = shape.readiness;
  if (name === null || name === "") return [];
  const place = placeFinder(nodes)("/readiness/tax_jurisdictions");
  if (shape.codes[name] === undefined) {
    const hint = allowedHint(name, Object.keys(shape.codes), "There are");
    return [problemAt("TP2105", place, `unknown code map "${name}"`, hint)];
  }
  const map = codes.codes.get(name);
  if (map === undefined) return [];
  if (map.rows.some((row) => row["jurisdiction"] !== undefined)) return rowProblems(map);
  const message = `no row of ${map.file} has a column "jurisdiction"`;
  return [problemAt("TP2103", place, message, "Name the tax engine's code in that column.")];
}

/** Rows that no address finds, and rows that lead to no jurisdiction; a county that many rows name is told once. */
function rowProblems(map: LoadedCodeMap): readonly Problem[] {
  const rows = new Map(map.rows.map((row) => [row.code, row]));
  const told = new Set<string>();
  return map.rows.flatMap((row, index): readonly Problem[] => {
    const at = (column: string): Place =>
      map.placeOf(pointerTo("/rows", map.positions[index] ?? index, column));
    const { code, jurisdiction = "", county = "" } = row;
    if (!isPlaceCode(code)) {
      const hint = "Codes are ZIP+4 (33602-1234), ZIP (33602), county (FIPS-12057) or region (US-FL).";
      return [problemAt("TP2103", at("code"), `no address is looked up by "${code}"`, hint)];
    }
    if (jurisdiction !== "") return [];
    if (county === "") {
      const message = `"${code}" has neither a jurisdiction nor a county`;
      return [problemAt("TP2103", at("code"), message, 'Add jurisdiction: "…", or county: "…".')];
    }
    const wanted = countyCode(county);
    if (told.has(county) || (rows.get(wanted)?.["jurisdiction"] ?? "") !== "") return [];
    told.add(county);
    const hint = rows.has(county)
      ? `Write the county's code as "${wanted}": by "${county}" a ZIP code is looked up.`
      : `Add { code: "${wanted}", jurisdiction: "…" }.`;
    return [problemAt("TP2103", at("county"), `no row says the jurisdiction of county "${county}"`, hint)];
  });
}

/** `except_when` of every rule: an expression over a service. */
function exemptionProblems(draft: ClientDraft): readonly Problem[] {
  const service = entities().get("service");
  return Object.entries(draft.shape.readiness.rules).flatMap(([code, rule]) =>
    rule === "off" || rule.except_when == null
      ? []
      : expressionProblems(
          rule.except_when,
          pointerTo("/readiness/rules", code, "except_when"),
          service,
          draft,
        ),
  );
}

function readingProblems(draft: ClientDraft): readonly Problem[] {
  const { shape, nodes } = draft;
  const billing = systemOf(draft, "billing");
  const posts = draft.pipelines.some(
    ({ source }) => source.system === "billing" && source.entity === "invoice",
  );
  if (billing === undefined || !posts || shape.readiness.invoices === "ignore") return [];
  const { connector, entities } = billing.connector;
  const missing = READINESS_ENTITIES.filter((entity) => (entities[entity]?.list ?? null) === null);
  if (missing.length === 0) return [];
  const message = `the connector ${connector} reads no ${missing.join(" and no ")} records: which accounts are ready to bill is not known, and no invoice is held for it`;
  const hint = "Let the connector read them, or write readiness: { invoices: ignore }.";
  return [
    {
      ...problemAt("TP2312", placeFinder(nodes)("/systems/billing/connector"), message, hint),
      severity: "warning",
    },
  ];
}
