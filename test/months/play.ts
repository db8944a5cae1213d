import type { World } from "../../engine/connector/sandbox/world.ts";
import { addDays } from "../../mappings/demo/world/dates.ts";
import { isTelecomCustomer } from "../../mappings/demo/world/invoices.ts";
import { makeRandom } from "../../mappings/demo/world/random.ts";
import { makeWorld } from "../../mappings/demo/world.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { MARKED_IN_FIELD } from "../support/billing-month.ts";
import type { JsonObject, SystemEntry } from "../support/client-copy.ts";
import { CREDIT_PIPELINES, NEGATIVE_INVOICE_PIPELINES } from "../support/credit-demo.ts";
import { type Demo, openDemo, type Scope } from "../support/demo.ts";
import { billingDesk } from "./desks/billing.ts";
import { clerkOf } from "./desks/clerks.ts";
import { psaDesk } from "./desks/psa.ts";
import { serviceInvoiceDesk, VOIDED_STATUS } from "./desks/psa-invoices.ts";
import { ITEM_FILES, itemChanges, linesOf, SERVICE_FILES, SERVICES_GL } from "./item-files.ts";
import { endWaiting, untilQuiet } from "./month-end.ts";
import { type PlannedEvent, STEP_DAYS } from "./plan.ts";
import { postedBooks } from "./posted.ts";
import { unproven } from "./proof.ts";
import { misreported } from "./reports.ts";
import { drawRouting, type Routing } from "./routing.ts";
import { drawRules, withRules } from "./rules.ts";
import type { Scene } from "./scene.ts";
import { drawSplits, type Ledger, setUpSplits, splitSettings, withSplits } from "./splits.ts";
import { tieOut } from "./tie-out.ts";
import type { Truth } from "./truth.ts";

/** How a client's months went. */
export interface Played {
  /** What did not tie at the end of a month, the first time that something did not; empty when all did. */
  readonly problems: readonly string[];
  /** Month in which that was. */
  readonly month: number;
  /** What happened up to then. */
  readonly story: readonly Happened[];
}

export interface Happened {
  readonly day: string;
  readonly kind: string;
  readonly what: string;
}

export interface Stage {
  readonly seed: number;
  readonly months: number;
  readonly billing: keyof typeof SYSTEMS.billing;
  readonly ledger: Ledger;
}

const START = Date.parse("2026-08-31T14:00:00Z");
// After the client's go_live, with days between for what is dated back.
const FIRST_MONTH = "2026-09-01";
const COMPANIES = 5;
const PROVISIONED_PERCENT = 50;
const FOREIGN = ["CAD", "EUR"];
const LIMITS = { USD: 1_000_000_000, CAD: 1_000_000_000, EUR: 1_000_000_000 };
// So many of them at least buy telephony and managed services.
const BUY_BOTH = 2;
const FIRST_NUMBER = 3001;

/** Lets a plan happen to a fresh client, with a run after each step, and compares the books at the end of each month. */
export async function play(plan: readonly PlannedEvent[], stage: Stage): Promise<Played> {
  const endings: (() => unknown)[] = [];
  try {
    return await playIn({ after: (end) => void endings.push(end as () => unknown) }, plan, stage);
  } finally {
    for (const end of endings.reverse()) await end();
  }
}

