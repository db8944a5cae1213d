import type { HttpSystem } from "../../config/types.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import { isObject, type Json } from "../../core/json.ts";
import { unreachable } from "../../core/unreachable.ts";
import { toBytes } from "../records/bytes.ts";
import type { Pager } from "../records/pager.ts";
import type { Program, ReadProgram } from "../records/programs.ts";
import type { Scope, Variables } from "../records/scope.ts";
import { SystemError } from "../types.ts";
import type { Address } from "./address.ts";
import type { Caller } from "./caller.ts";
import { offsetPages } from "./offset-pages.ts";
import { type ApiRequest, addressIn, isOwnAddress, toRequest } from "./requests.ts";

interface Reply {
  readonly records: readonly Json[];
  readonly body: Json;
  readonly headers: { readonly [name: string]: string };
}

export function createPager(deps: {
  readonly system: HttpSystem;
  readonly address: Address;
  readonly caller: Caller;
  readonly scope: Scope;
  readonly next: Program | undefined;
}): Pager {
  const { system, address, caller, scope } = deps;
  const { page, hosts } = system.connector;

  async function* pages(program: ReadProgram, variables: Variables): AsyncGenerator<readonly Json[], void> {
    if (page.kind === "offset") {
      yield* offsetPages((offset) => recordsAt(offset, program, variables), page.size, answerError);
      return;
    }
    const seen = new Set<string>();
    let place = FIRST;
    let request: ApiRequest | undefined = await requestOf(program, { ...variables, ...variablesOf(place) });
    while (request !== undefined) {
      const reply = await fetchPage(program, request, variables);
      refuseRepetition(reply.records, seen, request);
      // What the next request needs is worked out now, so that this page can go as soon as it has been taken.
      place = { ...place, read: place.read + reply.records.length };
      const next: Next = await nextOf(reply, request, place);
      place = { ...place, page: place.page + 1, cursor: next?.cursor };
      yield reply.records;
      if (next === undefined) return;
      request = next.request ?? (await requestOf(program, { ...variables, ...variablesOf(place) }));
    }
  }

  async function recordsAt(
    offset: number,
    program: ReadProgram,
    variables: Variables,
  ): Promise<readonly Json[]> {
    const where = variablesOf({ ...FIRST, read: offset - 1 });
    const request = await requestOf(program, { ...variables, ...where });
    return (await fetchPage(program, request, variables)).records;
  }

  async function fetchPage(program: ReadProgram, request: ApiRequest, variables: Variables): Promise<Reply> {
    const reply = await fetchReply(program, request, variables);
    if (reply === undefined) throw answerError(`it does not know ${request.url.pathname}`);
    return reply;
  }

  /** A page that was there before means that the API ignored our cursor; stop rather than loop. */
  function refuseRepetition(records: readonly Json[], seen: Set<string>, { url }: ApiRequest): void {
    const mark = fingerprint([records.length, records[0] ?? null, records.at(-1) ?? null]);
    if (seen.has(mark))
      throw answerError(`it sent a page of ${url.pathname} a second time, as if it ignored our page`);
    seen.add(mark);
  }

  function variablesOf({ page: number, read, cursor }: Place): Variables {
    const where = { size: page.size, page: number, offset: read + 1 };
    return cursor === undefined ? where : { ...where, cursor };
  }

  async function requestOf(program: ReadProgram, variables: Variables): Promise<ApiRequest> {
    const value = await scope.value(program.request, null, variables);
    return toRequest(await address(), toBytes(program.method, value));
  }

  async function fetchReply(
    program: ReadProgram,
    request: ApiRequest,
    variables: Variables,
  ): Promise<Reply | undefined> {
    const answer = await caller.read(request);
    if (answer.kind === "not_found") return undefined;
    if (answer.kind === "not_modified") return { records: [], body: null, headers: answer.headers };
    const { body, headers } = answer;
    const found = await scope.value(program.records, body, variables);
    const isOther = program.head !== undefined && !(isObject(body) && Object.hasOwn(body, program.head));
    // No records and not even the place for them: an error page must not read as "there are none".
    if (found === undefined && isOther) {
      throw answerError(`its answer to ${request.url.pathname} has no "${program.head}"`);
    }
    const records = Array.isArray(found) ? found : found === undefined || found === null ? [] : [found];
    return { records, body, headers };
  }

  async function nextOf({ records, body, headers }: Reply, request: ApiRequest, place: Place): Promise<Next> {
    const said = async (): Promise<Json | undefined> => {
      if (deps.next === undefined) throw new Error(`pages of kind ${page.kind} have a program`);
      const { page: number, read } = place;
      return scope.value(deps.next, body, { page: number, size: page.size, count: records.length, read });
    };
    switch (page.kind) {
      case "link_header":
        return follow(nextLink(headers["link"]), request);
      case "next_url": {
        const address = await said();
        return follow(typeof address === "string" && address !== "" ? address : undefined, request);
      }
      case "page_number":
        return (await said()) === true ? {} : undefined;
      case "cursor": {
        const cursor = await said();
        return cursor === undefined || cursor === null || cursor === "" ? undefined : { cursor };
      }
      case "offset":
        throw new Error("pages by offset are walked by their position");
      default:
        return unreachable(page);
    }
  }

  async function follow(target: string | undefined, request: ApiRequest): Promise<Next> {
    if (target === undefined) return undefined;
    const url = addressIn(target, request.url);
    if (url !== undefined && isOwnAddress(url, new URL(await address()), hosts))
      return { request: { ...request, url } };
    throw answerError(`its link to the next page leads away, to ${url?.origin ?? "no address"}`);
  }

  function answerError(what: string): SystemError {
    const { name, connector } = system;
    return new SystemError(name, "answer", `${connector.title} (${name}) cannot be read: ${what}.`);
  }

  return {
    pages,
    single: async (program, variables) => {
      const request = await requestOf(program, { ...variables, ...variablesOf(FIRST) });
      return (await fetchReply(program, request, variables))?.records;
    },
  };
}

/** What of a list has been read: the number of the page asked for, the records so far, and what leads to the page. */
interface Place {
  readonly page: number;
  readonly read: number;
  readonly cursor: Json | undefined;
}

const FIRST: Place = { page: 1, read: 0, cursor: undefined };

/** How to ask for the next page: by a request that the system gave, or from the new place; undefined after the last. */
type Next = { readonly request?: ApiRequest; readonly cursor?: Json } | undefined;

/** The address of rel="next" in a Link header (RFC 8288). */
export function nextLink(header: string | undefined): string | undefined {
  for (const [, target, parameters = ""] of (header ?? "").matchAll(/<([^>]*)>([^<]*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i.test(parameters)) return target;
  }
  return undefined;
}
