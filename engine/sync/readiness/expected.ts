import { Decimal } from "decimal.js";
import { printMoney, timesRoundHalfUp } from "../../core/money.ts";
import { type ContractFacts, type ContractLineFacts, isInForce, type ServiceFacts } from "./facts.ts";
import type { Found } from "./tasks.ts";

/** Contracted quantities beside the provisioned ones, line by line, with what the difference is worth. */

type ServiceType = Exclude<ContractLineFacts["service_type"], "none" | null>;

export interface Expected {
  readonly contract_id: string;
  readonly contract_line_id: string;
  readonly description: string;
  readonly service_type: ServiceType;
  /** Decimal texts. */
  readonly quantity: string;
  readonly provisioned_quantity: string;
  /** Provisioned less contracted: "-3" are sold and not there, "2" are there and not sold. */
  readonly gap: string;
  /** The gap at the line's own price per period, minor units; null where the PSA names no price. */
  readonly gap_amount: number | null;
  readonly currency: string;
}

/**
 * What contracts in force let one expect. A service that names its line counts there; the others fill the lines of
 * their type in order, and what is over stands on the last one.
 */
export function expectedOf(
  contracts: readonly ContractFacts[],
  services: readonly ServiceFacts[],
  today: string,
): readonly Expected[] {
  const lines = contracts
    .filter((contract) => isInForce(contract, today))
    .flatMap((contract) =>
      contract.lines.filter((line) => runs(line, today)).map((line) => ({ contract, line })),
    );
  const types: readonly ServiceType[] = ["number", "circuit", "voice_package"];
  return types.flatMap((type) => {
    const own = lines.filter(({ line }) => line.service_type === type);
    const counted = services.filter((service) => counts(service, type));
    const named = new Map<string, number>();
    const ids = new Set(own.map(({ line }) => line.id));
    let free = 0;
    for (const { contract_line_id } of counted) {
      if (contract_line_id === null || !ids.has(contract_line_id)) free += 1;
      else named.set(contract_line_id, (named.get(contract_line_id) ?? 0) + 1);
    }
    return own.map(({ contract, line }, index): Expected => {
      const has = new Decimal(named.get(line.id) ?? 0);
      const room = Decimal.max(0, new Decimal(line.quantity).minus(has));
      // A package is one choice, however many BTNs were given its rate plan.
      const isLast = index === own.length - 1 && type !== "voice_package";
      const taken = isLast ? free : Decimal.min(free, room.floor()).toNumber();
      free -= taken;
      const provisioned = has.plus(taken);
      const gap = provisioned.minus(line.quantity);
      const { unit_amount_decimal: price } = line;
      return {
        contract_id: contract.id,
        contract_line_id: line.id,
        description: line.description,
        service_type: type,
        quantity: line.quantity,
        provisioned_quantity: provisioned.toFixed(),
        gap: gap.toFixed(),
        gap_amount:
          price === null ? null : (timesRoundHalfUp(gap.toFixed(), price, contract.currency) ?? null),
        currency: contract.currency,
      };
    });
  });
}

/** Tasks out of what is expected and not there; what is there and not sold is a task for whoever sells. */
export function expectationTasks(
  expected: readonly Expected[],
  contracts: readonly ContractFacts[],
): readonly Found[] {
  const numbers = new Map(contracts.map(({ id, number }) => [id, number]));
  return expected.flatMap((one): readonly Found[] => {
    const gap = new Decimal(one.gap);
    if (gap.isZero()) return [];
    const { contract_id, contract_line_id: subject, description, quantity, provisioned_quantity } = one;
    const { gap_amount, currency } = one;
    const worth = gap_amount ? ` (${printMoney(Math.abs(gap_amount), currency)} per period)` : "";
    const { code, noun, verb } = TASKS[one.service_type];
    const rest = gap.isNegative()
      ? `${gap.abs().toFixed()} to be ${verb}${worth}`
      : `${gap.toFixed()} more than sold${worth}, to be added to the contract or taken out`;
    const message =
      `${description} (contract ${numbers.get(contract_id) ?? contract_id}): ${quantity} contracted, ` +
      `${provisioned_quantity} ${noun} provisioned, ${rest}.`;
    return [{ code, subject, contract_id, location: null, message }];
  });
}

const TASKS = {
  number: { code: "numbers_missing", noun: "numbers", verb: "assigned" },
  circuit: { code: "circuit_details_missing", noun: "circuits", verb: "entered" },
  voice_package: { code: "rate_plan_choice", noun: "rate plans", verb: "chosen" },
} as const;

/** From the signature on, since services are made ahead of a line's first day. */
function runs({ end_date, service_type }: ContractLineFacts, today: string): boolean {
  return service_type !== null && service_type !== "none" && (end_date === null || end_date >= today);
}

/** A voice package is provisioned when a BTN has a rate plan. */
function counts({ kind, rate_plan_code }: ServiceFacts, type: ServiceType): boolean {
  switch (type) {
    case "number":
      return kind === "btn" || kind === "did";
    case "circuit":
      return kind === "circuit";
    case "voice_package":
      return kind === "btn" && rate_plan_code !== null;
  }
}
