import type { SandboxReply } from "../../../engine/connector/sandbox/types.ts";

/** The vendor's refusals: {errors: [text, …]}, and nearly all of them with status 500. */
export class Refusal extends Error {
  readonly reply: SandboxReply;
  constructor(status: number, errors: readonly string[]) {
    super(errors.join(" "));
    this.name = "Refusal";
    this.reply = { status, body: { errors } };
  }
}

/** A request that the vendor will not take, whatever is wrong with it: 500, as its own pages say. */
export function invalid(...errors: readonly string[]): Refusal {
  return new Refusal(500, errors);
}

/** Runs a handler's work; a Refusal is the answer. */
export function answering(work: () => SandboxReply): SandboxReply {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Refusal) return cause.reply;
    throw cause;
  }
}
