import { LEDGER_REQUIREMENTS } from "./switch.ts";
import { SWITCHES } from "./table.ts";
import { type Tried, trySwitch, type Unchanged } from "./try-switch.ts";

/**
 * Switches rules off and looks which acceptance tests fail: node dist/test/switches/main.js [R20 R24 …], all of the
 * table without arguments. Exit 1 when a switch makes no test fail, or does not apply any more.
 */

const asked = new Set(process.argv.slice(2));
const chosen = SWITCHES.filter(({ id }) => asked.size === 0 || asked.has(id));
const unknown = [...asked].filter((id) => !SWITCHES.some((one) => one.id === id));
if (unknown.length > 0) throw new Error(`no switch for ${unknown.join(", ")}`);
const unchanged: Unchanged = new Map();
const all: Tried[] = [];
for (const one of chosen) {
  const tried = await trySwitch(one, unchanged);
  all.push(tried);
  console.log(`${one.id}  off: ${one.without} (${one.file})`);
  for (const title of tried.failed) console.log(`      fails: ${title}`);
  if (tried.problem !== undefined) console.log(`      NO PROOF: ${tried.problem}`);
}
const alone = [...new Set(chosen.map(({ id }) => id))].flatMap((id) => missingLedger(id));
for (const line of alone) console.log(`NO PROOF: ${line}`);
const proven = all.filter(({ problem }) => problem === undefined).length;
console.log(`${proven} of ${all.length} switches made an acceptance test fail`);
if (proven < all.length || alone.length > 0) process.exitCode = 1;

/** What concerns the ledger has to fail on QuickBooks and on another one. */
function missingLedger(id: string): readonly string[] {
  if (!LEDGER_REQUIREMENTS.has(id)) return [];
  const titles = all.filter(({ one }) => one.id === id).flatMap(({ failed }) => failed);
  return [
    ...(titles.some((title) => /quickbooks/i.test(title)) ? [] : [`${id} failed no test on QuickBooks`]),
    ...(titles.some((title) => /xero|sage/i.test(title)) ? [] : [`${id} failed no test on another ledger`]),
  ];
}
