import { type LookupAddress, lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { Pool } from "undici";
import { isObject, type Json } from "../core/json.ts";
import { parseExact } from "./exact-json.ts";

/**
 * One HTTP exchange over a pool per origin. Nothing is retried and no redirect is followed here: whether a call may be
 * repeated is for those to say who know what it does.
 */
export interface Transport {
  exchange(request: HttpRequest): Promise<Exchange>;
  close(): Promise<void>;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | undefined;
}

export type Exchange =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: { readonly [name: string]: string };
      /** Undefined when the body is no JSON. */
      readonly body: Json | undefined;
      readonly text: string;
    }
  /** No connection came about: the request was not sent. */
  | { readonly kind: "not_sent"; readonly message: string }
  /** It broke after sending began: nobody knows what the server did. */
  | { readonly kind: "broken"; readonly message: string };

// Servers close a connection that stood idle, most after five seconds or more. A write that meets the closing is neither
// answered nor refused: it would have to be settled.
const IDLE_MAX_MS = 2000;
const BODY_MAX_BYTES = 64 * 1024 * 1024;

// Addresses of cloud metadata services: no system that tripoint talks to lives there, whatever a name resolves to.
const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet("169.254.0.0", 16, "ipv4");
LINK_LOCAL.addSubnet("fe80::", 10, "ipv6");

const NOT_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "ERR_LINK_LOCAL",
]);

/** The connections to one origin. */
interface Line {
  readonly pool: Pool;
  /** Exchanges under way. */
  open: number;
  /** When the last one ended, by performance.now(). */
  used: number;
}

export function createTransport(options: {
  readonly connections: number;
  /** For headers and again for the body. */
  readonly timeout_ms: number;
}): Transport {
  const lines = new Map<string, Line>();
  const lineTo = (origin: string): Line => {
    const known = lines.get(origin);
    if (known !== undefined && (known.open > 0 || performance.now() - known.used < IDLE_MAX_MS)) return known;
    if (known !== undefined) void known.pool.destroy();
    const pool = new Pool(origin, {
      connections: options.connections,
      pipelining: 1,
      headersTimeout: options.timeout_ms,
      bodyTimeout: options.timeout_ms,
      maxResponseSize: BODY_MAX_BYTES,
      connect: { lookup: lookupRefusingLinkLocal, timeout: options.timeout_ms },
    });
    const line = { pool, open: 0, used: 0 };
    lines.set(origin, line);
    return line;
  };

  return {
    exchange: async ({ method, url, headers, body }) => {
      const host = url.hostname.replace(/^\[|\]$/g, "");
      if (isLinkLocal(host)) return { kind: "not_sent", message: `${host} is a link-local address` };
      // After a long computation the closing of a connection may be known to the kernel only: two turns see to it.
      await turn();
      await turn();
      const line = lineTo(url.origin);
      line.open += 1;
      try {
        const reply = await line.pool.request({
          // The cast is undici's closed list of methods; ours come from the connector schema's own list.
          method: method as "GET",
          path: `${url.pathname}${url.search}`,
          headers: { ...headers },
          ...(body === undefined ? {} : { body }),
        });
        const text = await reply.body.text();
        return {
          kind: "answer",
          status: reply.statusCode,
          headers: plainHeaders(reply.headers),
          body: parseExact(text),
          text,
        };
      } catch (cause) {
        const code = errorCode(cause);
        const said = cause instanceof Error ? cause.message : "";
        // Node's own messages name the code already: "connect ECONNREFUSED 127.0.0.1:80".
        const message = said.includes(code) ? said : [code, said].filter((part) => part !== "").join(": ");
        return { kind: NOT_SENT.has(code) && isConnecting(cause) ? "not_sent" : "broken", message };
      } finally {
        line.open -= 1;
        line.used = performance.now();
      }
    },
    close: async () => {
      await Promise.all([...lines.values()].map(({ pool }) => pool.destroy()));
    },
  };
}

function isLinkLocal(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && LINK_LOCAL.check(address, family === 4 ? "ipv4" : "ipv6");
}

const lookupRefusingLinkLocal: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, "", 0);
    const allowed = addresses.filter(({ address }) => !isLinkLocal(address));
    const [first] = allowed;
    if (first === undefined) {
      const refusal = Object.assign(new Error(`${hostname} resolves to a link-local address`), {
        code: "ERR_LINK_LOCAL",
      });
      return callback(refusal, "", 0);
    }
    // Node asks for all addresses or for one, and wants its answer in that form.
    if (options.all) (callback as unknown as (e: null, all: LookupAddress[]) => void)(null, allowed);
    else callback(null, first.address, first.family);
  });
};

function plainHeaders(headers: { readonly [name: string]: string | string[] | undefined }): {
  readonly [name: string]: string;
} {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}

/** False for a fault of a connection that stood: a host can become unreachable after it was sent something. */
function isConnecting(cause: unknown): boolean {
  const syscall = isObject(cause) ? cause["syscall"] : undefined;
  return syscall === undefined || syscall === "connect" || syscall === "getaddrinfo";
}

function errorCode(cause: unknown): string {
  if (isObject(cause) && typeof cause["code"] === "string") return cause["code"];
  if (cause instanceof AggregateError) return errorCode(cause.errors[0]);
  return cause instanceof Error ? cause.name : "error";
}
