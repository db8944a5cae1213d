import { daysBetween } from "../../mappings/demo/world/dates.ts";
import type { OpenItem } from "./truth.ts";

/** What is owed by customer and by days overdue, as "customer bucket" → minor units; nothing owed is left out. */
export function ageing(items: readonly OpenItem[], day: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { customer, due, open } of items) {
    if (open === 0) continue;
    const key = `${customer} ${bucket(due < day ? daysBetween(due, day) : 0)}`;
    sums.set(key, (sums.get(key) ?? 0) + open);
  }
  return sums;
}

function bucket(days: number): string {
  if (days === 0) return "current";
  if (days <= 30) return "1–30";
  if (days <= 60) return "31–60";
  return days <= 90 ? "61–90" : "over 90";
}
