import type { PipelineConfig, SystemName } from "../config/types.ts";
import { type CanonicalRecord, isObject, type Json } from "../core/json.ts";
import type { Links } from "./links.ts";
import type { Mapped, SetAside } from "./stages.ts";

/**
 * Money that one payment brings for invoices of several sources: with separate invoices a customer pays the PSA's and
 * billing's with one check, and billing is to know of its own part alone.
 */

const SYSTEMS: readonly SystemName[] = ["psa", "billing", "accounting", "provisioning"];

/** For each payment of a page what the target is to have of it; a record of another kind stays as it is. */
export function withoutPaidElsewhere(
  mapped: readonly Mapped[],
  { source, target }: Pick<PipelineConfig, "source" | "target">,
  links: Pick<Links, "translate">,
): readonly (Mapped | SetAside)[] {
  if (target.entity !== "payment") return mapped;
  const ids = [...new Set(mapped.flatMap(({ record }) => allocationsOf(record).map(invoiceOf)))];
  const here = links.translate("invoice", source.system, target.system, ids);
  const unknown = ids.filter((id) => !here.has(id));
  const others = SYSTEMS.filter((system) => system !== source.system && system !== target.system);
  const elsewhere = new Set(
    unknown.length === 0
      ? []
      : others.flatMap((system) => [...links.translate("invoice", source.system, system, unknown).keys()]),
  );
  return elsewhere.size === 0 ? mapped : mapped.map((one) => ownPart(one, elsewhere));
}

function ownPart(one: Mapped, elsewhere: ReadonlySet<string>): Mapped | SetAside {
  const { candidate, record } = one;
  const all = allocationsOf(record);
  const theirs = all.filter((allocation) => elsewhere.has(invoiceOf(allocation)));
  if (theirs.length === 0 || typeof record["amount"] !== "number") return one;
  const amount = theirs.reduce((sum, item) => sum - amountOf(item), record["amount"]);
  const allocations = all.filter((allocation) => !theirs.includes(allocation));
  if (amount > 0) return { ...one, record: { ...record, amount, allocations } };
  // What billing has of a payment that was moved to the other invoices ends there.
  if (candidate.sync !== undefined)
    return { ...one, record: { ...record, amount: 0, allocations, status: "voided" } };
  return { candidate, action: "skip", reason: "paid_elsewhere", message: "", detail: null };
}

type Allocation = { readonly [field: string]: Json };

function allocationsOf({ allocations }: CanonicalRecord): readonly Allocation[] {
  return Array.isArray(allocations) ? allocations.filter(isObject) : [];
}

function invoiceOf({ invoice_id }: Allocation): string {
  return typeof invoice_id === "string" ? invoice_id : "";
}

function amountOf({ amount }: Allocation): number {
  return typeof amount === "number" ? amount : 0;
}
