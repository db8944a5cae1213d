import type { SystemConfig } from "../../config/types.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import { isObject, type Json } from "../../core/json.ts";
import { unreachable } from "../../core/unreachable.ts";
import type { HttpRequest } from "../transport.ts";
import { SystemError } from "../types.ts";
import type { Caller } from "./caller.ts";
import type { Program, ReadProgram } from "./programs.ts";
import { addressIn, toBytes, toRequest } from "./requests.ts";
import type { Scope, Variables } from "./scope.ts";

/** Reads lists page by page, in each of the ways in which systems cut them. */
export interface Pager {
  /** Vendor records, a page at a time; not one page is asked for before the one before it was taken. */
  pages(program: ReadProgram, variables: Variables): AsyncGenerator<readonly Json[], void>;
  /** The records of one reply; undefined when the system answers "not found". */
  single(program: ReadProgram, variables: Variables): Promise<readonly Json[] | undefined>;
}

interface Reply {
  readonly records: readonly Json[];
  readonly body: Json;
  readonly headers: { readonly [name: string]: string };
}

export function createPager(deps: {
  readonly system: SystemConfig;
  readonly baseUrl: string;
  readonly caller: Caller;
  readonly scope: Scope;
  readonly more: Program | undefined;
}): Pager {
  const { system, baseUrl, caller, scope } = deps;
  const { page } = system.connector;

  async function* pages(program: ReadProgram, variables: Variables): AsyncGenerator<readonly Json[], void> {
    const seen = new Set<string>();
    let number = 1;
    let read = 0;
    let request: HttpRequest | undefined = await requestOf(program, { ...variables, ...position(1, 0) });
    while (request !== undefined) {
      const reply = await fetchReply(program, request);
      if (reply === undefined) throw answerError(`it does not know ${request.url.pathname}`);
      refuseRepetition(reply.records, seen, request);
      // What the next request needs is worked out now, so that this page can go as soon as it has been taken.
      read += reply.records.length;
      number += 1;
      const next: Next = await nextOf(reply, request);
      yield reply.records;
      if (next === undefined) return;
      request =
        next === "more" ? await requestOf(program, { ...variables, ...position(number, read) }) : next;
    }
  }

  /** A page that was there before means that the API ignored our cursor; stop rather than loop. */
  function refuseRepetition(records: readonly Json[], seen: Set<string>, { url }: HttpRequest): void {
    const mark = fingerprint([records.length, records[0] ?? null, records.at(-1) ?? null]);
    if (seen.has(mark))
      throw answerError(`it sent a page of ${url.pathname} a second time, as if it ignored our page`);
    seen.add(mark);
  }

  function position(number: number, read: number): Variables {
    return { size: page.size, page: number, offset: read + 1 };
  }

  async function requestOf(program: ReadProgram, variables: Variables): Promise<HttpRequest> {
    return toRequest(baseUrl, toBytes("GET", await scope.value(program.request, null, variables)));
  }

  async function fetchReply(program: ReadProgram, request: HttpRequest): Promise<Reply | undefined> {
    const answer = await caller.read(request);
    if (answer.kind === "not_found") return undefined;
    const { body, headers } = answer;
    const found = await scope.value(program.records, body);
    const isOther = program.head !== undefined && !(isObject(body) && Object.hasOwn(body, program.head));
    // No records and not even the place for them: an error page must not read as "there are none".
    if (found === undefined && isOther) {
      throw answerError(`its answer to ${request.url.pathname} has no "${program.head}"`);
    }
    const records = Array.isArray(found) ? found : found === undefined || found === null ? [] : [found];
    return { records, body, headers };
  }

  async function nextOf({ records, body, headers }: Reply, { url, ...request }: HttpRequest): Promise<Next> {
    switch (page.kind) {
      case "link_header": {
        const target = nextLink(headers["link"]);
        if (target === undefined) return undefined;
        const next = addressIn(target, url);
        if (next?.origin === new URL(baseUrl).origin) return { ...request, url: next };
        throw answerError(`its link to the next page leads away, to ${next?.origin ?? "no address"}`);
      }
      case "page_number": {
        if (deps.more === undefined) throw new Error("page_number has a program for more");
        return (await scope.value(deps.more, body)) === true ? "more" : undefined;
      }
      case "offset":
        return records.length < page.size ? undefined : "more";
      default:
        return unreachable(page);
    }
  }

  function answerError(what: string): SystemError {
    const { name, connector } = system;
    return new SystemError(name, "answer", `${connector.title} (${name}) cannot be read: ${what}.`);
  }

  return {
    pages,
    single: async (program, variables) =>
      (await fetchReply(program, await requestOf(program, { ...variables, ...position(1, 0) })))?.records,
  };
}

/** The next request itself, "more" when it is made from the page's number, undefined after the last page. */
type Next = HttpRequest | "more" | undefined;

/** The address of rel="next" in a Link header (RFC 8288). */
export function nextLink(header: string | undefined): string | undefined {
  for (const [, target, parameters = ""] of (header ?? "").matchAll(/<([^>]*)>([^<]*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i.test(parameters)) return target;
  }
  return undefined;
}

/** The same items, the next one being fetched while one is worked on: never more than two are alive. */
export async function* ahead<T>(source: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  let next = source.next();
  try {
    for (let item = await next; item.done !== true; item = await next) {
      next = source.next();
      // A failure is reported when its turn comes, and must not end the process before that.
      next.catch(() => {});
      yield item.value;
    }
  } finally {
    next.catch(() => {});
    // A fetch under way ends by itself; nobody waits for it.
    void source.return().catch(() => {});
  }
}
