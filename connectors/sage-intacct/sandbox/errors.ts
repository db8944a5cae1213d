import type { SandboxReply } from "../../../engine/connector/sandbox/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import { refusals } from "./names.ts";

/** The vendor's refusals: an ia::error, in one of the three envelopes that occur. */

export type Reason = keyof typeof refusals;

export interface Cause {
  readonly reason: Reason;
  readonly message: string;
  /** Where in the body: /lines/0/txnAmount. */
  readonly target?: string;
}

/** Thrown inside a handler and answered by `answering`. */
export class Refusal extends Error {
  readonly reason: Reason;
  readonly details: readonly Cause[];
  constructor(reason: Reason, message: string, details: readonly Cause[] = []) {
    super(message);
    this.name = "Refusal";
    this.reason = reason;
    this.details = details;
  }

  get status(): number {
    return refusals[this.reason][0];
  }

  /** {"ia::result": {"ia::error": …}, "ia::meta": …}: what objects and services answer. */
  get body(): Json {
    return { "ia::result": { "ia::error": errorOf(this) }, "ia::meta": meta(0, 1) };
  }

  get reply(): SandboxReply {
    return { status: this.status, body: this.body };
  }
}

/** {"error": …}: what the login and the gateway in front of the service answer. */
export function gatewayError(reason: Reason, message: string): SandboxReply {
  return { status: refusals[reason][0], body: { error: errorOf(new Refusal(reason, message)) } };
}

/** A body whose fields are wrong, each with its place. */
export function invalidPayload(details: readonly Cause[]): Refusal {
  return new Refusal("payload", "Payload contains errors", details);
}

export function meta(success: number, errors: number): Json {
  return { totalCount: success + errors, totalSuccess: success, totalError: errors };
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

function errorOf({ reason, message, details }: Refusal): Json {
  const shown = details.map(({ target, ...cause }) => ({
    ...head(cause.reason, cause.message),
    ...(target === undefined ? {} : { target }),
  }));
  return {
    ...head(reason, message),
    supportId: "sQrM9%7EYdh5oDEWVb80mrn9xuHjoAAAABBQ",
    ...(details.length === 0 ? {} : { details: shown }),
  };
}

function head(reason: Reason, message: string): { readonly [name: string]: Json } {
  const [, code, errorId, messageId] = refusals[reason];
  return { code, message, errorId, additionalInfo: { messageId, placeholders: {}, propertySet: {} } };
}
