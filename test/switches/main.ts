import { parseArgs } from "node:util";
import { LEDGER_REQUIREMENTS } from "./switch.ts";
import { SWITCHES } from "./table.ts";
import { type Tried, trySwitch, type Unchanged } from "./try-switch.ts";

/**
 * Switches rules off and looks which acceptance tests fail: node dist/test/switches/main.js [R20 R24 …], all of the table
 * without arguments. `--quick` does not run the tests unchanged before, as npm test does that. Exit 1 when a switch makes
 * no test fail, or does not apply any more.
 */

const { values, positionals } = parseArgs({
  options: { quick: { type: "boolean", default: false } },
  allowPositionals: true,
});
const chosen = SWITCHES.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
const unknown = positionals.filter((id) => !SWITCHES.some((one) => one.id === id));
if (unknown.length > 0) throw new Error(`no switch for ${unknown.join(", ")}`);
const unchanged: Unchanged | undefined = values.quick ? undefined : new Map();
const all: Tried[] = [];
for (const one of chosen) {
  const tried = await trySwitch(one, unchanged);
  all.push(tried);
  console.log(`${one.id}  off: ${one.without} (${one.file})`);
  for (const { title, why } of tried.failed) console.log(`      fails: ${title}\n             ${why}`);
  if (tried.problem !== undefined) console.log(`      NO PROOF: ${tried.problem}`);
}
const alone = [...new Set(chosen.map(({ id }) => id))].flatMap(missingLedgers);
for (const line of alone) console.log(`NO PROOF: ${line}`);
const proven = all.filter(({ problem }) => problem === undefined).length;
console.log(`${proven} of ${all.length} switches made an acceptance test fail`);
if (proven < all.length || alone.length > 0) process.exitCode = 1;

/** What concerns the ledger has to fail on QuickBooks and on another one. */
function missingLedgers(id: string): readonly string[] {
  if (!LEDGER_REQUIREMENTS.has(id)) return [];
  const titles = all
    .filter(({ one }) => one.id === id)
    .flatMap(({ failed }) => failed.map((one) => one.title));
  return [
    ...(titles.some((title) => /quickbooks/i.test(title)) ? [] : [`${id} failed no test on QuickBooks`]),
    ...(titles.some((title) => /xero|sage/i.test(title)) ? [] : [`${id} failed no test on another ledger`]),
  ];
}
