import { type Command, InvalidArgumentError } from "commander";
import { billingProof } from "../commands/prove.ts";
import { renderBillingProof } from "../report/prove-billing.ts";
import { EXIT } from "./exit-codes.ts";
import { type ClientOptions, placeOf, withClientOptions } from "./options.ts";
import { example, printAs, type Verbs } from "./verb.ts";

/** The verbs that prove something from all three systems. */

/** Adds prove. */
export function addProveVerbs(program: Command, { act }: Verbs): void {
  const prove = program.command("prove").description("proofs over all systems");
  const billing = withClientOptions(prove.command("billing"))
    .summary("everything to be billed is billed once")
    .description(
      "Lists what the PSA has to bill of a month, by the first day of its service, and who bills each item: a charge in " +
        "billing, or an invoice of the PSA. Exit 1 when anything is billed twice, or not billed without a reason.",
    )
    .requiredOption("--period <YYYY-MM>", "the month", parseMonth);
  act(
    example(billing, "tripoint prove billing --client demo --period 2026-10"),
    async (options: ClientOptions & { readonly period: string }) => {
      const proof = await billingProof(placeOf(options), options.period);
      printAs(options.format, proof, renderBillingProof);
      return proof.proven ? EXIT.done : EXIT.failed;
    },
  );
}

function parseMonth(text: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text;
  throw new InvalidArgumentError("Write a month, such as 2026-10.");
}
