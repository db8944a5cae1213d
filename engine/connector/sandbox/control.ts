import { isObject } from "../../core/json.ts";
import type { FaultQueue } from "./faults.ts";
import { parseFault } from "./faults.ts";
import type { SandboxReply } from "./types.ts";

/** The doors a test in another process uses: POST /__sandbox/fault, POST /__sandbox/rule, GET /__sandbox/state. */
export const CONTROL_PATH = "/__sandbox/";

export interface Controls {
  readonly faults: FaultQueue;
  readonly setRule: (name: string, on: boolean) => void;
  /** Requests that hang at this moment. */
  readonly hung: () => number;
}

/** Answers a control request; they are neither logged nor hit by faults. A mistake is a 400 that says what it is. */
export function answerControl(method: string, path: string, body: string, controls: Controls): SandboxReply {
  try {
    switch (`${method} ${path.slice(CONTROL_PATH.length)}`) {
      case "POST fault":
        controls.faults.add(parseFault(body));
        return { status: 204 };
      case "POST rule":
        setRule(body, controls);
        return { status: 204 };
      case "GET state":
        return { status: 200, body: { hung: controls.hung(), faults_left: controls.faults.left } };
      default:
        return { status: 404, body: { message: "fault, rule and state are what there is" } };
    }
  } catch (cause) {
    return { status: 400, body: { message: cause instanceof Error ? cause.message : String(cause) } };
  }
}

function setRule(body: string, controls: Controls): void {
  const value: unknown = JSON.parse(body);
  if (!isObject(value) || typeof value["name"] !== "string" || typeof value["on"] !== "boolean") {
    throw new Error("a rule needs a name and on: true or false");
  }
  controls.setRule(value["name"], value["on"]);
}
