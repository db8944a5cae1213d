import type { Problem } from "../core/problem.ts";
import { allowedHint } from "./allowed-hint.ts";
import { problemAt } from "./codes.ts";
import type { ClientDraft } from "./draft.ts";
import { entities } from "./entities.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { findCycles } from "./order.ts";
import { placeFinder, pointerTo } from "./source.ts";

/** Names that pipelines use and the client must have: systems, entities, other pipelines. */
export function checkPipelines(draft: ClientDraft): readonly Problem[] {
  return [
    ...draft.pipelines.flatMap((pipeline) => [
      ...endProblems(pipeline, "source", draft),
      ...endProblems(pipeline, "target", draft),
      ...afterProblems(pipeline, draft),
      ...sameSystemProblems(pipeline),
    ]),
    ...nameProblems(draft),
    ...cycleProblems(draft),
  ];
}

function endProblems(
  pipeline: LoadedPipeline,
  end: "source" | "target",
  draft: ClientDraft,
): readonly Problem[] {
  const problems: Problem[] = [];
  const { system, entity } = pipeline[end];
  const declared = Object.keys(draft.shape.systems);
  if (system.length > 0 && !declared.includes(system)) {
    const place = pipeline.placeOf(`/${end}/system`);
    const message = `client.yaml declares no system "${system}"`;
    problems.push(problemAt("TP2201", place, message, allowedHint(system, declared, "It declares")));
  }
  if (entity !== "" && !entities().has(entity)) {
    const place = pipeline.placeOf(`/${end}/entity`);
    const hint = allowedHint(entity, [...entities().keys()], "Entities");
    problems.push(problemAt("TP2203", place, `unknown entity "${entity}"`, hint));
  }
  return problems;
}

function afterProblems(pipeline: LoadedPipeline, draft: ClientDraft): readonly Problem[] {
  const names = draft.pipelines.map((one) => one.pipeline);
  return pipeline.after.flatMap((name, index) => {
    if (name === "" || names.includes(name)) return [];
    const place = pipeline.placeOf(pointerTo("/after", index));
    const others = names.filter((other) => other !== pipeline.pipeline && other !== "");
    return [
      problemAt(
        "TP2204",
        place,
        `unknown pipeline "${name}" in after`,
        allowedHint(name, others, "There are"),
      ),
    ];
  });
}

function sameSystemProblems({ source, target, placeOf }: LoadedPipeline): readonly Problem[] {
  if (source.system !== target.system || source.system.length === 0) return [];
  const message = `source and target are both ${source.system}`;
  return [
    problemAt("TP2309", placeOf("/target/system"), message, "A pipeline moves records between two systems."),
  ];
}

function nameProblems({ name, shape, nodes, pipelines }: ClientDraft): readonly Problem[] {
  const problems: Problem[] = [];
  const placeOfClient = placeFinder(nodes);
  if (shape.client !== "" && shape.client !== name) {
    const message = `the client is called "${shape.client}" but its folder "${name}"`;
    problems.push(
      problemAt("TP1041", placeOfClient("/client"), message, `Write client: ${name}, or rename the folder.`),
    );
  }
  if (pipelines.length === 0) {
    const hint = "Add a YAML file with `pipeline: name` beside client.yaml.";
    problems.push(problemAt("TP1042", placeOfClient("/client"), "the client has no pipelines", hint));
  }
  const seen = new Map<string, string>();
  for (const { pipeline, file, placeOf } of pipelines) {
    const earlier = seen.get(pipeline);
    if (earlier === undefined) seen.set(pipeline, file);
    else if (pipeline !== "") {
      const message = `a second pipeline is called "${pipeline}"`;
      problems.push(
        problemAt("TP1043", placeOf("/pipeline"), message, `The first stands in ${earlier}: rename one.`),
      );
    }
  }
  return problems;
}

function cycleProblems({ pipelines }: ClientDraft): readonly Problem[] {
  return findCycles(pipelines).flatMap((cycle) => {
    const first = pipelines.find(({ pipeline }) => pipeline === cycle[0]);
    const index = first?.after.indexOf(cycle[1] ?? "") ?? -1;
    if (first === undefined || index === -1) return [];
    const place = first.placeOf(pointerTo("/after", index));
    const message = `pipelines wait for each other: ${cycle.join(" → ")}`;
    return [problemAt("TP2205", place, message, "Take one of them out of after.")];
  });
}
