import { batchKey } from "../../core/ids.ts";
import type { Json } from "../../core/json.ts";
import type { Limiter } from "../limiter.ts";
import type { Call, Outcome, PreparedWrite } from "../types.ts";
import type { Caller } from "./caller.ts";
import { type Answer, idText, isGood, type Judge, type Verdict } from "./judge.ts";
import { programOf, type ReadDeps } from "./listing.ts";
import { itemId } from "./prepare.ts";
import type { BatchProgram, Program } from "./programs.ts";
import { toBytes, toRequest } from "./requests.ts";

/** Sends prepared writes, once, and says of each of them what is proven. */

export interface SendDeps extends ReadDeps {
  readonly baseUrl: string;
  readonly caller: Caller;
  /** Holds batches back, where the system takes fewer of them than of other calls. */
  readonly batches: Limiter;
  readonly judge: Judge;
}

/** Batches of the writes that can share a call, in their order, and a call of its own for each of the others. */
export function groupWrites(writes: readonly PreparedWrite[], { programs }: ReadDeps): readonly Call[] {
  const { batch } = programs;
  if (batch === undefined) return writes.map(alone);
  const batches: PreparedWrite[][] = [];
  const singles: PreparedWrite[] = [];
  for (const write of writes) {
    if (write.item === undefined) {
      singles.push(write);
      continue;
    }
    const ids = batches.at(-1)?.map(({ write: one }) => itemId(one)) ?? [];
    const isFull = batches.length === 0 || ids.length === batch.size || ids.includes(itemId(write.write));
    if (isFull) batches.push([write]);
    else batches.at(-1)?.push(write);
  }
  return [...batches.map(together), ...singles.map(alone)];
}

function alone(write: PreparedWrite): Call {
  return { writes: [write], batch: "" };
}

function together(writes: PreparedWrite[]): Call {
  const [first] = writes;
  if (writes.length === 1 && first !== undefined) return alone(first);
  return { writes, batch: batchKey(writes.map(({ write }) => write.key)) };
}

/** Outcomes in the order of the call's writes. Throws SystemError when nothing was sent or stored. */
export async function sendCall(call: Call, deps: SendDeps): Promise<readonly Outcome[]> {
  for (const { item } of call.writes)
    deps.counter.needWrite(item !== undefined && deps.programs.batch !== undefined);
  const outcomes = call.batch === "" ? await sendAlone(call.writes, deps) : await sendBatch(call, deps);
  deps.counter.wrote(outcomes.filter(({ kind }) => kind === "done").length);
  return outcomes;
}

async function sendAlone(writes: readonly PreparedWrite[], deps: SendDeps): Promise<readonly Outcome[]> {
  const [only, ...more] = writes;
  if (only === undefined || more.length > 0) throw new Error("a call without a batch has one write");
  const sent = await deps.caller.write(toRequest(deps.baseUrl, only.request));
  if (sent.kind === "unknown") return [sent];
  const { answer, verdict } = sent;
  // An empty body is an answer to a write whose id is known; any other body that is no JSON may be anybody's.
  const body = answer.body ?? (answer.text.trim() === "" ? null : undefined);
  return [await outcomeOf(only, body, answer, verdict, deps)];
}

async function sendBatch({ writes, batch: key }: Call, deps: SendDeps): Promise<readonly Outcome[]> {
  const { scope, caller, programs, baseUrl, system, batches } = deps;
  const { batch } = programs;
  if (batch === undefined) throw new Error(`the connector ${system.connector.connector} has no batch`);
  const items = writes.map(({ item }) => item ?? null);
  const request = toBytes("POST", await scope.value(batch.request, null, { key, items }));
  const sent = await batches.run(() => caller.write(toRequest(baseUrl, request)));
  const all = (outcome: Outcome): readonly Outcome[] => writes.map(() => outcome);
  if (sent.kind === "unknown") return all(sent);
  const { answer, verdict } = sent;
  if (verdict.class !== undefined || !isGood(answer)) return all(refusal(answer, verdict, deps));
  const results = answer.body === undefined ? undefined : await resultsById(batch, answer.body, deps);
  if (results === undefined)
    return all({
      kind: "unknown",
      message: `${system.connector.title} answered ${answer.status} without readable results`,
    });
  return Promise.all(
    writes.map(async (write): Promise<Outcome> => {
      const result = results.get(itemId(write.write));
      if (result === undefined)
        return {
          kind: "unknown",
          message: `${system.connector.title} says nothing of this item of the batch`,
        };
      return outcomeOf(write, result, answer, await deps.judge.verdict(answer, result), deps);
    }),
  );
}

async function resultsById(
  batch: BatchProgram,
  body: Json,
  { scope }: SendDeps,
): Promise<ReadonlyMap<string, Json> | undefined> {
  const found = await scope.one(batch.results, body);
  if (!found.ok || found.value === undefined) return undefined;
  const list: readonly Json[] = Array.isArray(found.value) ? found.value : [found.value];
  const ids = await scope.page(batch.itemId, list);
  const results = new Map<string, Json>();
  for (const [index, id] of ids.entries()) {
    const text = id.ok ? idText(id.value) : null;
    if (text !== null) results.set(text, list[index] ?? null);
  }
  return results;
}

/** Of one write: `body` is what the system says of it, undefined when that cannot be read. */
async function outcomeOf(
  { write }: PreparedWrite,
  body: Json | undefined,
  answer: Answer,
  verdict: Verdict,
  deps: SendDeps,
): Promise<Outcome> {
  const { title } = deps.system.connector;
  if (verdict.class !== undefined || !isGood(answer)) return refusal(answer, verdict, deps);
  if (body === undefined)
    return { kind: "unknown", message: `${title} answered ${answer.status} without readable JSON` };
  const program = programOf(write.entity, deps).writes[write.operation]?.id;
  const id = program === undefined ? write.id : await idIn(program, body, deps);
  return id === null
    ? { kind: "unknown", message: `${title} answered ${answer.status} without the record's id` }
    : { kind: "done", id };
}

async function idIn(program: Program, body: Json, { scope }: SendDeps): Promise<string | null> {
  const found = await scope.one(program, body);
  return found.ok ? idText(found.value) : null;
}

/** Refused when the error table proves that nothing was stored, else unknown. */
function refusal({ status }: Answer, verdict: Verdict, { system }: SendDeps): Outcome {
  const message = `${system.connector.title} answered ${status}: ${verdict.words}`;
  const isProof =
    verdict.class !== undefined && verdict.class !== "transient" && verdict.class !== "unknown_outcome";
  return isProof && verdict.class !== undefined
    ? { kind: "refused", class: verdict.class, message, owner: verdict.owner }
    : { kind: "unknown", message };
}
