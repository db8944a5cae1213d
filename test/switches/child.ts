import type { Switch } from "./switch.ts";
import { trySwitch } from "./try-switch.ts";

/** Tries the switch that its argument is, as JSON, and prints what became of it: a test cannot run tests by itself. */

const one = JSON.parse(process.argv[2] ?? "") as Switch;
console.log(JSON.stringify(await trySwitch(one, undefined)));
