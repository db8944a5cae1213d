import { createHash } from "node:crypto";
import type {
  Ledger,
  Row,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import { pacificTimeMs } from "./pacific.ts";
import { faultOf, Refusal } from "./refusal.ts";

/** Envelopes: every reply carries intuit_tid and a time, and is XML unless JSON was asked for. */

type Answered = Pick<SandboxContext, "ledger" | "now" | "rule" | "world">;

/** 200 with the body, or 400 with the Fault; `time` stands beside either. */
export function answer(result: Row | Refusal, request: SandboxRequest, context: Answered): SandboxReply {
  const time = pacificTimeMs(context.now());
  if (result instanceof Refusal) return send(400, { Fault: faultOf(result), time }, request, context);
  return send(200, { time, ...result }, request, context);
}

/** The gateway's own fault, in front of the accounting service: lower-case keys (medium confidence). */
export function gatewayFault(
  status: number,
  fault: { readonly message: string; readonly detail: string; readonly code: string; readonly type: string },
  request: SandboxRequest,
  context: Answered,
): SandboxReply {
  const { message, detail, code, type } = fault;
  const body = {
    warnings: null,
    intuitObject: null,
    fault: { error: [{ message, detail, code, element: null }], type },
    requestId: null,
    time: context.now(),
    status: null,
  };
  return send(status, body, request, context);
}

/** A reply in the format the request accepts. That `Accept` decides for every call is unsourced in the sheet. */
export function send(status: number, body: Json, request: SandboxRequest, context: Answered): SandboxReply {
  const headers = { intuit_tid: newTid(context) };
  const wantsJson = (request.headers.accept ?? "").includes("json");
  if (wantsJson || !context.rule("accept_json")) return { status, body, headers };
  const text = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${element("IntuitResponse", body)}`;
  return { status, body: text, headers: { ...headers, "content-type": "application/xml;charset=UTF-8" } };
}

const COUNTS = new WeakMap<Ledger, number>();

/** A new trace id for intuit_tid: never twice within a server's life. */
export function newTid(context: Pick<SandboxContext, "ledger" | "now">): string {
  const count = (COUNTS.get(context.ledger) ?? 0) + 1;
  COUNTS.set(context.ledger, count);
  const hash = createHash("sha256").update(`${context.now()}:${count}`).digest("hex");
  return `1-${hash.slice(0, 8)}-${hash.slice(8, 32)}`;
}

function element(name: string, value: Json): string {
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join("");
  return `<${name}>${isObject(value) ? children(value) : escaped(value)}</${name}>`;
}

function children(value: { readonly [key: string]: Json }): string {
  return Object.entries(value)
    .map(([key, item]) => element(key, item))
    .join("");
}

function escaped(value: Json): string {
  return value === null
    ? ""
    : String(value).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
