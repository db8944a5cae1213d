import type { WorldAddress } from "../../../engine/connector/sandbox/world.ts";
import type { Random } from "./random.ts";

/** A city in which the provider has customers, with what an address and a tax there depend on. */
export interface Place {
  readonly city: string;
  readonly region: string;
  readonly area_code: string;
  readonly zips: readonly string[];
  /** State and county sales tax, and the city's own part of the communications tax; made-up rates of a likely size. */
  readonly sales_rate: string;
  readonly city_rate: string;
}

/** Around Tampa first, then the rest of Florida, then the neighbours, where the provider collects no state tax. */
export const PLACES: readonly Place[] = [
  place("Tampa, FL", "813", "33602 33605 33607 33609 33611 33614 33619 33634", "0.075", "0.0522"),
  place("St. Petersburg, FL", "727", "33701 33702 33713 33716", "0.07", "0.0562"),
  place("Clearwater, FL", "727", "33755 33759 33762 33765", "0.07", "0.0512"),
  place("Brandon, FL", "813", "33510 33511", "0.075", "0.04"),
  place("Plant City, FL", "813", "33563 33566", "0.075", "0.0572"),
  place("Lakeland, FL", "863", "33801 33803 33811 33813", "0.07", "0.0747"),
  place("Largo, FL", "727", "33770 33771", "0.07", "0.0552"),
  place("Bradenton, FL", "941", "34205 34208", "0.07", "0.0572"),
  place("Sarasota, FL", "941", "34231 34236 34239", "0.07", "0.0532"),
  place("Orlando, FL", "407", "32801 32803 32809", "0.065", "0.0522"),
  place("Ocala, FL", "352", "34470 34471", "0.075", "0.0492"),
  place("Fort Myers, FL", "239", "33901 33907", "0.065", "0.0522"),
  place("Jacksonville, FL", "904", "32202 32256", "0.075", "0.0582"),
  place("Valdosta, GA", "229", "31601 31602", "0", "0"),
  place("Savannah, GA", "912", "31401 31405", "0", "0"),
  place("Dothan, AL", "334", "36301 36303", "0", "0"),
];

const STREETS = [
  "Main St",
  "Bayshore Dr",
  "E Columbus Dr",
  "N Florida Ave",
  "Martin Luther King Jr Blvd",
  "US Highway 301 S",
  "County Road 579",
  "5th Ave N",
  "S 22nd St",
  "St. Joseph's Way",
  "Old Mill Rd",
  "Commerce Park Blvd",
  "Cypress Point Ln",
  "W Oak Ridge Ter",
  "Harbour Island Pl",
  "Citrus Grove Ct",
  "State Road 60 E",
  "Calle del Río",
  "Airport Industrial Pkwy",
  "Magnolia Ave",
];
const UNITS = [
  "Suite 200",
  "Suite 4-B",
  "Unit 12",
  "Floor 3",
  "Bldg C",
  "Ste 1010",
  "# 7",
  "Room 14, North Wing",
];

/** The place an address lies in; throws for a city that no world has. */
export function placeOf(address: WorldAddress): Place {
  const found = PLACES.find((item) => item.city === address.city && item.region === address.region);
  if (found === undefined) throw new Error(`no place "${address.city}, ${address.region}"`);
  return found;
}

/** Three of four companies sit around Tampa Bay (the first nine places). */
export function somePlace(random: Random): Place {
  return random.pick(random.chance(75) ? PLACES.slice(0, 9) : PLACES);
}

/** A made-up street address with a ZIP code of the place; one in five has the four digits more. */
export function someAddress(random: Random, { city, region, zips }: Place): WorldAddress {
  const number = `${random.int(2, 9899)}${random.chance(5) ? " 1/2" : ""}`;
  const lines = [`${number} ${random.pick(STREETS)}`];
  if (random.chance(40)) lines.push(random.pick(UNITS));
  const plusFour = random.chance(20) ? `-${random.int(1001, 9899)}` : "";
  return { lines, city, region, postal_code: `${random.pick(zips)}${plusFour}`, country: "US" };
}

/** A number out of 555-0100 to 555-0199, the block that is kept free for fiction, in E.164. */
export function somePhone(random: Random, { area_code }: Place): string {
  return `+1${area_code}55501${String(random.int(0, 99)).padStart(2, "0")}`;
}

function place(name: string, area_code: string, zips: string, sales_rate: string, city_rate: string): Place {
  const [city = "", region = ""] = name.split(", ");
  return { city, region, area_code, zips: zips.split(" "), sales_rate, city_rate };
}
