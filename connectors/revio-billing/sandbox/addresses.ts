import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { WorldAddress } from "../../../engine/connector/sandbox/world.ts";
import { emptyRow } from "./check.ts";
import { addressFields } from "./shapes.ts";

// The vendor's reference has codes of this form; other countries keep theirs.
const COUNTRIES: { readonly [alpha2: string]: string } = { US: "USA", CA: "CAN", MX: "MEX", GB: "GBR" };

/** An address as the vendor writes it, without an id. */
export function addressRow(company_name: string, address: WorldAddress): Row {
  const [line_1 = "", ...others] = address.lines;
  const [postal_code = "", postal_code_extension = ""] =
    address.country === "US" ? address.postal_code.split("-") : [address.postal_code];
  return {
    ...emptyRow(addressFields),
    company_name,
    line_1,
    line_2: others.join(", "),
    city: address.city,
    state_or_province: address.region,
    postal_code,
    postal_code_extension,
    country_code: COUNTRIES[address.country] ?? address.country,
  };
}
