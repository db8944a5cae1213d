import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { ADOPTABLE, type Adoptable, proposeAdoption } from "../commands/adopt.ts";
import { acceptAdoption } from "../commands/adopt-accept.ts";
import { adoptionText } from "../commands/adopt-csv.ts";
import { checkWritable, readText, writeText } from "../commands/named-file.ts";
import { UsageError } from "../commands/refusal.ts";
import { renderAdoption } from "../report/adopt.ts";
import { count } from "../report/table.ts";
import { EXIT } from "./exit-codes.ts";
import { type ClientOptions, placeOf, withClientOptions } from "./options.ts";
import { example, printAs, type Verbs } from "./verb.ts";

/** The verb for a first day at a client whose books are full already. */

type AdoptOptions = ClientOptions & {
  readonly propose?: boolean;
  readonly accept?: string;
  readonly file?: string;
};

/** Adds adopt. */
export function addAdoptVerb(program: Command, { act }: Verbs): void {
  const adopting = withClientOptions(program.command("adopt"))
    .summary("link what the systems hold already")
    .description(
      "Proposes which records of two systems are one, and links those that a person says yes to. Customers first, then " +
        "invoices, then payments. It reads the systems and writes to none of them.",
    )
    .argument("<what>", Object.keys(ADOPTABLE).join(", "), parseWhat)
    .addOption(new Option("--propose", "write a file of proposals").conflicts("accept"))
    .option("--accept <file>", "link the lines of such a file that say yes: all of them or none")
    .addOption(
      new Option("--file <file>", "where to write the proposals (default: adopt-<what>.csv)").conflicts(
        "accept",
      ),
    );
  act(
    example(
      adopting,
      "tripoint adopt customers --propose",
      "tripoint adopt customers --accept adopt-customers.csv",
    ),
    adoptVerb,
  );
}

async function adoptVerb(what: Adoptable, options: AdoptOptions): Promise<number> {
  const place = placeOf(options);
  if (options.accept !== undefined) {
    const result = await acceptAdoption(place, what, readText(resolve(place.cwd, options.accept)));
    printAs(
      options.format,
      { schemaVersion: 1, ...result },
      ({ linked, unchanged }) =>
        `${count(linked, "line")} linked, ${unchanged} linked before. Nothing was written to any system; tripoint plan ` +
        "shows what a run will do.\n",
    );
    return EXIT.done;
  }
  if (options.propose !== true) throw new UsageError("say --propose, or --accept with a file");
  const file = options.file ?? `adopt-${what}.csv`;
  const path = resolve(place.cwd, file);
  if (existsSync(path)) {
    throw new UsageError(
      `${file} is there already, perhaps with answers in it`,
      "Name another one with --file.",
    );
  }
  checkWritable(path);
  const adoption = await proposeAdoption(place, what);
  writeText(path, adoptionText(adoption), "wx");
  printAs(options.format, { ...adoption, file }, (value) => renderAdoption(value, file));
  return EXIT.done;
}

function parseWhat(text: string): Adoptable {
  const found = Object.keys(ADOPTABLE).find((what) => what === text);
  // The keys of ADOPTABLE are the type's members.
  if (found !== undefined) return found as Adoptable;
  throw new UsageError(`cannot adopt "${text}"`, `There are: ${Object.keys(ADOPTABLE).join(", ")}.`);
}
