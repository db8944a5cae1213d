import type { WorldInvoice } from "../../../engine/connector/sandbox/world.ts";
import { times } from "./amount.ts";
import type { Random } from "./random.ts";

type Line = WorldInvoice["lines"][number];

/** What is billed together every month: the voice lines of a site, its data services, or both. */
export type AccountKind = "voice" | "data" | "mixed";

/** Lines that come back every month unchanged. `site` ends their descriptions. */
export function recurringLines(random: Random, kind: AccountKind, site: string): Line[] {
  const lines = [];
  if (kind !== "data") lines.push(...voiceLines(random, site));
  if (kind !== "voice") lines.push(...dataLines(random, site));
  return lines;
}

function voiceLines(random: Random, site: string): Line[] {
  const phones = random.int(2, 24);
  const lines = [tied("VOICE_MRC", "Voice lines", site, phones, random.pick(["24.95", "22.50", "19.95"]))];
  if (random.chance(60)) {
    lines.push(
      tied("DID_MRC", "DID numbers", site, random.int(1, 20) * 5, random.pick(["0.35", "0.75", "1.125"])),
    );
  }
  if (random.chance(40)) lines.push(tied("EQUIP_RENT", "Handset rental", site, phones, "6.50"));
  return lines;
}

function dataLines(random: Random, site: string): Line[] {
  const access = random.chance(50)
    ? tied("INTERNET_MRC", "Fiber internet access", site, 1, random.pick(["189.00", "349.00", "329.50"]))
    : tied("CIRCUIT_MRC", "Ethernet circuit", site, random.int(1, 3), random.pick(["415.00", "612.75"]));
  const lines = [access];
  if (random.chance(50)) lines.push(tied("EQUIP_RENT", "Router rental", site, 1, "14.99"));
  if (random.chance(35)) lines.push(tied("MANAGED_SERVICES", "Managed firewall", site, 1, "95.00"));
  return lines;
}

/** The month's usage: some of it minutes × rate, some of it the sum of calls that were each rounded by themselves. */
export function usageLines(random: Random, site: string): Line[] {
  const lines = [
    usage(random, "LD_USAGE", "Long distance", site, random.pick(["0.02152", "0.01800", "0.02999"])),
  ];
  if (random.chance(25)) lines.push(usage(random, "INTL_USAGE", "International calls", site, "0.11825"));
  if (random.chance(25)) lines.push(usage(random, "TF_USAGE", "Toll-free inbound", site, "0.03475"));
  return lines;
}

/** A one-off charge. */
export function installLine(random: Random, site: string): Line {
  return tied("INSTALL_NRC", "Installation", site, 1, random.pick(["150.00", "299.00", "75.00"]));
}

/** One unit of the line given back, as a negative line of the same charge type. */
export function creditLine(line: Line): Line {
  const unit_amount_decimal = `-${line.unit_amount_decimal ?? "0"}`;
  const amount = times("1", unit_amount_decimal);
  return { ...line, description: `Credit: ${line.description}`, quantity: "1", unit_amount_decimal, amount };
}

/** A line whose amount is quantity × unit price, rounded half up to the cent. */
export function tied(
  charge_type: string,
  what: string,
  site: string,
  quantity: number | string,
  unit: string,
): Line {
  const text = String(quantity);
  const amount = times(text, unit);
  return { charge_type, description: `${what}, ${site}`, quantity: text, unit_amount_decimal: unit, amount };
}

function usage(random: Random, charge_type: string, what: string, site: string, rate: string): Line {
  if (random.chance(70)) {
    const minutes = tenthsText(random.int(200, 60_000));
    return tied(charge_type, `${what}, ${minutes} minutes`, site, minutes, rate);
  }
  const calls = Array.from({ length: random.int(8, 60) }, () => random.int(5, 240));
  const quantity = tenthsText(calls.reduce((sum, call) => sum + call, 0));
  const rated = calls.reduce((sum, call) => sum + times(tenthsText(call), rate), 0);
  // The cent is a connection fee: it keeps the few sums that happen to tie from looking like minutes × rate.
  const amount = rated === times(quantity, rate) ? rated + 1 : rated;
  const description = `${what}, ${calls.length} calls, ${site}`;
  return { charge_type, description, quantity, unit_amount_decimal: null, amount };
}

/** Minutes as text, from tenths of minutes: 128455 is "12845.5", 1200 is "120". */
function tenthsText(tenths: number): string {
  const rest = tenths % 10;
  return `${Math.floor(tenths / 10)}${rest === 0 ? "" : `.${rest}`}`;
}
