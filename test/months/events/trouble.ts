import type { Fault } from "../../../engine/connector/sandbox/types.ts";
import type { EventKind } from "../scene.ts";

/** What goes wrong on the lines to the three systems. */

// Where the answer with a rotated token is lost, a person has to log in again at some vendors: that is no month's end.
const NO_TOKENS = "^(?!.*/(tokens/bearer|connect/token))";

const TROUBLES: readonly Pick<Fault, "kind" | "reply">[] = [
  { kind: "before" },
  { kind: "commit_then_cut" },
  { kind: "cut_body" },
  { kind: "reply", reply: { status: 500, body: { message: "Internal error" } } },
  { kind: "reply", reply: { status: 503 } },
  { kind: "reply", reply: { status: 429, headers: { "retry-after": "2" } } },
];

export const trouble: EventKind = {
  name: "trouble",
  weight: 5,
  happen: ({ demo, random }) => {
    const system = random.pick(["psa", "billing", "accounting"] as const);
    // The people at the PSA write through its API too, and are not who is to be hit.
    const method = system === "psa" ? "GET" : random.pick(["GET", "POST", "PUT", "PATCH"]);
    const fault = {
      ...random.pick(TROUBLES),
      method,
      path: NO_TOKENS,
      skip: random.int(0, 8),
      times: random.int(1, 3),
    };
    demo.sandboxes[system].fault(fault);
    return `${system} ${method} ${fault.kind} ${fault.reply?.status ?? ""} ×${fault.times} after ${fault.skip}`;
  },
};
