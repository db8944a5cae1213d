/**
 * Who the 64 companies are. Names and roles are the same in every world, so that a test can rely on them; where they
 * are, what they buy and how they pay differs from seed to seed.
 */
export interface RosterRow {
  readonly name: string;
  readonly types: readonly string[];
  readonly active: boolean;
  /** What its telecom contracts come to. */
  readonly telecom: "signed" | "two signed" | "draft" | "expired" | "cancelled" | "none";
  readonly managed: boolean;
  /** In billing before the first run; "known" when its account there already carries the PSA's id. */
  readonly billing: "known" | "unknown" | "absent";
  readonly in_accounting: boolean;
  readonly tax_exempt: boolean;
}

type Traits = Partial<Omit<RosterRow, "name">>;

const MANAGED: Traits = { managed: true };
const PROSPECT: Traits = { types: ["Prospect"] };
const SIGNED: Traits = { telecom: "signed" };
const BOTH: Traits = { telecom: "signed", managed: true };
const TWO: Traits = { telecom: "two signed" };
const IN_BOOKS: Traits = { in_accounting: true };
const KNOWN: Traits = { billing: "known" };
const UNKNOWN: Traits = { billing: "unknown" };
const EXEMPT: Traits = { tax_exempt: true };
const GONE: Traits = { active: false };

/** In order of their numbers, from CUST-1001 on. */
export const ROSTER: readonly RosterRow[] = [
  row("Acme Widgets LLC", BOTH, KNOWN, IN_BOOKS),
  row("O'Brien & Sons", SIGNED, UNKNOWN, IN_BOOKS),
  row("Café Señorial", TWO, UNKNOWN),
  // A colon, because some ledgers read it as "parent:child" in a name; a comma, because files are comma-separated.
  row("Harbor: Marine Supply, Inc.", SIGNED),
  row(
    "Saint Petersburg and Greater Pinellas County Veterans Housing and Family Assistance Foundation",
    SIGNED,
    EXEMPT,
  ),
  // Two different companies in one ZIP code that a careless match takes for one.
  row("Lakeside Dental Group", SIGNED),
  row("Lakeside Dental Group LLC", MANAGED),
  // A word for a vendor: a ledger may already hold a supplier by this name.
  row("Purveyor", SIGNED),
  row("Bayshore Veterinary Clinic", SIGNED, KNOWN),
  row("Tri-County Title & Escrow", BOTH, KNOWN, IN_BOOKS),
  row("Gulfstream Citrus Packers", TWO, KNOWN),
  row("Ybor City Print Works", MANAGED, IN_BOOKS),
  row("First Baptist Church of Riverview", SIGNED, EXEMPT),
  row("Delgado, Núñez & Partners, P.A.", BOTH, IN_BOOKS),
  row("Sunstate Roofing", PROSPECT),
  row("Mercer Logistics", TWO, KNOWN),
  row("Pelican Point Resort", SIGNED, KNOWN, IN_BOOKS),
  row("A-1 Locksmith", MANAGED),
  row("Hillsborough Orthopedic Associates", BOTH),
  row("Zephyr Air Conditioning", MANAGED, GONE),
  row("Manatee Charter Academy", SIGNED, EXEMPT, UNKNOWN),
  row("Kowalski Machine & Tool", MANAGED, IN_BOOKS),
  row("Old Tampa Coffee Roasters", { telecom: "draft" }),
  row("Peninsula Freight Brokers", SIGNED, KNOWN),
  row("Blue Heron Senior Living", TWO),
  row("Dover Strawberry Growers' Cooperative", SIGNED),
  row("Nguyen Family Dentistry", MANAGED),
  row("3 Bridges Brewing Co.", PROSPECT),
  row("Channelside Law Offices", BOTH),
  row("Palmetto Pest Control", { telecom: "expired", managed: true }),
  row("Suncoast Credit Bureau", SIGNED, KNOWN),
  row("Lindqvist Boat Yard", MANAGED, IN_BOOKS),
  row("Temple Terrace Animal Hospital", MANAGED),
  row("Everglade Uniform Rental", GONE),
  row("Sterling Property Management", TWO, UNKNOWN),
  row("Cortez Fish House", MANAGED),
  row("AAA Storage of Brandon", MANAGED),
  row("Westshore Staffing Solutions", MANAGED, IN_BOOKS),
  row("Bright Horizons Montessori", MANAGED, EXEMPT),
  row("Gibson's Tire & Auto", SIGNED, IN_BOOKS),
  row("Ruskin Tomato Exchange", PROSPECT),
  row("Davis Islands Pediatrics", MANAGED),
  row("Heritage Insurance Agency of Plant City", BOTH),
  row("Skyway Marina", { telecom: "cancelled" }),
  row("D'Angelo Imports", MANAGED),
  row("Alafia River Engineering", { telecom: "draft", managed: true }),
  row("Sand Key Condominium Association", SIGNED),
  row("Crescent Moon Bakery", GONE),
  row("Oldsmar Precision Optics", MANAGED),
  row("Gasparilla Events", PROSPECT),
  row("Seminole Pump & Well", MANAGED),
  row("Polk County Farm Bureau Supply", SIGNED),
  row("Theodore's Fine Jewelry", MANAGED),
  row("Apollo Beach Urgent Care", { telecom: "draft", types: ["Prospect"] }),
  row("Kestrel Security Services", MANAGED, { types: ["Client", "Partner"] }),
  row("Sweetwater Organic Farm", PROSPECT),
  row("Lutz Hardware", MANAGED),
  row("Riverwalk Hotel & Conference Center", MANAGED),
  row("Marlowe Architects", MANAGED, GONE),
  row("Tarpon Sponge Docks Trading", MANAGED),
  row("Carrollwood Day Spa", {}),
  row("Pasco Concrete Pumping", MANAGED),
  row("Wimauma Nursery & Landscape", PROSPECT, GONE),
  row("Zora Neale Theatre Company", MANAGED, EXEMPT),
];

function row(name: string, ...traits: readonly Traits[]): RosterRow {
  const made: RosterRow = {
    name,
    types: ["Client"],
    active: true,
    telecom: "none",
    managed: false,
    billing: "absent",
    in_accounting: false,
    tax_exempt: false,
  };
  for (const trait of traits) Object.assign(made, trait);
  return made;
}
