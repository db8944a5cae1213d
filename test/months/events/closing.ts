import { addDays } from "../../../mappings/demo/world/dates.ts";
import { creditLine, tied } from "../../../mappings/demo/world/lines.ts";
import type { EventKind } from "../scene.ts";
import { issue, post } from "./invoices.ts";

/** The controller closes books, and billing bills into them all the same. */

export const closeBooks: EventKind = {
  name: "books closed",
  weight: 4,
  happen: ({ clerk, random, today }) => {
    const until = random.chance(70)
      ? addDays(`${today.slice(0, 7)}-01`, -1)
      : addDays(today, -random.int(1, 10));
    if (until <= (clerk.closedUntil() ?? "")) return undefined;
    clerk.close(until);
    return `until ${until}`;
  },
};

/** What is billed and given back in one go: nothing is owed of it. */
export const zeroBill: EventKind = {
  name: "zero bill",
  weight: 2,
  happen: (scene) => {
    const { truth, billing, random } = scene;
    const known = truth.companies.filter((company) => billing.knows(company));
    if (known.length === 0) return undefined;
    // Access to the internet is free of taxes, and those would not all be given back.
    const line = tied("INTERNET_MRC", "Fiber internet access", "Main", 1, random.pick(["189.00", "349.00"]));
    return post(scene, random.pick(known), [line, creditLine(line)], { withCharges: false });
  },
};

export const backdatedBill: EventKind = {
  name: "bill backdated",
  weight: 4,
  happen: (scene) => {
    const { truth, billing, random, today, demo } = scene;
    const known = truth.companies.filter((company) => billing.knows(company));
    if (known.length === 0) return undefined;
    const [, date = today] = [demo.client.go_live ?? "", addDays(today, -random.int(4, 45))].sort();
    return `${issue(scene, random.pick(known), date)} of ${date}`;
  },
};
