import { isObject, type Json } from "../../core/json.ts";
import type { RequestBytes } from "../types.ts";

/** The bytes of a request; the body is sent as JSON unless a header says otherwise. */
export function toBytes(method: string, value: Json | undefined): RequestBytes {
  const { path, query, headers, body } = isObject(value) ? value : {};
  const text = typeof path === "string" ? path : "";
  const pairs = Object.entries(textsOf(query)).map(
    ([name, one]) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`,
  );
  const named = Object.fromEntries(
    Object.entries(textsOf(headers)).map(([name, one]) => [name.toLowerCase(), one]),
  );
  return {
    method,
    path: `${text.startsWith("/") ? "" : "/"}${text}${pairs.length === 0 ? "" : `?${pairs.join("&")}`}`,
    headers: body === undefined ? named : { "content-type": "application/json", ...named },
    body: body === undefined ? "" : JSON.stringify(body),
  };
}

/** The members of an object that are texts and not empty. */
export function textsOf(value: Json | undefined): { readonly [name: string]: string } {
  const entries = Object.entries(isObject(value) ? value : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "",
  );
  return Object.fromEntries(entries);
}