async function playIn(scope: Scope, plan: readonly PlannedEvent[], stage: Stage): Promise<Played> {
  const consolidates = stage.billing === "sqlite-billing";
  const all = monthsWorld(stage.seed);
  const customers = consolidates ? all.companies.filter(isTelecomCustomer).map(({ number }) => number) : [];
  const routing = drawRouting(makeRandom(stage.seed, "routing"), new Set(customers), FIRST_MONTH);
  const able = all.companies.filter((company) => canBeInvoiced(company, routing));
  // Rev.io knows one currency.
  const world = { ...all, companies: consolidates ? inCurrencies(able, stage.seed) : able };
  const rules = drawRules(stage.seed);
  const ledger = SYSTEMS.accounting[stage.ledger];
  const codes = SERVICE_FILES["gl-codes.yaml"];
  const splits = drawSplits(stage.seed, codes, stage.ledger);
  const demo = await openDemo(scope, {
    world,
    systems: {
      psa: withVoids(consolidates ? MARKED_IN_FIELD : SYSTEMS.psa.connectwise),
      billing: SYSTEMS.billing[stage.billing],
      accounting: {
        ...ledger,
        settings: { ...ledger.settings, ...splitSettings(splits, stage.ledger) },
        allow_unverified: ["credit_application"],
      },
    },
    files: {
      ...withRules(
        {
          ...SERVICE_FILES,
          ...(consolidates ? { ...CREDIT_PIPELINES, ...ITEM_FILES } : NEGATIVE_INVOICE_PIPELINES),
        },
        rules,
      ),
      "gl-codes.yaml": withSplits(codes, splits),
    },
    // What a person would have to look at is not what the months are about.
    changes: {
      limits: { create: 1000, void: 1000, amount: LIMITS },
      readiness: { invoices: rules.readiness },
      truth: { msp_invoice: "psa" },
      ...(consolidates ? itemChanges(world, routing) : {}),
    },
    start: START,
  });
  if (splits.size > 0) setUpSplits(demo, stage.ledger);
  const clerk = clerkOf(demo, stage.ledger);
  const truth: Truth = {
    companies: [...demo.world.companies],
    invoices: [],
    receipts: [],
    credits: [],
    refunds: [],
    items: [],
    lines: linesOf(demo.world, routing),
    services: [],
    routing,
    revisedPaid: new Map(),
    provisioned: new Set(
      demo.world.companies.filter(({ services }) => services === undefined).map(({ number }) => number),
    ),
  };
  const { ledger: psaBooks } = demo.sandboxes.psa;
  psaBooks.put("billingStatuses", "9", { id: 9, name: VOIDED_STATUS });
  let number = FIRST_NUMBER;
  const people = {
    demo,
    truth,
    psa: psaDesk(demo),
    services: serviceInvoiceDesk(demo),
    billing: billingDesk(demo),
    clerk,
    rules,
    splits,
    posted: postedBooks({ truth, clerk, rules, currency: demo.world.currency }),
    next: () => number++,
  };
  const story: Happened[] = [];
  await demo.run();
  for (let month = 0, first = FIRST_MONTH; month < stage.months; month++, first = nextMonth(first)) {
    for (const [step, place] of STEP_DAYS.entries()) {
      const today = addDays(first, place - 1);
      goTo(demo, today);
      for (const event of plan.filter((one) => one.month === month && one.step === step)) {
        const scene: Scene = { ...people, today, random: makeRandom(stage.seed, event.stream) };
        const what = await event.kind.happen(scene);
        if (what !== undefined) story.push({ day: today, kind: event.kind.name, what });
      }
      people.posted.promise();
      await demo.run();
      const problems = people.posted.early();
      if (problems.length > 0) return { problems, month, story };
    }
    const last = addDays(nextMonth(first), -1);
    goTo(demo, last);
    const closed = people.clerk.closedUntil();
    for (const { kind, what } of await endWaiting(people, makeRandom(stage.seed, `end of ${first}`)))
      story.push({ day: last, kind, what });
    const problems = [
      ...(await untilQuiet(people)),
      ...tieOut(people, last),
      ...(await unproven(demo, truth, last)),
    ];
    if (problems.length === 0 && month === stage.months - 1)
      problems.push(...(await misreported(demo, truth)));
    if (problems.length > 0) return { problems, month, story };
    people.clerk.close(closed);
  }
  return { problems: [], month: stage.months, story };
}

function goTo(demo: Demo, day: string): void {
  demo.clock.advance(Math.max(0, Date.parse(`${day}T14:00:00Z`) - demo.clock.now()));
}

function nextMonth(first: string): string {
  return `${addDays(first, 31).slice(0, 7)}-01`;
}

/** A few companies of the demo's, of all kinds, that owe nothing yet. */
function monthsWorld(seed: number): World {
  const world = makeWorld(seed);
  const random = makeRandom(seed, "companies of the months");
  const active = world.companies.filter(({ active: is, types }) => is && types.includes("Client"));
  return {
    ...world,
    gl: [...world.gl, ...SERVICES_GL],
    today: new Date(START).toISOString().slice(0, 10),
    companies: [...random.shuffle(active.filter(buysBoth)).slice(0, BUY_BOTH), ...random.shuffle(active)]
      .filter((company, place, all) => all.indexOf(company) === place)
      .slice(0, COMPANIES)
      .map(({ services: _, ...company }) =>
        random.chance(PROVISIONED_PERCENT) ? company : { ...company, services: [] },
      ),
    invoices: [],
    receipts: [],
    strangers: [],
  };
}

/** Some of the companies are billed in another currency. */
function inCurrencies(companies: World["companies"], seed: number): World["companies"] {
  const random = makeRandom(seed, "currencies");
  return companies.map((company) =>
    random.chance(30) ? { ...company, currency: random.pick(FOREIGN) } : company,
  );
}

/** False for a company without telephony that would have been invoiced through billing, which does not have it. */
function canBeInvoiced(company: World["companies"][number], { switch_over, to }: Routing): boolean {
  const throughBilling = switch_over !== null && to === "separate";
  return !throughBilling || isTelecomCustomer(company) || !buysServices(company);
}

/** The PSA as people use it who void invoices there. */
function withVoids(psa: SystemEntry): SystemEntry {
  const settings = psa["settings"] as JsonObject;
  return { ...psa, settings: { ...settings, voided_statuses: [VOIDED_STATUS] } };
}

function buysBoth(company: World["companies"][number]): boolean {
  return isTelecomCustomer(company) && buysServices(company);
}

function buysServices({ contracts }: World["companies"][number]): boolean {
  return contracts.some(({ type, status }) => type === "managed_services" && status === "signed");
}
