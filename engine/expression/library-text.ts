import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js";
import { fingerprint } from "../core/fingerprint.ts";
import { addressKey, nameNormalized } from "../core/normalize.ts";
import { refuse, shown } from "./failure.ts";

/** Text, ids, phones and derived keys. */
export const text = {
  /** $text(x, default=""): text of a value, the default for null and missing; objects and lists as JSON. */
  text: (value: unknown, otherwise: unknown = "") => (absent(value) ? otherwise : asText(value)),

  /** $id(x): text of an id; 412, "412" and "412.0" are "412"; null for "", 0 and a missing one. */
  id: (value: unknown) => {
    if (absent(value)) return null;
    if (typeof value === "number") return numberId(value);
    if (typeof value !== "string") return refuse(`$id needs text or a number, not ${shown(value)}.`);
    const id = value.trim().replace(/^(\d+)\.0+$/, "$1");
    return id === "" || id === "0" ? null : id;
  },

  /** $guid(x): 32 hex digits in the form of a GUID, the same for the same text: for systems that take keys of no other form. */
  guid: (value: unknown) => (absent(value) ? null : guid(asText(value))),

  /** $blank(x): null for "", spaces and 0, which some systems send for "none"; anything else as it is. */
  blank: (value: unknown) => {
    if (absent(value) || value === 0) return null;
    return typeof value === "string" && value.trim() === "" ? null : value;
  },

  /** $phone(x, country="US"): E.164 without the extension; null when it is no valid number. */
  phone: (value: unknown, country: unknown = "US") => {
    if (absent(value)) return null;
    const code = absent(country) ? "US" : String(country).toUpperCase();
    return phoneNumber(asText(value), code)?.number ?? null;
  },

  /** $phoneDigits(e164): the digits as dialled inside the country: "+18135550100" is "8135550100". */
  phoneDigits: (value: unknown) =>
    absent(value) ? null : (phoneNumber(asText(value), "US")?.nationalNumber ?? null),

  /** $email(x): trimmed; null when there is no @ between two characters. */
  email: (value: unknown) => {
    if (typeof value !== "string") return null;
    const address = value.trim();
    return /^[^\s@]+@[^\s@]+$/.test(address) ? address : null;
  },

  /** $nameNormalized(x): a company's name for comparison (core/normalize.ts). */
  nameNormalized: (value: unknown) => (absent(value) ? null : nameNormalized(asText(value))),

  /** $addressKey(address): a canonical address as comparable text (core/normalize.ts). */
  addressKey: (value: unknown) => addressKey(value) ?? null,

  /** $escape(text, characters, prefix="\\"): the prefix before each of the characters. */
  escape: (value: unknown, characters: unknown, prefix: unknown = "\\") =>
    absent(value) ? null : escaped(asText(value), asText(characters ?? ""), asText(prefix)),

  /** $quote(text, quote="\""): in quotes, with a backslash before each quote and backslash inside. */
  quote: (value: unknown, mark: unknown = '"') => {
    if (absent(value)) return null;
    const quote = asText(mark);
    return `${quote}${escaped(asText(value), `${quote}\\`, "\\")}${quote}`;
  },
};

/** True for null and missing, which every function of the library lets pass. */
export function absent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** Text as it is, numbers and booleans as written, objects and lists as JSON. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "function") return refuse("A function is no text.");
  return JSON.stringify(value) ?? "";
}

function guid(value: string): string {
  const hash = fingerprint(value);
  // Version 8 (RFC 9562): a GUID whose digits mean what its maker likes.
  return `${hash.slice(0, 12)}8${hash.slice(13, 16)}a${hash.slice(17)}`;
}

function numberId(value: number): string | null {
  if (value === 0) return null;
  if (!Number.isSafeInteger(value)) {
    return refuse(`The id ${value} is no whole number that JavaScript keeps exactly.`);
  }
  return String(value);
}

function phoneNumber(value: string, country: string) {
  // No number is longer; the parser's searches grow with the text.
  const start = value.slice(0, 80);
  const known: CountryCode | undefined = isSupportedCountry(country) ? country : undefined;
  const number =
    known === undefined ? parsePhoneNumberFromString(start) : parsePhoneNumberFromString(start, known);
  return number?.isValid() ? number : undefined;
}

function escaped(value: string, characters: string, prefix: string): string {
  let result = "";
  for (const character of value) result += characters.includes(character) ? prefix + character : character;
  return result;
}
