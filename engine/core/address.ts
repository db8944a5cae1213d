import type { Json } from "./json.ts";

/**
 * One spelling of the parts of an address that are compared and looked up: states and provinces by their two letters, US
 * and Canadian postal codes as their posts write them. What is none of these stays as it was written.
 */

const STATES = `Alabama AL, Alaska AK, Arizona AZ, Arkansas AR, California CA, Colorado CO, Connecticut CT, Delaware DE,
  District of Columbia DC, Florida FL, Georgia GA, Hawaii HI, Idaho ID, Illinois IL, Indiana IN, Iowa IA, Kansas KS,
  Kentucky KY, Louisiana LA, Maine ME, Maryland MD, Massachusetts MA, Michigan MI, Minnesota MN, Mississippi MS,
  Missouri MO, Montana MT, Nebraska NE, Nevada NV, New Hampshire NH, New Jersey NJ, New Mexico NM, New York NY,
  North Carolina NC, North Dakota ND, Ohio OH, Oklahoma OK, Oregon OR, Pennsylvania PA, Rhode Island RI,
  South Carolina SC, South Dakota SD, Tennessee TN, Texas TX, Utah UT, Vermont VT, Virginia VA, Washington WA,
  West Virginia WV, Wisconsin WI, Wyoming WY, Puerto Rico PR, Guam GU, American Samoa AS, U.S. Virgin Islands VI,
  Northern Mariana Islands MP`;
const PROVINCES = `Alberta AB, British Columbia BC, Manitoba MB, New Brunswick NB, Newfoundland and Labrador NL,
  Northwest Territories NT, Nova Scotia NS, Nunavut NU, Ontario ON, Prince Edward Island PE, Quebec QC, Québec QC,
  Saskatchewan SK, Yukon YT`;

const REGIONS: { readonly [country: string]: ReadonlyMap<string, string> } = {
  US: regions(STATES),
  CA: regions(PROVINCES),
};

/** A canonical address in that spelling; an address without a country is taken for a US one, and stays without. */
export function evenAddress<T extends { readonly [field: string]: Json }>(address: T): T {
  const { region, postal_code, country } = address;
  const land = typeof country === "string" && country.trim() !== "" ? country.trim().toUpperCase() : "US";
  const own = {
    ...(typeof region === "string" ? { region: evenRegion(region, land) } : {}),
    ...(typeof postal_code === "string" ? { postal_code: evenPostalCode(postal_code, land) } : {}),
  };
  return { ...address, ...own };
}

function evenRegion(region: string, country: string): string {
  return REGIONS[country]?.get(spelt(region)) ?? region;
}

function evenPostalCode(code: string, country: string): string {
  if (country === "US") {
    const [, zip, plusFour] = /^\s*(\d{5})[-\s]*(\d{4})?\s*$/.exec(code) ?? [];
    return zip === undefined ? code : plusFour === undefined ? zip : `${zip}-${plusFour}`;
  }
  if (country !== "CA") return code;
  const [, area, unit] = /^\s*([a-z]\d[a-z])[-\s]*(\d[a-z]\d)\s*$/i.exec(code) ?? [];
  return area === undefined || unit === undefined ? code : `${area} ${unit}`.toUpperCase();
}

function regions(list: string): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const entry of list.split(",")) {
    const [, name = "", code = ""] = /^\s*(.+) ([A-Z]{2})$/s.exec(entry) ?? [];
    known.set(spelt(name), code).set(spelt(code), code);
  }
  return known;
}

/** "N.Y." and "new  york" are found whatever their case, dots and spaces. */
function spelt(text: string): string {
  return text.toLowerCase().replace(/[.\s]/g, "");
}
