import type { Command } from "commander";
import { blame } from "../commands/blame.ts";
import { customerView } from "../commands/customer.ts";
import { explain } from "../commands/explain.ts";
import { UsageError } from "../commands/refusal.ts";
import { whyInvoice } from "../commands/why.ts";
import { renderBlame } from "../report/blame.ts";
import { renderCustomer } from "../report/customer.ts";
import { renderExplain } from "../report/explain.ts";
import { renderWhy } from "../report/why.ts";
import { EXIT } from "./exit-codes.ts";
import { type ClientOptions, placeOf, withClientOptions } from "./options.ts";
import { example, printAs, type Verbs } from "./verb.ts";

/** The verbs that look at one thing over all systems; they write nothing. */

/** Adds customer, why, blame and explain. */
export function addViewVerbs(program: Command, { act }: Verbs): void {
  const explaining = withClientOptions(program.command("explain"))
    .summary("a client's decisions in plain words")
    .description(
      "Says what client.yaml decides: one invoice or separate, how customers link, when pipelines run, which side wins; " +
        "then systems, codes and limits. No network.",
    );
  act(example(explaining, "tripoint explain --client demo"), (options: ClientOptions) => {
    printAs(options.format, explain(placeOf(options)), renderExplain);
    return EXIT.done;
  });

  const showing = withClientOptions(program.command("customer"))
    .summary("one customer over all systems")
    .description(
      "Shows a customer's agreements, services, readiness, invoices, payments, balance, holds and links, read from all systems.",
    )
    .argument("<id>", "an id, number or name in any of the systems; psa:1001 says which one");
  act(
    example(showing, "tripoint customer CUST-1001", "tripoint customer billing:5555 --format json"),
    async (id: string, options: ClientOptions) => {
      printAs(options.format, await customerView(placeOf(options), id), renderCustomer);
      return EXIT.done;
    },
  );

  const asking = withClientOptions(program.command("why"))
    .summary("why an invoice is where it is")
    .description(
      "Follows an invoice through link, push, payment and allocation to the first step that broke, and names the " +
        "command that mends it. Exit 1 when one is broken.",
    )
    .argument("<what>", "invoice")
    .argument("<id>", "an id or number in any of the systems");
  act(
    example(asking, "tripoint why invoice 1042"),
    async (what: string, id: string, options: ClientOptions) => {
      if (what !== "invoice") throw new UsageError(`cannot tell why of "${what}"`, "There is: invoice.");
      const view = await whyInvoice(placeOf(options), id);
      printAs(options.format, view, renderWhy);
      return view.broken === null ? EXIT.done : EXIT.failed;
    },
  );

  const blaming = withClientOptions(program.command("blame"))
    .summary("who wrote a value")
    .description(
      "Shows which run wrote a field of a record, from which system, by which rule and configuration.",
    )
    .argument("<entity>", "such as customer")
    .argument("<id>", "an id or number of the record; the record that has it is looked at")
    .argument("[field]", "only this field; raw.<path> for a field of the vendor's own");
  act(
    example(blaming, "tripoint blame customer CB-5555 billing_emails"),
    async (entity: string, word: string, field: string | undefined, options: ClientOptions) => {
      printAs(options.format, await blame(placeOf(options), { entity, word, field }), renderBlame);
      return EXIT.done;
    },
  );
}
