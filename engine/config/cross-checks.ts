import type { Problem } from "../core/problem.ts";
import { checkCapabilities } from "./checks-capabilities.ts";
import { checkClient } from "./checks-client.ts";
import { checkCodeMaps, checkKinds } from "./checks-code-maps.ts";
import { checkDocuments } from "./checks-documents.ts";
import { checkExpressions } from "./checks-expressions.ts";
import { checkFields } from "./checks-fields.ts";
import { checkIdentity } from "./checks-identity.ts";
import { checkNotify } from "./checks-notify.ts";
import { checkPipelines } from "./checks-pipelines.ts";
import { checkReadiness } from "./checks-readiness.ts";
import { checkSystems } from "./checks-systems.ts";
import { checkTruth } from "./checks-truth.ts";
import type { ClientDraft } from "./draft.ts";
import type { Env } from "./interpolate.ts";

/** Everything that one file alone cannot tell: names, fields, truth, what connectors can do. */
export function crossChecks(draft: ClientDraft, env: Env): readonly Problem[] {
  return [
    ...checkClient(draft),
    ...checkNotify(draft, env),
    ...checkSystems(draft.systems.systems.values(), draft.nodes, env),
    ...checkPipelines(draft),
    ...checkTruth(draft),
    ...checkIdentity(draft),
    ...checkReadiness(draft),
    ...checkKinds(draft),
    ...draft.pipelines.flatMap((pipeline) => [
      ...checkFields(pipeline),
      ...checkCodeMaps(pipeline, draft),
      ...checkCapabilities(pipeline, draft),
      ...checkDocuments(pipeline, draft),
      ...checkExpressions(pipeline),
    ]),
  ];
}
