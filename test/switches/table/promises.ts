import type { Switch } from "../switch.ts";

export const PROMISES: readonly Switch[] = [];
