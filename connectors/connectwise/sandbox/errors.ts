import type { SandboxReply } from "../../../engine/connector/sandbox/types.ts";

/**
 * The vendor's refusals: {code, message, errors}. Codes ApiFindCondition, InvalidObject and MissingRequiredField are
 * known; the texts of 401, 404, 409 and 429 are placeholders of the known shape (low confidence).
 */
export interface FieldError {
  readonly code: string;
  readonly message: string;
  readonly resource: string;
  readonly field: string;
}

/** Thrown inside a handler and answered by `answering`. */
export class Refusal extends Error {
  readonly reply: SandboxReply;
  constructor(status: number, code: string, message: string, errors?: readonly FieldError[]) {
    super(message);
    this.name = "Refusal";
    this.reply = { status, body: { code, message, errors: errors?.map((error) => ({ ...error })) ?? null } };
  }
}

/** 400 for a condition, an ordering or a paging parameter that the vendor cannot read. */
export function badCondition(message: string): Refusal {
  return new Refusal(400, "ApiFindCondition", message);
}

export function invalidObject(resource: string, errors: readonly FieldError[]): Refusal {
  return new Refusal(400, "InvalidObject", `${resource} object is invalid`, errors);
}

export function notFound(label: string, id: string | number): Refusal {
  return new Refusal(404, "NotFound", `${label} ${id} not found`);
}

export function inUse(): Refusal {
  return new Refusal(409, "ConflictingRecord", "Record is in use.");
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
