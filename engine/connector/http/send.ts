import { batchKey } from "../../core/ids.ts";
import type { Json } from "../../core/json.ts";
import type { Limiter } from "../limiter.ts";
import { toBytes } from "../records/bytes.ts";
import { idText } from "../records/id-text.ts";
import { itemId } from "../records/prepare.ts";
import type { BatchProgram, Program } from "../records/programs.ts";
import { programOf, type ReadDeps } from "../records/read-deps.ts";
import { entityOf, readRecords } from "../records/reader.ts";
import type { Call, Outcome, PreparedWrite, SystemRecord, Write } from "../types.ts";
import type { Address } from "./address.ts";
import type { Caller } from "./caller.ts";
import { type Answer, isGood, type Judge, type Verdict } from "./judge.ts";
import { toRequest } from "./requests.ts";

/** Sends prepared writes, once, and says of each of them what is proven. */

export interface SendDeps extends ReadDeps {
  readonly address: Address;
  readonly caller: Caller;
  /** Holds batches back, where the system takes fewer of them than of other calls. */
  readonly batches: Limiter;
  readonly judge: Judge;
}

/** A way in which writes share a call: the system's batch, or the array that one kind of write takes. */
interface Sharing {
  readonly name: string;
  readonly program: BatchProgram;
}

function sharingOf({ write, item }: PreparedWrite, deps: ReadDeps): Sharing | undefined {
  if (item === undefined) return undefined;
  const array = arrayOf(write, deps);
  if (array !== undefined) return { name: `${write.operation} ${write.entity}`, program: array };
  const { batch } = deps.programs;
  return batch === undefined ? undefined : { name: "batch", program: batch };
}

function arrayOf({ entity, operation }: Write, deps: ReadDeps): BatchProgram | undefined {
  return programOf(entity, deps).writes[operation]?.array;
}

/** Batches of the writes that can share a call, in their order, and a call of its own for each of the others. */
export function groupWrites(writes: readonly PreparedWrite[], deps: ReadDeps): readonly Call[] {
  const batches: { readonly name: string; readonly writes: PreparedWrite[] }[] = [];
  const singles: PreparedWrite[] = [];
  for (const write of writes) {
    const sharing = sharingOf(write, deps);
    if (sharing === undefined) {
      singles.push(write);
      continue;
    }
    const open = batches.findLast(({ name }) => name === sharing.name)?.writes;
    const ids = open?.map(({ write: one }) => itemId(one)) ?? [];
    if (open === undefined || ids.length === sharing.program.size || ids.includes(itemId(write.write)))
      batches.push({ name: sharing.name, writes: [write] });
    else open.push(write);
  }
  return [...batches.map((batch) => together(batch.writes)), ...singles.map(alone)];
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
  for (const write of call.writes) {
    const sharing = sharingOf(write, deps);
    deps.counter.needWrite(sharing?.name ?? "alone", sharing?.program.size ?? 1);
  }
  const answered = call.batch === "" ? await sendAlone(call.writes, deps) : await sendBatch(call, deps);
  deps.counter.wrote(answered.filter(({ kind }) => kind === "done").length);
  return withPosted(call.writes, answered, deps);
}

/** An outcome with the part of the answer that shows the record as it was stored, where there is one. */
type Answered = Outcome & { readonly stored?: Json };

/** Reads what the answers show, those of one entity as one page. */
async function withPosted(
  writes: readonly PreparedWrite[],
  answered: readonly Answered[],
  deps: SendDeps,
): Promise<readonly Outcome[]> {
  const shown = writes.flatMap(({ write: { entity } }, index) => {
    const stored = answered[index]?.stored;
    return stored === undefined ? [] : [{ entity, stored }];
  });
  const posted = new Map<string, SystemRecord>();
  for (const name of new Set(shown.map(({ entity }) => entity))) {
    const own = shown.filter(({ entity }) => entity === name).map(({ stored }) => stored);
    for (const record of await readRecords(entityOf(name), programOf(name, deps), own, deps.scope))
      posted.set(`${name} ${record.id}`, record);
  }
  return answered.map(({ stored: _, ...outcome }, index) => {
    const entity = writes[index]?.write.entity ?? "";
    const record = outcome.kind === "done" ? posted.get(`${entity} ${outcome.id}`) : undefined;
    return outcome.kind === "done" && record !== undefined ? { ...outcome, posted: record } : outcome;
  });
}

async function sendAlone(writes: readonly PreparedWrite[], deps: SendDeps): Promise<readonly Answered[]> {
  const [only, ...more] = writes;
  if (only === undefined || more.length > 0) throw new Error("a call without a batch has one write");
  const sent = await deps.caller.write(toRequest(await deps.address(), only.request));
  if (sent.kind === "unknown") return [sent];
  const { answer, verdict } = sent;
  const array = arrayOf(only.write, deps);
  if (array !== undefined) return resultOutcomes(writes, array, answer, verdict, deps);
  // An empty body is an answer to a write whose id is known; any other body that is no JSON may be anybody's.
  const body = answer.body ?? (answer.text.trim() === "" ? null : undefined);
  return [await outcomeOf(only, body, answer, verdict, deps)];
}

