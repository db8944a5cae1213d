import type { Problem } from "../core/problem.ts";
import { problemAt } from "./codes.ts";
import { type ClientDraft, carriedFields, systemOf } from "./draft.ts";
import { entities } from "./entities.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { keyFinder, placeFinder, pointerTo } from "./source.ts";
import type { SystemName } from "./types.ts";

/** Who may write what: the client's truth, and the rules no client can change. */
export function checkTruth(draft: ClientDraft): readonly Problem[] {
  return [
    ...draft.pipelines.flatMap((pipeline) => [
      ...truthProblems(pipeline, draft),
      ...targetProblems(pipeline),
      ...provisioningProblems(pipeline),
    ]),
    ...overlapProblems(draft),
    ...mixedIdProblems(draft),
    ...truthSystemProblems(draft),
    ...syncBackProblems(draft),
  ];
}

/** Entities that are linked or read, and never created or changed from outside (R7, R13). */
const NEVER_TARGETS = new Set(["gl_account", "tax_code", "payment_terms"]);

/** Fields of a service that an order does not tell: a person or a provisioning system fills them (R41–R43). */
const PROVISIONED: { readonly [field: string]: string } = {
  number: "a contracted quantity is no list of telephone numbers",
  circuit_id: "a contract says that there is a circuit, not which",
  carrier: "a contract does not say whose circuit it is",
  trunk_group: "a contract does not say which trunk group it is",
  rate_plan_code: "the rate plan of a voice package is a person's choice",
};

function truthProblems(pipeline: LoadedPipeline, draft: ClientDraft): readonly Problem[] {
  const { source, target, placeOf } = pipeline;
  if (source.system.length === 0 || target.system.length === 0) return [];
  if (isForbidden(pipeline)) return [];
  // A record made out of another entity (an account out of a contract) follows the truth of that one (R44).
  const derived = source.entity !== target.entity;
  const entity = source.entity;
  const owners = ownersOf(entity, draft);
  if (owners.length === 0 || owners.includes(source.system)) return [];
  // A mark tells the owner what became of its record, and changes nothing of the record.
  if (!derived && target.write_mode === "update_only" && writesMarksAlone(pipeline, draft)) return [];
  // What an order was fulfilled with comes from where that is known; billing owns it from then on (R45).
  if (source.system === "provisioning" && target.entity === "service" && target.write_mode === "create_only")
    return [];
  const owner = owners.join(" or ");
  if (!derived && owners.includes(target.system)) {
    const message = `${target.system} owns ${entity}, so ${source.system} cannot write it there`;
    const hint = `Turn the pipeline round, or change truth.${entity} in client.yaml.`;
    return [problemAt("TP2301", placeOf("/target/system"), message, hint)];
  }
  // A customer that accounting lacks may come from billing: it fills a gap and overwrites nothing (R17).
  const isCustomer = !derived && entity === "customer";
  if (isCustomer && target.write_mode === "create_only") return [];
  const message = `${source.system} does not own ${entity}: ${owner} does`;
  const fills = isCustomer ? ", or write_mode: create_only to fill gaps only" : "";
  const change =
    entity === "invoice" && source.system === "psa"
      ? "write truth: { msp_invoice: psa } in client.yaml for the PSA's own invoices"
      : `change truth.${entity} in client.yaml`;
  const hint = `Take ${owner} as the source${fills}, or ${change}.`;
  return [problemAt("TP2301", placeOf("/source/system"), message, hint)];
}

function writesMarksAlone({ target }: LoadedPipeline, draft: ClientDraft): boolean {
  const system = systemOf(draft, target.system);
  const marks = entities().get(target.entity)?.marks ?? new Set<string>();
  return system === undefined || [...carriedFields(system, target.entity)].every((field) => marks.has(field));
}

function ownersOf(entity: string, { shape, nodes }: ClientDraft): readonly SystemName[] {
  // Both kinds of invoice are one entity: who owns the service invoices counts where the client says it.
  const both = entity === "invoice" && nodes.has("/truth/msp_invoice");
  const names = both ? ["invoice", "msp_invoice"] : [entity];
  const owners = names.map((name) => shape.truth[name]).filter((owner) => owner !== undefined);
  return [...new Set(owners)];
}

/** True where a rule that no client can change gives the better message. */
function isForbidden({ source, target }: LoadedPipeline): boolean {
  if (NEVER_TARGETS.has(target.entity)) return true;
  return entities().get(target.entity)?.neverFrom === source.system;
}

