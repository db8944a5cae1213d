import type { Switch } from "../switch.ts";

export const LINKS: readonly Switch[] = [];
