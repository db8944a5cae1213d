import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import { type ClientDraft, systemOf } from "./draft.ts";
import { entities } from "./entities.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";

/** The rules for invoices and credit notes: where they mean something, and what they need. */

const RULES = ["period_closed", "zero_total", "zero_up_to", "revise", "lines", "rounding_line"];

// The use of a credit note is dated in a ledger, too.
const USE_RULES = ["period_closed"];

export function checkDocuments(pipeline: LoadedPipeline, draft: ClientDraft): readonly Problem[] {
  const { target } = pipeline;
  const entity = entities().get(target.entity);
  if (entity === undefined) return [];
  if (entity.name === "credit_application") {
    return [
      ...otherwhere(pipeline, entity.name, USE_RULES),
      ...usedInClosed(pipeline),
      ...closedProblems(pipeline, draft),
    ];
  }
  if (!entity.moneyRecord || !entity.fields.includes("lines")) return otherwhere(pipeline, entity.name, []);
  return [
    ...closedProblems(pipeline, draft),
    ...adjustProblems(pipeline, draft),
    ...reviseProblems(pipeline, draft),
    ...roundingProblems(pipeline, draft),
  ];
}

function otherwhere(
  { nodes, placeOf }: LoadedPipeline,
  entity: string,
  meant: readonly string[],
): readonly Problem[] {
  return RULES.filter((rule) => nodes.has(`/${rule}`) && !meant.includes(rule)).map((rule) =>
    problemAt(
      "TP2211",
      placeOf(`/${rule}`),
      `${rule} says nothing of ${entity}`,
      "It is for pipelines that write invoices or credit notes: delete it here.",
    ),
  );
}

/** The use of a credit note has no lines that another document could make up for. */
function usedInClosed({ period_closed, placeOf }: LoadedPipeline): readonly Problem[] {
  if (period_closed !== "adjust") return [];
  const message = "period_closed: adjust says nothing of the use of a credit note";
  return [problemAt("TP2211", placeOf("/period_closed"), message, "Write next_open_day or hold.")];
}

/** Another day than the document's own can be chosen only where the ledger says which days are closed. */
function closedProblems(
  { period_closed, target, placeOf }: LoadedPipeline,
  draft: ClientDraft,
): readonly Problem[] {
  const connector = systemOf(draft, target.system)?.connector;
  if (period_closed === "hold" || connector === undefined) return [];
  if (connector.driver === "http" && connector.ledger.closed_until !== null) return [];
  const message = `the connector ${connector.connector} cannot tell until when books are closed: ${period_closed} changes nothing`;
  const hint = "Delete it here: what the system refuses for a closed period is held.";
  return [{ ...problemAt("TP2407", placeOf("/period_closed"), message, hint), severity: "warning" }];
}

/** An adjustment asks for more by an invoice, and gives back by a credit note. */
function adjustProblems(
  { period_closed, target, placeOf }: LoadedPipeline,
  draft: ClientDraft,
): readonly Problem[] {
  const connector = systemOf(draft, target.system)?.connector;
  if (period_closed !== "adjust" || connector?.driver !== "http" || connector.ledger.closed_until === null)
    return [];
  const lacking = ADJUSTING.filter((entity) => !connector.entities[entity]?.create);
  if (lacking.length === 0) return [];
  const words = lacking.map((entity) => entity.replace("_", " ")).join(" and no ");
  const message = `the connector ${connector.connector} creates no ${words}: changes that need one wait in closed books`;
  const hint = "Write hold, or enter those by hand on an open day: their hold says the amount.";
  return [{ ...problemAt("TP2408", placeOf("/period_closed"), message, hint), severity: "warning" }];
}

const ADJUSTING = ["invoice", "credit_note"];

function reviseProblems({ revise, target, placeOf }: LoadedPipeline, draft: ClientDraft): readonly Problem[] {
  const connector = systemOf(draft, target.system)?.connector;
  const spec = connector?.entities[target.entity];
  if (revise !== "void_and_reissue" || connector === undefined || spec === undefined) return [];
  if (spec.void && spec.create) return [];
  const message = `the connector ${connector.connector} cannot void ${target.entity}`;
  return [problemAt("TP2403", placeOf("/revise"), message, "Write revise: update.")];
}

/** The line of rounding gets its account by the map that gives the other lines theirs. */
function roundingProblems(
  { rounding_line, maps, placeOf }: LoadedPipeline,
  draft: ClientDraft,
): readonly Problem[] {
  const map = draft.codes.codes.get(maps["lines.gl_code"]?.codes ?? "");
  if (rounding_line === null || map === undefined) return [];
  const { code } = rounding_line;
  if (map.rows.some((row) => row.code === code)) return [];
  const message = `the code map ${map.name} has no row for "${code}"`;
  const hint = `Add { code: "${code}", … } to ${map.file}, with the account that takes what rounding leaves over.`;
  return [problemAt("TP2212", placeOf("/rounding_line/code"), message, hint)];
}
