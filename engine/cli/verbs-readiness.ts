import type { Command } from "commander";
import { readiness } from "../commands/readiness.ts";
import { renderReadiness } from "../report/readiness.ts";
import { EXIT } from "./exit-codes.ts";
import { type ClientOptions, placeOf, withClientOptions } from "./options.ts";
import { example, printAs, type Verbs } from "./verb.ts";

/** The verbs about what has to be there before an account can bill. */

interface ReadinessVerbOptions extends ClientOptions {
  readonly account?: string;
  readonly failOnGaps?: boolean;
}

/** Adds readiness. */
export function addReadinessVerbs(program: Command, { act }: Verbs): void {
  const judging = withClientOptions(program.command("readiness"))
    .summary("what billing accounts lack before they can bill")
    .description(
      "Reads accounts, locations, services and contracts and tells, per account and location, what is missing, who supplies it and since when; sold beside provisioned quantities. Writes to no system.",
    )
    .option("--account <number>", "only this billing account, by its number or id")
    .option(
      "--fail-on-gaps",
      "exit 1 when an account is not ready to bill or a signed contract has no account",
    );
  act(
    example(
      judging,
      "tripoint readiness --client demo",
      "tripoint readiness --account CB-5555 --format json",
    ),
    readinessVerb,
  );
}

async function readinessVerb({ account, failOnGaps, ...options }: ReadinessVerbOptions): Promise<number> {
  const view = await readiness(placeOf(options), { account });
  printAs(options.format, view, renderReadiness);
  const gaps = view.accounts.some(({ status }) => status === "shell" || status === "provisioning");
  return failOnGaps === true && (gaps || view.unmapped.length > 0) ? EXIT.failed : EXIT.done;
}
