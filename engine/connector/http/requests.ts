import type { HttpRequest } from "../transport.ts";
import type { RequestBytes } from "../types.ts";

/** From the value of a request's program to bytes, and from bytes to an address below the base URL. */

/** A request to the API itself. */
export interface ApiRequest extends HttpRequest {
  /** First part of the path below the base URL: what some systems limit calls by. */
  readonly endpoint: string;
}

/** The request of these bytes at a base URL. */
export function toRequest(baseUrl: string, { method, path, headers, body }: RequestBytes): ApiRequest {
  return {
    method,
    url: new URL(baseUrl + path),
    headers,
    body: body === "" ? undefined : body,
    endpoint: /^\/([^/?]*)/.exec(path)?.[1] ?? "",
  };
}

/** An address that a system sent, relative ones taken from where it was sent; undefined when it is none. */
export function addressIn(text: string, from: URL): URL | undefined {
  return URL.canParse(text, from.href) ? new URL(text, from) : undefined;
}

/** True for an address that credentials may go to: where the system lives, or https on one of the host patterns. */
export function isOwnAddress(url: URL, base: URL, hosts: readonly string[]): boolean {
  if (url.origin === base.origin) return true;
  return (
    url.protocol === "https:" && url.port === "" && hosts.some((pattern) => matches(url.hostname, pattern))
  );
}

function matches(host: string, pattern: string): boolean {
  const source = pattern.replaceAll(".", "\\.").replaceAll("*", "[a-z0-9-]*");
  return new RegExp(`^${source}$`).test(host);
}