function targetProblems({ source, target, placeOf }: LoadedPipeline): readonly Problem[] {
  const place = placeOf("/target/entity");
  if (NEVER_TARGETS.has(target.entity)) {
    const message = `no pipeline creates or renames a ${target.entity}`;
    return [problemAt("TP2303", place, message, "Link it through a code map instead.")];
  }
  if (entities().get(target.entity)?.neverFrom !== source.system) return [];
  const message = `a ${target.entity} is never written from ${source.system}`;
  const hint =
    "Telecom services belong to billing: they are entered there or come from a provisioning system.";
  return [problemAt("TP2302", place, message, hint)];
}

function provisioningProblems({
  source,
  target,
  transform,
  maps,
  nodes,
}: LoadedPipeline): readonly Problem[] {
  if (target.entity !== "service" || source.entity !== "contract") return [];
  const named = [
    ...Object.keys(transform).map((field) => ["transform", field] as const),
    ...Object.keys(maps).map((field) => ["maps", field] as const),
  ];
  return named.flatMap(([section, field]) => {
    const reason = PROVISIONED[field];
    if (reason === undefined) return [];
    const place = keyFinder(nodes)(pointerTo("", section, field));
    const message = `service.${field} cannot come from a contract: ${reason}`;
    return [problemAt("TP2304", place, message, "Leave it to billing; tripoint shows it as an open task.")];
  });
}

/** Two pipelines between the same records in opposite directions would overwrite each other for ever. */
function overlapProblems(draft: ClientDraft): readonly Problem[] {
  const writing = draft.pipelines.filter(({ target }) => target.write_mode === "upsert");
  writing.sort((a, b) => (a.pipeline < b.pipeline ? -1 : 1));
  return writing.flatMap((there, index) =>
    writing.slice(index + 1).flatMap((back) => {
      if (!areOpposite(there, back)) return [];
      const shared = sharedFields(there, back, draft);
      if (shared.length === 0) return [];
      const message = `writes fields that the pipeline ${there.pipeline} writes the other way: ${shared.join(", ")}`;
      return [
        problemAt(
          "TP2305",
          back.placeOf("/target/system"),
          message,
          "Make one of them create_only or drop it.",
        ),
      ];
    }),
  );
}

/** The id map knows a record by its target's entity: ids of two entities of one system would be taken for each other. */
function mixedIdProblems({ pipelines }: ClientDraft): readonly Problem[] {
  return pipelines.flatMap((one, index) => {
    const other = pipelines
      .slice(0, index)
      .find(
        ({ source, target }) =>
          source.system === one.source.system &&
          source.entity !== one.source.entity &&
          target.system === one.target.system &&
          target.entity === one.target.entity,
      );
    if (other === undefined || one.target.entity === "") return [];
    const { source, target } = one;
    const message =
      `makes a ${target.entity} out of a ${source.entity} of ${source.system}, and the pipeline ${other.pipeline} out of ` +
      `a ${other.source.entity}: their ids could be taken for each other`;
    return [problemAt("TP2311", one.placeOf("/source/entity"), message, "Keep one of the two pipelines.")];
  });
}

function areOpposite(a: LoadedPipeline, b: LoadedPipeline): boolean {
  const meets = (from: { system: string; entity: string }, to: { system: string; entity: string }): boolean =>
    from.system === to.system && from.entity === to.entity && from.system !== "";
  return meets(a.source, b.target) && meets(a.target, b.source);
}

function sharedFields(a: LoadedPipeline, b: LoadedPipeline, draft: ClientDraft): readonly string[] {
  const [left, right] = [a, b].map(({ target }) => {
    const system = systemOf(draft, target.system);
    return system === undefined ? new Set<string>() : carriedFields(system, target.entity);
  });
  return [...(left ?? [])].filter((field) => right?.has(field)).sort();
}

function truthSystemProblems({ shape, nodes }: ClientDraft): readonly Problem[] {
  return Object.entries(shape.truth).flatMap(([entity, owner]) => {
    const pointer = pointerTo("/truth", entity);
    // Defaults may name a system that a client with two systems does not have.
    if (!nodes.has(pointer) || shape.systems[owner] !== undefined) return [];
    const message = `truth.${entity} is ${owner}, which client.yaml does not declare under systems`;
    return [
      problemAt("TP2308", placeFinder(nodes)(pointer), message, "Declare the system, or name another owner."),
    ];
  });
}

function syncBackProblems({ shape, pipelines }: ClientDraft): readonly Problem[] {
  if (shape.payments.sync_back) return [];
  return pipelines.flatMap(({ target, placeOf }) => {
    if (!["payment", "refund"].includes(target.entity) || target.system !== "billing") return [];
    const message = "payments.sync_back is false: this pipeline will write nothing";
    const hint = "Write payments: { sync_back: true } in client.yaml, or delete the pipeline.";
    return [{ ...problemAt("TP2310", placeOf("/target/system"), message, hint), severity: "warning" }];
  });
}
