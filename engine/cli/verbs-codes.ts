import type { Command } from "commander";
import { codes } from "../commands/codes.ts";
import { renderCodes } from "../report/codes.ts";
import { EXIT } from "./exit-codes.ts";
import { type ClientOptions, placeOf, withClientOptions } from "./options.ts";
import { example, printAs, type Verbs } from "./verb.ts";

/** The verb about GL codes. */

interface CodesVerbOptions extends ClientOptions {
  readonly failOnGaps?: boolean;
}

/** Adds codes. */
export function addCodesVerb(program: Command, { act }: Verbs): void {
  const listing = withClientOptions(program.command("codes"))
    .summary("charges without a GL code, rows that nothing uses, accounts that the ledger lacks")
    .description(
      "Reads every document that the pipelines post and the ledger's chart of accounts, and compares both with the rows of the code maps: codes without a row with count and amount, rows by which the ledger would not post with file and line, rows in use without a class, department or branch that others of their kind have, and rows that were never used. Writes to no system.",
    )
    .option("--fail-on-gaps", "exit 1 when a code has no row, or the ledger would not post by a row");
  act(
    example(listing, "tripoint codes --client demo", "tripoint codes --format json --fail-on-gaps"),
    async ({ failOnGaps, ...options }: CodesVerbOptions) => {
      const view = await codes(placeOf(options));
      printAs(options.format, view, renderCodes);
      const gaps = view.maps.some(({ unmapped, wrong }) => unmapped.length > 0 || wrong.length > 0);
      return failOnGaps === true && gaps ? EXIT.failed : EXIT.done;
    },
  );
}
