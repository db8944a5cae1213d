import { isObject, type Json } from "../../../engine/core/json.ts";
import { Refusal } from "./errors.ts";

/**
 * The vendor's PATCH: a list like JSON Patch, sent as application/json. Paths come with or without a leading slash;
 * customFields takes a list of {id, value} that changes the fields it names and leaves the others (low confidence).
 */
export interface PatchOperation {
  readonly op: "add" | "replace" | "remove";
  readonly path: readonly string[];
  readonly value: Json;
}

/** The operations out of a body; throws the vendor's 400. */
export function parsePatch(body: Json): PatchOperation[] {
  if (!Array.isArray(body)) throw new Refusal(400, "InvalidObject", "PATCH takes a list of operations");
  return body.map((entry) => {
    const { op, path, value } = isObject(entry) ? entry : {};
    if ((op !== "add" && op !== "replace" && op !== "remove") || typeof path !== "string") {
      throw new Refusal(400, "InvalidObject", "An operation needs op (add, replace or remove) and path");
    }
    const steps = path.replace(/^\//, "").split("/");
    return { op, path: steps, value: value ?? null };
  });
}

/** The record after the operations; the given one is not changed. */
export function applyPatch(
  record: { readonly [key: string]: Json },
  operations: readonly PatchOperation[],
): Json {
  let result: Json = record;
  for (const operation of operations) {
    result =
      operation.path.join("/") === "customFields" && operation.op !== "remove"
        ? { ...(isObject(result) ? result : {}), customFields: mergeCustomFields(result, operation.value) }
        : changed(result, operation.path, operation);
  }
  return result;
}

function mergeCustomFields(record: Json, sent: Json): Json {
  const old = isObject(record) ? record["customFields"] : undefined;
  if (!Array.isArray(sent) || !Array.isArray(old)) return sent;
  const named = new Set(sent.map((entry) => (isObject(entry) ? entry["id"] : undefined)));
  return [...old.filter((entry) => !isObject(entry) || !named.has(entry["id"])), ...sent];
}

function changed(target: Json | undefined, path: readonly string[], operation: PatchOperation): Json {
  const [step, ...rest] = path;
  if (step === undefined) return operation.op === "remove" ? null : operation.value;
  if (Array.isArray(target)) {
    const index = step === "-" ? target.length : Number(step);
    const last = rest.length === 0;
    if (!Number.isInteger(index) || index < 0 || index > target.length) throw badPath(operation);
    if (last && operation.op === "remove") return target.filter((_, at) => at !== index);
    if (last && operation.op === "add") {
      return [...target.slice(0, index), operation.value, ...target.slice(index)];
    }
    if (index === target.length) throw badPath(operation);
    return target.map((item, at) => (at === index ? changed(item, rest, operation) : item));
  }
  if (target !== undefined && target !== null && !isObject(target)) throw badPath(operation);
  // Naming a reference by anything but its id unties it from the id that it had.
  const { id, ...others } = target ?? {};
  const namesReference = operation.path.length === 2 && rest.length === 0 && step !== "id";
  const base = namesReference || id === undefined ? others : { id, ...others };
  return { ...base, [step]: changed(target?.[step], rest, operation) };
}

function badPath({ path }: PatchOperation): Refusal {
  return new Refusal(400, "InvalidObject", `${path.join("/")} is not a path of this record`);
}
