import type { Company } from "../../../engine/connector/sandbox/world.ts";
import { addDays } from "./dates.ts";
import type { Random } from "./random.ts";
import type { RosterRow } from "./roster.ts";

type Contract = Company["contracts"][number];
interface Product {
  readonly code: string;
  readonly description: string;
  readonly quantity_max: number;
  readonly prices: readonly string[];
}

interface Plan extends Pick<Contract, "type" | "status" | "name"> {
  readonly products: readonly Product[];
}

const VOICE: readonly Product[] = [
  { code: "DID-LINE", description: "DID lines", quantity_max: 40, prices: ["24.95", "22.50", "19.95"] },
  { code: "SIP-TRUNK", description: "SIP trunking", quantity_max: 4, prices: ["0", "149.00"] },
  { code: "VOICE-PKG", description: "Voice package", quantity_max: 1, prices: ["0", "59.00"] },
];
const FIBER: readonly Product[] = [
  { code: "FIBER-250", description: "Fiber internet 250 Mbit/s", quantity_max: 2, prices: ["349.00"] },
  { code: "ROUTER", description: "Managed router", quantity_max: 2, prices: ["14.99"] },
];
const MANAGED: readonly Product[] = [
  { code: "MSP-SEAT", description: "Managed workstation", quantity_max: 60, prices: ["65.00", "58.75"] },
  { code: "MSP-FIREWALL", description: "Managed firewall", quantity_max: 3, prices: ["95.00"] },
  { code: "MSP-BACKUP", description: "Backup per TB", quantity_max: 12, prices: ["39.125", "42.00"] },
];

/** A company's contracts as its row in the roster says, on `today`. `psa` is the company's id there. */
export function someContracts(random: Random, roster: RosterRow, psa: string, today: string): Contract[] {
  const plans = [...telecomPlans(random, roster.telecom)];
  if (roster.managed) {
    const status = roster.active ? "signed" : "expired";
    plans.push({ type: "managed_services", status, name: "Managed IT", products: MANAGED });
  }
  return plans.map((plan, index) => contract(random, plan, `7${psa}${index + 1}`, today));
}

function telecomPlans(random: Random, telecom: RosterRow["telecom"]): readonly Plan[] {
  const voice = (status: Contract["status"], name = "Managed Voice"): Plan => {
    return { type: "telecom", status, name, products: VOICE };
  };
  switch (telecom) {
    case "none":
      return [];
    case "signed":
      // The contract before the present one must not switch the customer off.
      return [...(random.chance(20) ? [voice("expired", "Legacy Voice")] : []), voice("signed")];
    case "two signed":
      return [voice("signed"), { ...voice("signed", "Fiber Internet"), products: FIBER }];
    default:
      return [voice(telecom)];
  }
}

function contract(random: Random, { products, ...plan }: Plan, id: string, today: string): Contract {
  const chosen = random.shuffle(products).slice(0, random.int(1, products.length));
  const lines = chosen.map((product, index) => ({
    id: `${id}0${index + 1}`,
    product_code: product.code,
    description: product.description,
    quantity: String(random.int(1, product.quantity_max)),
    unit_amount_decimal: random.pick(product.prices),
  }));
  return { id, ...plan, ...term(random, plan.status, today), lines };
}

function term(
  random: Random,
  status: Contract["status"],
  today: string,
): Pick<Contract, "start_date" | "end_date"> {
  switch (status) {
    // At least four months old: what was billed in the world's three months was then under contract.
    case "signed": {
      const start_date = addDays(today, -random.int(120, 900));
      return { start_date, end_date: random.chance(30) ? null : addDays(start_date, 3 * 365) };
    }
    case "draft":
      return { start_date: addDays(today, random.int(10, 60)), end_date: null };
    case "expired":
    case "cancelled": {
      const end_date = addDays(today, -random.int(130, 400));
      return { start_date: addDays(end_date, -730), end_date };
    }
  }
}
