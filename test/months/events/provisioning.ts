import type { Company } from "../../../engine/connector/sandbox/world.ts";
import type { EventKind, Scene } from "../scene.ts";

/** What provisioning does in billing. It matters where the client's bills wait for it. */

export const serviceProvisioned: EventKind = {
  name: "service provisioned",
  weight: 2,
  happen: (scene) => {
    const waiting = unprovisioned(scene);
    return waiting.length === 0 ? undefined : provision(scene, scene.random.pick(waiting));
  },
};

/** Before its first bill is out that stops an account's bills again; after that it is nothing but a task. */
export const planTaken: EventKind = {
  name: "rate plan taken off",
  weight: 2,
  happen: ({ truth, billing, random }) => {
    const there = truth.companies.filter((one) => truth.provisioned.has(one.number) && billing.knows(one));
    if (there.length === 0) return undefined;
    const company = random.pick(there);
    billing.takePlan(company);
    truth.provisioned.delete(company.number);
    return company.number;
  },
};

/** Companies in billing whose service is not provisioned. */
export function unprovisioned({ truth, billing }: Pick<Scene, "truth" | "billing">): readonly Company[] {
  return truth.companies.filter((one) => !truth.provisioned.has(one.number) && billing.knows(one));
}

/** Says whose service it was. */
export function provision({ truth, billing }: Pick<Scene, "truth" | "billing">, company: Company): string {
  billing.provision(company);
  truth.provisioned.add(company.number);
  return company.number;
}
