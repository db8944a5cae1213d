import { isObject } from "../../core/json.ts";
import type { Fault } from "./types.ts";

/** Faults that wait for their request, oldest first. */
export interface FaultQueue {
  add(fault: Fault): void;
  /** The fault that hits this request, used up by one; `url` is the path with its query. */
  take(method: string, url: string): Fault | undefined;
  /** Requests that are still going to be hit. */
  readonly left: number;
}

const KINDS: readonly string[] = ["before", "commit_then_cut", "commit_then_hang", "reply", "cut_body"];

/** A queue of faults; a request counts for the `skip` of every fault that it matches, and is hit by the first ready one. */
export function faultQueue(): FaultQueue {
  let waiting: { readonly fault: Fault; readonly path: RegExp; skip: number; times: number }[] = [];
  return {
    add: (fault) => {
      const path = new RegExp(fault.path ?? "");
      waiting.push({ fault, path, skip: fault.skip ?? 0, times: fault.times ?? 1 });
    },
    take: (method, url) => {
      let hit: Fault | undefined;
      for (const entry of waiting) {
        if (entry.fault.method !== undefined && entry.fault.method !== method) continue;
        if (!entry.path.test(url)) continue;
        if (entry.skip > 0) entry.skip--;
        else if (hit === undefined) {
          hit = entry.fault;
          entry.times--;
        }
      }
      waiting = waiting.filter((entry) => entry.times > 0);
      return hit;
    },
    get left() {
      return waiting.reduce((sum, entry) => sum + entry.times, 0);
    },
  };
}

/** A fault out of JSON text; throws with the reason when it is none. */
export function parseFault(text: string): Fault {
  const value: unknown = JSON.parse(text);
  if (!isObject(value) || typeof value["kind"] !== "string" || !KINDS.includes(value["kind"])) {
    throw new Error(`a fault needs a kind out of ${KINDS.join(", ")}`);
  }
  if (
    value["kind"] === "reply" &&
    !(isObject(value["reply"]) && typeof value["reply"]["status"] === "number")
  ) {
    throw new Error("a fault of kind reply needs a reply with a status");
  }
  return value as unknown as Fault;
}
