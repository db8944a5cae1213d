import { countyCode } from "../../config/jurisdictions.ts";
import type { CodeMap, CodeMapRow } from "../../config/types.ts";
import { evenAddress } from "../../core/address.ts";
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
    const row = keys.map((key) => rows.get(key)).find((one) => one !== undefined);
    if (row !== undefined) return placeOf(row, rows, table.file);
    return {
      code: null,
      why: `${keys.join(", ")} ${keys.length === 1 ? "is" : "are"} not in ${table.file}.`,
    };
  };
}

/** The narrowest row decides: one that leads nowhere is a mistake in the table, and no wider one speaks for it. */
function placeOf(row: CodeMapRow, rows: ReadonlyMap<string, CodeMapRow>, file: string): Jurisdiction {
  const { code, jurisdiction = "", county = "" } = row;
  if (jurisdiction !== "") return { code: jurisdiction, why: "" };
  if (county === "") return { code: null, why: `${file} gives ${code} neither a jurisdiction nor a county.` };
  const found = rows.get(countyCode(county))?.["jurisdiction"] ?? "";
  if (found !== "") return { code: found, why: "" };
  const why = `by ${file} ${code} lies in county ${county}, and ${countyCode(county)} has no jurisdiction there.`;
  return { code: null, why };
}

/** What an address is looked up by, the narrowest first; a text says why there is nothing. */
function keysOf(written: { readonly [field: string]: Json }): readonly string[] | string {
  const address = evenAddress(written);
  const text = (field: string): string => {
    const value = address[field];
    return typeof value === "string" ? value.trim().toUpperCase() : "";
  };
  const country = text("country") === "" ? "US" : text("country");
  const region = text("region") === "" ? [] : [`${country}-${text("region")}`];
  const code = text("postal_code");
  if (country !== "US") return [...(code === "" ? [] : [`${country}-${code}`]), ...region];
  const [, zip, plusFour] = /^(\d{5})(-\d{4})?$/.exec(code) ?? [];
  if (zip === undefined) return `"${code}" is no ZIP code of five or nine digits.`;
  return [...(plusFour === undefined ? [] : [code]), zip, ...region];
}
