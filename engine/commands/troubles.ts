import type { ClientConfig } from "../config/types.ts";
import { isObject } from "../core/json.ts";
import type { OpenTrouble } from "../report/troubles.ts";
import type { State } from "../state/types.ts";
import { issuesOf } from "./issues.ts";

/** Everything of a state that waits for something, with where it was on its way. */
export function troublesOf(config: ClientConfig, state: State): readonly OpenTrouble[] {
  return issuesOf(state, ["held", "conflict", "dead_letter"]).map((issue): OpenTrouble => {
    const { pipeline, source_id, kind, reason, message, since, detail } = issue;
    const own = config.pipelines.find((one) => one.pipeline === pipeline);
    // An external id is remembered as external_id/<entity>/<the system whose field it is>.
    const [, entity = "", system = ""] = pipeline.split("/");
    const refers =
      isObject(detail) && typeof detail["entity"] === "string" && typeof detail["id"] === "string"
        ? { entity: detail["entity"], id: detail["id"] }
        : null;
    return {
      client: config.client,
      pipeline,
      source: own?.source.system ?? system,
      target: own?.target.system ?? system,
      entity: own?.source.entity ?? entity,
      linked_as: own?.target.entity ?? entity,
      source_id,
      kind,
      reason,
      refers,
      message,
      since,
    };
  });
}
