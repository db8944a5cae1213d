import type { Switch } from "./switch.ts";
import { INVOICING } from "./table/invoicing.ts";
import { LEDGERS } from "./table/ledgers.ts";
import { LINKS } from "./table/links.ts";
import { PROMISES } from "./table/promises.ts";
import { READINESS } from "./table/readiness.ts";
import { TRUTH } from "./table/truth.ts";

/** A switch, or several, for every requirement. */
export const SWITCHES: readonly Switch[] = [
  ...TRUTH,
  ...LEDGERS,
  ...LINKS,
  ...READINESS,
  ...INVOICING,
  ...PROMISES,
];
