import { parseArgs } from "node:util";
import { planMonths } from "./plan.ts";
import { type Played, play, type Stage } from "./play.ts";
import { drawRules } from "./rules.ts";
import { shrink } from "./shrink.ts";

/**
 * Made-up clients, six months of each: node dist/test/months/main.js --months 1000 --seed 7 [--ledger xero]
 * [--billing sqlite-billing]. Prints a line for each client and figures at the end; at the first that does not tie out
 * the smallest plan that fails, exit 1.
 */

const MONTHS_OF_A_CLIENT = 6;
const LEDGERS = ["quickbooks", "xero"] as const;
// A database takes every change of a payment; Rev.io lets a payment be made and nothing more.
const BILLINGS = ["revio-billing", "sqlite-billing"] as const;

const { values } = parseArgs({
  options: {
    months: { type: "string", default: "12" },
    seed: { type: "string", default: "1" },
    ledger: { type: "string" },
    billing: { type: "string" },
  },
});
const seed = Number(values.seed);
const ledgers = LEDGERS.filter((name) => values.ledger === undefined || values.ledger === name);
const billings = BILLINGS.filter((name) => values.billing === undefined || values.billing === name);
const began = Date.now();
const counts = new Map<string, number>();
let months = 0;
for (let client = 0; months < Number(values.months); client++) {
  const ledger = ledgers[client % ledgers.length];
  if (ledger === undefined) throw new Error(`--ledger is one of ${LEDGERS.join(", ")}`);
  const billing = billings[Math.floor(client / ledgers.length) % billings.length];
  if (billing === undefined) throw new Error(`--billing is one of ${BILLINGS.join(", ")}`);
  const stage = { seed: seed + client, months: MONTHS_OF_A_CLIENT, billing, ledger };
  const plan = planMonths(stage.seed, stage.months);
  const played = await play(plan, stage);
  months += stage.months;
  for (const { kind } of played.story) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  console.log(
    `seed ${stage.seed}, ${billing} and ${ledger}, ${Object.values(drawRules(stage.seed)).join(", ")}: ${played.problems.length === 0 ? "ties out" : "DOES NOT TIE OUT"}`,
  );
  if (played.problems.length > 0) {
    console.log([...played.problems, "", "The smallest plan that fails:"].join("\n"));
    console.log(await smallest(plan, { ...stage, months: played.month + 1 }, played));
    process.exitCode = 1;
    break;
  }
}
const seconds = (Date.now() - began) / 1000;
const happened = [...counts].map(([kind, count]) => `${kind} ${count}`).sort();
console.log(`${months} months in ${seconds.toFixed(0)} s; ${happened.join(", ")}`);

/** What is wrong at the end of the smallest plan that fails, and what happens in it. */
async function smallest(plan: ReturnType<typeof planMonths>, stage: Stage, first: Played): Promise<string> {
  let last = first;
  await shrink(
    plan.filter(({ month }) => month < stage.months),
    async (left) => {
      const played = await play(left, stage);
      if (played.problems.length > 0) last = played;
      return played.problems.length > 0;
    },
  );
  const story = last.story.map(({ day, kind, what }) => `${day} ${kind}: ${what}`);
  return [...last.problems, "", ...story].join("\n");
}
