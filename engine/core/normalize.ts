import { evenAddress } from "./address.ts";
import { isObject } from "./json.ts";

/** Derived keys by which records of two systems are recognised as one: spelling is evened out, nothing is guessed. */

const LEGAL_FORMS = new Set(
  (
    "llc inc incorporated ltd limited corp corporation co company gmbh pllc pa pc lp llp lllp plc ag kg ohg ug " +
    "sa sas sarl srl spa bv nv ab oy aps pty ulc"
  ).split(" "),
);

// Letters that Unicode does not take apart into a base letter and an accent.
const LETTERS: { readonly [letter: string]: string } = {
  ß: "ss",
  ø: "o",
  æ: "ae",
  œ: "oe",
  ł: "l",
  đ: "d",
};

const STREET_WORDS: { readonly [word: string]: string } = {
  st: "street",
  str: "street",
  ave: "avenue",
  av: "avenue",
  rd: "road",
  blvd: "boulevard",
  dr: "drive",
  ln: "lane",
  ct: "court",
  pl: "place",
  sq: "square",
  hwy: "highway",
  pkwy: "parkway",
  pky: "parkway",
  ter: "terrace",
  terr: "terrace",
  cir: "circle",
  trl: "trail",
  expy: "expressway",
  fwy: "freeway",
  rte: "route",
  n: "north",
  s: "south",
  e: "east",
  w: "west",
  ne: "northeast",
  nw: "northwest",
  se: "southeast",
  sw: "southwest",
  ste: "suite",
  unit: "suite",
  apt: "apartment",
  fl: "floor",
  rm: "room",
  bldg: "building",
};

/**
 * A company's name for comparison: lower case, no accents, no punctuation, no legal form at its end, single spaces.
 * "Café Müller, L.L.C." is "cafe muller". A name that is nothing but a legal form keeps it.
 */
export function nameNormalized(name: string): string {
  const words = wordsOf(name.replace(/&/g, " and "));
  while (words.length > 1 && LEGAL_FORMS.has(words.at(-1) ?? "")) {
    words.pop();
    if (words.length > 1 && words.at(-1) === "and") words.pop();
  }
  return words.join(" ");
}

/**
 * A canonical address as comparable text: "12 Main St., Ste 4" and "12 MAIN STREET #4" give one key. US postal codes
 * count with five digits, and an address without a country is a US one. Undefined when the value is no address or has
 * neither a line nor a postal code.
 */
export function addressKey(written: unknown): string | undefined {
  if (!isObject(written)) return undefined;
  const address = evenAddress(written);
  const lines = Array.isArray(address["lines"]) ? address["lines"].filter(isText) : [];
  const street = streetWords(wordsOf(lines.join(" ").replace(/#/g, " suite "))).join(" ");
  const country = plainText(address["country"]);
  const postal = postalCode(plainText(address["postal_code"]), country);
  if (street === "" && postal === "") return undefined;
  const city = wordsOf(plainText(address["city"])).map((word) => (word === "st" ? "saint" : word));
  const region = wordsOf(plainText(address["region"])).join(" ");
  const land = country.trim() === "" ? "us" : country.trim().toLowerCase();
  return [street, city.join(" "), region, postal, land].join("|");
}

function streetWords(words: readonly string[]): string[] {
  const written = words.map((word, index) => {
    // "12 St Marys Road": right behind the house number it is a saint, elsewhere a street.
    if (word === "st" && index <= 1 && index < words.length - 1 && !/\D/.test(words[index - 1] ?? "")) {
      return "saint";
    }
    return Object.hasOwn(STREET_WORDS, word) ? (STREET_WORDS[word] ?? word) : word;
  });
  // "Ste #4" says suite twice.
  return written.filter((word, index) => word !== "suite" || written[index - 1] !== "suite");
}

function postalCode(code: string, country: string): string {
  const plain = code.toLowerCase().replace(/[^a-z0-9]/g, "");
  const american = country === "" || country.trim().toUpperCase() === "US";
  return american && /^\d{5}(\d{4})?$/.test(plain) ? plain.slice(0, 5) : plain;
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[ßøæœłđ]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/(?<![\p{L}\p{N}])(?:\p{L}\.){2,}/gu, (initials) => `${initials.replace(/\./g, "")} `)
    .replace(/['’`]/g, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

function plainText(value: unknown): string {
  return isText(value) ? value : "";
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
