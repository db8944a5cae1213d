import type { Switch } from "../switch.ts";

export const READINESS: readonly Switch[] = [];
