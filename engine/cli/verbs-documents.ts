import { type Command, Option } from "commander";
import { correctDocument } from "../commands/correct.ts";
import type { Correction } from "../sync/document.ts";
import { EXIT } from "./exit-codes.ts";
import { type ClientOptions, logOf, placeOf, withClientOptions } from "./options.ts";
import { example, printAs, type Verbs } from "./verb.ts";

/** The verb about documents that are posted already. */

/** Adds correct. */
export function addDocumentVerbs(program: Command, { act }: Verbs): void {
  const correcting = withClientOptions(program.command("correct"))
    .summary("decide about an invoice that the ledger holds otherwise than it was sent")
    .description(
      "Says what is right of an invoice or credit note that the ledger holds otherwise than it was sent (held as " +
        "posted_differs): restore writes the source's values again, void voids it and posts it anew under the next " +
        "number, keep leaves it as it is there.",
    )
    .argument("<pipeline>", "the pipeline")
    .argument("<record>", "the source id")
    .addOption(
      new Option("--by <way>", "what to do").choices(["restore", "void", "keep"]).makeOptionMandatory(),
    );
  act(
    example(correcting, "tripoint correct invoices 9001 --by void && tripoint plan"),
    async (pipeline: string, source_id: string, options: ClientOptions & { readonly by: Correction }) => {
      const { by } = options;
      await correctDocument(placeOf(options), { pipeline, source_id, by });
      printAs(options.format, { schemaVersion: 1, pipeline, source_id, correction: by }, () => "Noted.\n");
      if (options.format === "text") logOf(options).info("The next run carries it out: tripoint run");
      return EXIT.done;
    },
  );
}
