import type { Switch } from "../switch.ts";

export const LEDGERS: readonly Switch[] = [];
