import type { Random } from "../../mappings/demo/world/random.ts";
import { writesIn } from "../support/demo.ts";
import { freePaidBills } from "./events/paid-bills.ts";
import { provision, unprovisioned } from "./events/provisioning.ts";
import { endZeroBills } from "./events/zero-bills.ts";
import type { Scene } from "./scene.ts";
import { waitingMoney } from "./service-invoices.ts";

/** The end of a month: nothing is left waiting for people then. */

const QUIET_RUNS_MAX = 8;

export type People = Omit<Scene, "today" | "random">;

/** People do what is waited for, with runs between; says what they did. */
export async function endWaiting(
  people: People,
  random: Random,
): Promise<readonly { readonly kind: string; readonly what: string }[]> {
  const { truth, clerk, posted } = people;
  posted.promise();
  const billed = unprovisioned(people).filter(({ number }) =>
    truth.invoices.some((one) => one.company === number && posted.isPending(one)),
  );
  const story = [
    ...billed.map((company) => ({ kind: "service provisioned", what: provision(people, company) })),
    ...endZeroBills(people, random).map((what) => ({ kind: "zero bill ended", what })),
  ];
  posted.promise();
  // What waits in closed books goes on by itself once the controller opens them.
  if (posted.waits()) {
    await untilQuiet(people);
    clerk.close(null);
    story.push({ kind: "books opened", what: "for what waits in them" });
    await untilQuiet(people);
  }
  const { bills, again } = freePaidBills(people);
  if (bills.length > 0) {
    await untilQuiet(people);
    again();
    story.push({ kind: "money off and on again", what: bills.join(", ") });
  }
  return story;
}

/** Runs until nothing is left to do; what is in the way of that, as sentences. */
export async function untilQuiet({
  demo,
  truth,
  posted,
}: Pick<People, "demo" | "truth" | "posted">): Promise<readonly string[]> {
  for (let left = QUIET_RUNS_MAX; ; left--) {
    posted.promise();
    const report = await demo.run();
    const issues = await demo.issues();
    const failed = report.pipelines.filter(({ status }) => status !== "done");
    // Money of a customer that billing does not have waits for it, and says so.
    const waiting = waitingMoney(truth);
    const told = new Set(
      issues.filter(({ reason }) => reason === "reference_missing").map(({ source_id }) => source_id),
    );
    const others = issues.filter(({ source_id }) => !(waiting.has(source_id) && told.has(source_id)));
    const uncertain = await demo.state((state) => state.count("intent"));
    if (left > 0 && failed.length + uncertain + writesIn(report) > 0) continue;
    return [
      ...failed.map(({ pipeline, status, message }) => `${pipeline} is ${status}: ${message}`),
      ...(writesIn(report) > 0 ? ["the runs do not come to rest: each writes something"] : []),
      ...others.map(
        ({ pipeline, kind, reason, source_id, message }) =>
          `${pipeline} ${source_id} is set aside, ${kind} ${reason}: ${message}`,
      ),
      ...[...waiting].flatMap((id) => (told.has(id) ? [] : [`nobody is told that ${id} waits`])),
    ];
  }
}
