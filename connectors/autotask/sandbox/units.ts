import type {
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { invalid } from "./errors.ts";
import { sentBody } from "./write.ts";

/**
 * POST /Contracts/{id}/ServiceAdjustments: the only way to change the quantity of a contract's service. Here it changes
 * every period that is not over on the effective date; how the vendor splits a running period is not documented.
 */
export function adjustUnits(
  contract: string,
  request: SandboxRequest,
  context: SandboxContext,
): SandboxReply {
  const { ledger } = context;
  const { contractServiceID, effectiveDate, unitChange } = sentBody(request);
  const service = ledger.get("ContractServices", String(contractServiceID));
  if (service === undefined || String(service["contractID"]) !== contract) {
    throw invalid("Reference value on field: contractServiceID does not exist.");
  }
  if (!Number.isInteger(unitChange)) throw invalid("unitChange is not a whole number.");
  const from = String(effectiveDate ?? "").slice(0, 10);
  if (Number.isNaN(Date.parse(from))) throw invalid("effectiveDate is not a date.");
  for (const unit of ledger.all("ContractServiceUnits")) {
    if (unit["contractServiceID"] !== contractServiceID || String(unit["endDate"]).slice(0, 10) < from)
      continue;
    const units = Number(unit["units"]) + Number(unitChange);
    if (units < 0) throw invalid("A service cannot have less than no units.");
    const price = Math.round(Number(service["unitPrice"]) * units * 100) / 100;
    ledger.put("ContractServiceUnits", String(unit["id"]), { ...unit, units, price });
  }
  return { status: 200, body: { itemId: ledger.next("ContractServiceAdjustments", 1) } };
}
