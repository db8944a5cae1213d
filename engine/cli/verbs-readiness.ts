import type { Command } from "commander";
import { cdr } from "../commands/cdr.ts";
import { readiness } from "../commands/readiness.ts";
import { renderCdr } from "../report/cdr.ts";
import { renderReadiness } from "../report/readiness.ts";
import { WAITING } from "../sync/readiness/gate.ts";
import { EXIT } from "./exit-codes.ts";
import { type ClientOptions, collect, placeOf, withClientOptions } from "./options.ts";
import { example, printAs, type Verbs } from "./verb.ts";

/** The verbs about what has to be there before an account can bill. */

interface ReadinessVerbOptions extends ClientOptions {
  readonly account?: string;
  readonly failOnGaps?: boolean;
}

interface CdrVerbOptions extends ClientOptions {
  readonly number?: readonly string[];
  readonly charge?: string;
  readonly failOnGaps?: boolean;
}

/** Adds readiness and cdr. */
export function addReadinessVerbs(program: Command, { act }: Verbs): void {
  const judging = withClientOptions(program.command("readiness"))
    .summary("what billing accounts lack before they can bill")
    .description(
      "Reads accounts, locations, services and contracts and tells, per account and location, what is missing, who supplies it and since when; sold beside provisioned quantities. Writes to no system.",
    )
    .option("--account <number>", "only this billing account, by its number or id, or by a contract on it")
    .option(
      "--fail-on-gaps",
      "exit 1 when an account is not ready to bill or a signed contract has no account",
    );
  act(
    example(
      judging,
      "tripoint readiness --client demo",
      "tripoint readiness --account CB-5555 --format json",
      "tripoint readiness --account AGR-77",
    ),
    readinessVerb,
  );

  const matching = withClientOptions(program.command("cdr"))
    .summary("match a file of call records against the numbers in billing")
    .description(
      "Lists numbers that no service in use has and numbers that several have, with calls and charge. The file streams, whatever its size.",
    )
    .argument("<file>", "CSV with a header")
    .option("--number <column>", "column with the number of a call; may be repeated", collect)
    .option("--charge <column>", "column with what the call costs")
    .option(
      "--fail-on-gaps",
      "exit 1 when a number is unmatched or matched twice, or a line or a service cannot be read",
    );
  act(
    example(matching, "tripoint cdr calls.csv --number calling_number --charge charge --client demo"),
    cdrVerb,
  );
}

async function cdrVerb(
  file: string,
  { number, charge, failOnGaps, ...options }: CdrVerbOptions,
): Promise<number> {
  const view = await cdr(placeOf(options), { file, numbers: number, charge });
  printAs(options.format, view, renderCdr);
  const { unmatched, double, without_number, unreadable, not_read } = view;
  const gaps =
    unmatched.length + double.length + not_read.length + without_number.calls + unreadable.lines > 0;
  return failOnGaps === true && gaps ? EXIT.failed : EXIT.done;
}

async function readinessVerb({ account, failOnGaps, ...options }: ReadinessVerbOptions): Promise<number> {
  const view = await readiness(placeOf(options), { account });
  printAs(options.format, view, renderReadiness);
  const gaps = view.accounts.some(({ status }) => WAITING.has(status));
  return failOnGaps === true && (gaps || view.unmapped.length > 0) ? EXIT.failed : EXIT.done;
}
