import type { CodeMap } from "../../config/types.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { Jurisdiction } from "./facts.ts";

/** From a service address to its taxing place, by the client's own table: never guessed, and a gap says what it lacks. */
export type FindJurisdiction = (address: Json | undefined) => Jurisdiction;

/** Looks addresses up in the client's table; without one nothing resolves. */
export function createFindJurisdiction(table: CodeMap | undefined): FindJurisdiction {
  if (table === undefined) {
    const why = "billing names none, and readiness.tax_jurisdictions names no table.";
    return () => ({ code: null, why });
  }
  const rows = new Map(table.rows.map((row) => [row.code, row]));
  return (address) => {
    if (!isObject(address)) return { code: null, why: "it has no address." };
    const keys = keysOf(address);
    if (typeof keys === "string") return { code: null, why: keys };
    for (const key of keys) {
      const row = rows.get(key);
      const code = row?.["jurisdiction"] ?? rows.get(row?.["county"] ?? "")?.["jurisdiction"];
      if (code !== undefined && code !== "") return { code, why: "" };
    }
    return {
      code: null,
      why: `${keys.join(", ")} ${keys.length === 1 ? "is" : "are"} not in ${table.file}.`,
    };
  };
}

/** What an address is looked up by, the narrowest first; a text says why there is nothing. */
function keysOf(address: { readonly [field: string]: Json }): readonly string[] | string {
  const text = (field: string): string => {
    const value = address[field];
    return typeof value === "string" ? value.trim().toUpperCase() : "";
  };
  const country = text("country") === "" ? "US" : text("country");
  const region = text("region") === "" ? [] : [`${country}-${text("region")}`];
  const written = text("postal_code");
  if (country !== "US") return [...(written === "" ? [] : [`${country}-${written}`]), ...region];
  const [, zip, plusFour] = /^(\d{5})(?:[- ]?(\d{4}))?$/.exec(written) ?? [];
  if (zip === undefined) return `"${written}" is no ZIP code of five or nine digits.`;
  return [...(plusFour === undefined ? [] : [`${zip}-${plusFour}`]), zip, ...region];
}
