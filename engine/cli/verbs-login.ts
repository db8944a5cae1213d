import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Command } from "commander";
import { connect } from "../commands/connect.ts";
import { doctor } from "../commands/doctor.ts";
import { renderConnect } from "../report/connect.ts";
import { renderDoctor } from "../report/doctor.ts";
import { EXIT, exitOfFindings } from "./exit-codes.ts";
import { interruptSignal } from "./interrupt.ts";
import { type ClientOptions, logOf, placeOf, withClientOptions } from "./options.ts";
import { example, printAs, type Verbs } from "./verb.ts";

/** The verbs about access to systems. */

interface ConnectOptions extends ClientOptions {
  readonly manual?: boolean;
  readonly redirectUri?: string;
}

/** Adds connect and doctor. */
export function addLoginVerbs(program: Command, { act }: Verbs): void {
  const connecting = withClientOptions(program.command("connect"))
    .summary("log in to a system by its consent page")
    .description(
      "Shows an address to consent at, waits 5 minutes for the browser to come back, and keeps the tokens in the state.",
    )
    .argument("<system>", "psa, billing or accounting")
    .option("--manual", "paste the address that the browser ends at, which may be on another machine")
    .option("--redirect-uri <uri>", "the address registered with the vendor, when it is not the connector's");
  act(
    example(connecting, "tripoint connect accounting --client demo", "tripoint connect accounting --manual"),
    connectVerb,
  );

  const examining = withClientOptions(program.command("doctor"))
    .summary("look at everything that a run needs")
    .description(
      "Checks this machine, the state and the secrets, reads one page of each system, and compares the code maps with the chart of accounts; writes nothing.",
    );
  act(example(examining, "tripoint doctor --client demo"), async (options: ClientOptions) => {
    const view = await doctor(placeOf(options), { node: process.versions.node });
    printAs(options.format, view, renderDoctor);
    return exitOfFindings(view.findings);
  });
}

async function connectVerb(system: string, options: ConnectOptions): Promise<number> {
  const log = logOf(options);
  const manual = options.manual === true;
  const view = await connect(placeOf(options), {
    system,
    manual,
    redirectUri: options.redirectUri,
    signal: interruptSignal(log),
    onUrl: (url) => {
      // Not by the log: its redaction takes an id out of the address that happens to stand in a variable called key.
      process.stderr.write(`Open this address in a browser and consent:\n\n${url}\n\n`);
      if (manual) process.stderr.write("Then paste the address that the browser ends at, or its code:\n");
    },
    onIgnored: (text) => log.warn(text),
    readLine,
  });
  if (view === undefined) return EXIT.interrupted;
  printAs(options.format, view, renderConnect);
  return EXIT.done;
}

async function readLine(signal: AbortSignal): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    const ended = once(lines, "close", { signal }).then(() => [undefined]);
    const [line] = await Promise.race([once(lines, "line", { signal }), ended]);
    return typeof line === "string" ? line : undefined;
  } finally {
    lines.close();
    process.stdin.destroy();
  }
}
