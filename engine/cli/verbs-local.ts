import { once } from "node:events";
import type { Command } from "commander";
import { DEMO } from "../commands/client.ts";
import { connectorsOf, demo, sandboxFolder } from "../commands/demo.ts";
import { describeSandboxes, exportLine, saveEnvironment, startSandboxes } from "../commands/sandbox.ts";
import { stateInit } from "../commands/state-init.ts";
import { packageRoot } from "../config/root.ts";
import { renderDemo } from "../report/demo.ts";
import { renderDescriptions, renderSandboxes } from "../report/sandboxes.ts";
import { EXIT, exitOfRun } from "./exit-codes.ts";
import { interruptSignal } from "./interrupt.ts";
import {
  type ClientOptions,
  type CommonOptions,
  here,
  logOf,
  parsePort,
  placeOf,
  progressOf,
  withClientOptions,
  withCommon,
} from "./options.ts";
import { example, print, printAs, type Verbs } from "./verb.ts";

/** The verbs that need no real system: state init, sandbox, demo. */

interface SandboxOptions extends CommonOptions {
  readonly folder?: string;
  readonly port?: number;
  readonly list?: boolean;
}

/** Adds state, sandbox and demo. */
export function addLocalVerbs(program: Command, { act }: Verbs): void {
  const state = program.command("state").description("the state folder of a client");
  const init = withClientOptions(state.command("init")).description(
    "Makes an empty state for a client that has never run.",
  );
  act(example(init, "tripoint state init --client demo"), async (options: ClientOptions) => {
    const result = await stateInit(placeOf(options));
    printAs(
      options.format,
      { schemaVersion: 1, ...result },
      ({ folder }) => `An empty state is in ${folder}.\n`,
    );
    return EXIT.done;
  });

  const sandbox = withCommon(program.command("sandbox"))
    .summary("systems to rehearse against, on this machine")
    .description("Starts connectors' sandboxes until Ctrl-C: servers that behave as the vendors do.")
    .argument("[connectors...]", "the demo's three when left out")
    .option("--folder <folder>", "where they keep their books (default: .tripoint/sandboxes)")
    .option("--port <port>", "port of the first one, the others following (default: free ones)", parsePort)
    .option("--list", "show the vendors' rules that the sandboxes enforce, and what the connectors can do");
  act(example(sandbox, "tripoint sandbox", "tripoint sandbox --list"), sandboxVerb);

  const showing = withCommon(program.command("demo"))
    .summary("three systems and one client, end to end")
    .description("Starts three sandboxes, runs every pipeline of the demo client and shows what came of it.")
    .option("--reset", "begin anew");
  act(example(showing, "tripoint demo", "tripoint demo --reset --format json"), demoVerb);
}

async function sandboxVerb(names: readonly string[], options: SandboxOptions): Promise<number> {
  if (options.list) {
    const sandboxes = await describeSandboxes();
    printAs(options.format, { schemaVersion: 1, sandboxes }, (value) => renderDescriptions(value.sandboxes));
    return EXIT.done;
  }
  const log = logOf(options);
  const folder = options.folder ?? sandboxFolder(here().cwd);
  const signal = interruptSignal(log);
  const chosen = names.length === 0 ? connectorsOf(packageRoot(), DEMO) : names;
  const running = await startSandboxes({ names: chosen, world: DEMO, folder, port: options.port });
  const { sandboxes, environment } = running;
  const saved = saveEnvironment(folder, environment);
  try {
    if (options.format === "json") {
      print(`${JSON.stringify({ schemaVersion: 1, sandboxes, environment })}\n`);
    } else {
      print(`${renderSandboxes(sandboxes)}\n`);
      for (const [name, value] of Object.entries(environment)) print(exportLine(name, value));
      log.info(`\nThese lines are in ${saved.file} as well. Ctrl-C ends the sandboxes.`);
    }
    if (!signal.aborted) await once(signal, "abort");
  } finally {
    saved.remove();
    await running.stop();
  }
  return EXIT.done;
}

async function demoVerb(options: CommonOptions & { readonly reset?: boolean }): Promise<number> {
  const log = logOf(options);
  const { onProgress, clear } = progressOf(options, log);
  const made = await demo(here(), {
    reset: options.reset === true,
    signal: interruptSignal(log),
    onProgress,
    onStep: (text) => log.info(text),
  }).finally(clear);
  if (options.format === "json") print(`${JSON.stringify(made.report, null, 2)}\n`);
  else print(`\n${renderDemo(made)}`);
  return exitOfRun(made.report, false);
}
