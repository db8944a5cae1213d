import type { WorldInvoice } from "../../../engine/connector/sandbox/world.ts";
import { formatMoney } from "../../../engine/core/money.ts";
import { times } from "./amount.ts";
import type { Place } from "./places.ts";

type Line = WorldInvoice["lines"][number];
type Tax = WorldInvoice["taxes"][number];

interface Levy {
  readonly charge_type: string;
  readonly name: string;
  readonly tax_type: Tax["tax_type"];
  readonly jurisdiction: Tax["jurisdiction"];
  /** Charge types it is levied on. */
  readonly on: readonly string[];
  /** Share of the line's amount; null is a flat fee per unit of quantity. */
  readonly rate: (place: Place) => string | null;
  /** Only in Florida, and not from the tax exempt. */
  readonly state_tax: boolean;
}

const E911_CENTS_PER_LINE = 40;
const VOICE = ["VOICE_MRC", "DID_MRC"];
const USAGE = ["LD_USAGE", "INTL_USAGE", "TF_USAGE"];

const LEVIES: readonly Levy[] = [
  {
    charge_type: "FL-CST",
    name: "Communications services tax",
    tax_type: "communications_tax",
    jurisdiction: "state",
    // Access to the internet is free of it.
    on: [...VOICE, ...USAGE, "CIRCUIT_MRC"],
    rate: () => "0.0744",
    state_tax: true,
  },
  {
    charge_type: "CITY-UTIL",
    name: "City utility tax",
    tax_type: "communications_tax",
    jurisdiction: "city",
    on: VOICE,
    rate: (place) => place.city_rate,
    state_tax: true,
  },
  {
    charge_type: "FUSF",
    name: "Federal universal service fund",
    tax_type: "usf",
    jurisdiction: "federal",
    on: ["LD_USAGE", "TF_USAGE"],
    rate: () => "0.36",
    state_tax: false,
  },
  {
    charge_type: "E911",
    name: "E911 fee",
    tax_type: "e911",
    jurisdiction: "county",
    on: ["VOICE_MRC"],
    rate: () => null,
    state_tax: false,
  },
  {
    charge_type: "REG-FEE",
    name: "Regulatory recovery fee",
    tax_type: "regulatory_fee",
    jurisdiction: "federal",
    on: ["VOICE_MRC", "CIRCUIT_MRC"],
    rate: () => "0.0295",
    state_tax: false,
  },
  {
    charge_type: "FL-SALES",
    name: "Sales tax",
    tax_type: "sales_tax",
    jurisdiction: "state",
    on: ["EQUIP_RENT", "MANAGED_SERVICES"],
    rate: (place) => place.sales_rate,
    state_tax: true,
  },
];

/**
 * The tax rows of an invoice, by line, each rounded half up by itself to the minor unit; a row of nothing is left out.
 * `codes` limits the taxes to those named.
 */
export function taxesOn(
  lines: readonly Line[],
  place: Place,
  exempt: boolean,
  codes?: readonly string[],
): Tax[] {
  const levies = LEVIES.filter(({ charge_type, state_tax }) => {
    if (codes !== undefined && !codes.includes(charge_type)) return false;
    return !state_tax || (place.region === "FL" && !exempt);
  });
  return lines.flatMap((line, index) =>
    levies
      .filter((levy) => levy.on.includes(line.charge_type))
      .map((levy) => taxRow(levy, line, index + 1, place))
      .filter((tax) => tax.amount !== 0),
  );
}

function taxRow(levy: Levy, line: Line, line_number: number, place: Place): Tax {
  const { charge_type, name, tax_type, jurisdiction } = levy;
  const rate_decimal = levy.rate(place);
  const amount = rate_decimal === null ? flatFee(line) : times(formatMoney(line.amount, "USD"), rate_decimal);
  return { line_number, charge_type, name, tax_type, jurisdiction, rate_decimal, amount };
}

/** A credit gives no flat fee back: the line was there when the fee was due. */
function flatFee(line: Line): number {
  return line.amount < 0 ? 0 : Number(line.quantity) * E911_CENTS_PER_LINE;
}
