import type { Switch } from "../switch.ts";

export const INVOICING: readonly Switch[] = [];