async function sendBatch({ writes, batch: key }: Call, deps: SendDeps): Promise<readonly Answered[]> {
  const { scope, caller, system, batches } = deps;
  const [first] = writes;
  const sharing = first === undefined ? undefined : sharingOf(first, deps);
  if (sharing === undefined) throw new Error(`the connector ${system.connector.connector} has no batch`);
  const { program } = sharing;
  const isArray = program !== deps.programs.batch;
  const items = writes.map(({ item }) => item ?? null);
  const request = toBytes(program.method, await scope.value(program.request, null, { key, items }));
  const address = await deps.address();
  const send = () => caller.write(toRequest(address, request));
  const sent = await (isArray ? send() : batches.run(send));
  if (sent.kind === "unknown") return writes.map(() => sent);
  const { answer, verdict } = sent;
  const outcomes = await resultOutcomes(writes, program, answer, verdict, deps);
  const isRefused = !isGood(answer) && outcomes.every(({ kind }) => kind === "refused");
  // An array refused as a whole stored nothing, and one bad item of it must not stop the rest.
  return isArray && isRefused ? sendEach(writes, deps) : outcomes;
}

async function sendEach(writes: readonly PreparedWrite[], deps: SendDeps): Promise<readonly Answered[]> {
  const outcomes: Answered[] = [];
  for (const write of writes) outcomes.push(...(await sendAlone([write], deps)));
  return outcomes;
}

/** Outcomes by a reply with a result for each item. */
async function resultOutcomes(
  writes: readonly PreparedWrite[],
  program: BatchProgram,
  answer: Answer,
  verdict: Verdict,
  deps: SendDeps,
): Promise<readonly Answered[]> {
  const { title } = deps.system.connector;
  const unknown = (message: string): Outcome => ({ kind: "unknown", message: `${title} ${message}` });
  const results = isGood(answer) ? await resultsOf(writes, program, answer.body, deps) : undefined;
  if (results === undefined) {
    return verdict.class === undefined && isGood(answer)
      ? writes.map(() => unknown(`answered ${answer.status} without readable results`))
      : writes.map(() => refusal(answer, verdict, deps));
  }
  return Promise.all(
    writes.map(async (write, index): Promise<Answered> => {
      const result = results[index];
      if (result === undefined) return unknown("says nothing of this item of the batch");
      return outcomeOf(write, result, answer, await deps.judge.verdict(answer, result), deps);
    }),
  );
}

/** The result of each write, in their order, undefined where it has none; undefined when the reply has no results. */
async function resultsOf(
  writes: readonly PreparedWrite[],
  { results, itemId: idProgram }: BatchProgram,
  body: Json | undefined,
  { scope }: SendDeps,
): Promise<readonly (Json | undefined)[] | undefined> {
  const found = body === undefined ? undefined : await scope.one(results, body);
  if (found?.ok !== true || found.value === undefined) return undefined;
  const list: readonly Json[] = Array.isArray(found.value) ? found.value : [found.value];
  // With one too many or too few, nobody can tell whose they are.
  if (idProgram === undefined)
    return writes.map((_, index) => (list.length === writes.length ? list[index] : undefined));
  const ids = await scope.page(idProgram, list);
  const byId = new Map<string, Json>();
  for (const [index, id] of ids.entries()) {
    const text = id.ok ? idText(id.value) : null;
    if (text !== null) byId.set(text, list[index] ?? null);
  }
  return writes.map(({ write }) => byId.get(itemId(write)));
}

/** Of one write: `body` is what the system says of it, undefined when that cannot be read. */
async function outcomeOf(
  { write }: PreparedWrite,
  body: Json | undefined,
  answer: Answer,
  verdict: Verdict,
  deps: SendDeps,
): Promise<Answered> {
  const { title } = deps.system.connector;
  if (verdict.class !== undefined || !isGood(answer)) return refusal(answer, verdict, deps);
  if (body === undefined)
    return { kind: "unknown", message: `${title} answered ${answer.status} without readable JSON` };
  const program = programOf(write.entity, deps).writes[write.operation];
  const id = program?.id === undefined ? write.id : await idIn(program.id, body, write, deps);
  if (id === null)
    return { kind: "unknown", message: `${title} answered ${answer.status} without the record's id` };
  const stored = program?.posted === undefined ? undefined : await deps.scope.one(program.posted, body);
  return stored?.ok && stored.value !== undefined
    ? { kind: "done", id, stored: stored.value }
    : { kind: "done", id };
}

async function idIn(
  program: Program,
  body: Json,
  { record }: Write,
  { scope }: SendDeps,
): Promise<string | null> {
  const found = await scope.one(program, body, { record });
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
