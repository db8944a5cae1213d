import type { Command } from "commander";
import { apply } from "../commands/apply.ts";
import { findClient, findRoot } from "../commands/client.ts";
import { checkWritable } from "../commands/named-file.ts";
import { plan, savePlan } from "../commands/plan.ts";
import { run } from "../commands/run.ts";
import { start } from "../commands/start.ts";
import { status } from "../commands/status.ts";
import { testPipelines } from "../commands/test.ts";
import { validate } from "../commands/validate.ts";
import { renderPlan } from "../report/plan.ts";
import { renderProblems } from "../report/problems.ts";
import { renderRun } from "../report/run.ts";
import { renderStatus } from "../report/status.ts";
import { renderTests } from "../report/tests.ts";
import { EXIT, exitOfPlan, exitOfRun } from "./exit-codes.ts";
import { interruptSignal } from "./interrupt.ts";
import {
  type ClientOptions,
  here,
  logOf,
  placeOf,
  progressOf,
  withClientOptions,
  withCommon,
  withPipelines,
} from "./options.ts";
import { example, print, printAs, type Verbs } from "./verb.ts";

/** The verbs that check, plan and carry out runs. */

type RunOptions = ClientOptions & { readonly pipeline?: readonly string[] };

/** Adds validate, test, plan, apply, run, start and status. */
export function addRunVerbs(program: Command, { act }: Verbs): void {
  const checking = withCommon(program.command("validate"), ["text", "json", "github"])
    .summary("check the YAML of all clients, or of one")
    .description(
      "Checks connectors, clients, code maps and pipelines without a network; all mistakes at once.",
    )
    .option("--client <name>", "only this client")
    .option("--root <folder>", "folder that holds mappings/");
  act(
    example(checking, "tripoint validate", "tripoint validate --client demo --format github"),
    validateVerb,
  );

  const testing = withPipelines(withClientOptions(program.command("test")))
    .summary("run the tests of pipelines")
    .description("Runs the tests that stand in the pipelines' YAML; no network.");
  act(example(testing, "tripoint test --client demo --pipeline invoices"), testVerb);

  const planning = withPipelines(withClientOptions(program.command("plan")))
    .summary("show what a run would do")
    .description("Reads the systems and decides, and sends nothing.")
    .option("-o, --output <file>", "save the plan for apply, without the customers' values")
    .option("--detailed-exitcode", "exit 3 when there are changes");
  act(example(planning, "tripoint plan --client demo -o today.plan"), planVerb);

  const applying = withClientOptions(program.command("apply"))
    .summary("carry out a saved or waiting plan")
    .description("Carries out the decisions of a plan; records that changed since then are left alone.")
    .argument("[plan]", "file that plan -o saved, or the id of a waiting plan; not needed when one waits")
    .option("--fail-on-held", "exit 1 when records are held");
  act(example(applying, "tripoint apply today.plan --client demo"), applyVerb);

  const running = withPipelines(withClientOptions(program.command("run")))
    .summary("run the pipelines of a client")
    .description("Plans and carries out the pipelines, each after those it waits for.")
    .option("--fail-on-held", "exit 1 when records are held");
  act(
    example(running, "tripoint run --client demo", "tripoint run --client demo --pipeline payments"),
    runVerb,
  );

  const starting = withClientOptions(program.command("start"))
    .summary("stay and run pipelines by their schedules")
    .description(
      "Runs pipelines when they are due; due times missed meanwhile are caught up once. SIGTERM ends it.",
    );
  act(example(starting, "tripoint start --client demo --log json"), startVerb);

  const asking = withClientOptions(program.command("status"))
    .summary("last runs, due times and what is open")
    .description("Shows each pipeline's last run and next due time, and what waits for someone. No network.");
  act(example(asking, "tripoint status --client demo"), statusVerb);
}

function validateVerb(options: ClientOptions): number {
  const { cwd, env } = here();
  const root = findRoot(options.root, cwd);
  const clients = options.client === undefined ? {} : { clients: [options.client] };
  const { problems, files, sources } = validate({ root, ...clients, env, cwd });
  print(renderProblems(problems, options.format, sources));
  if (problems.length === 0) logOf(options).info(`${files.length} files, no problems`);
  return problems.some(({ severity }) => severity === "error") ? EXIT.usage : EXIT.done;
}

async function testVerb(options: RunOptions): Promise<number> {
  const tests = await testPipelines(placeOf(options), options.pipeline);
  printAs(options.format, { schemaVersion: 1, tests }, (value) => renderTests(value.tests));
  return tests.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
}

async function planVerb(
  options: RunOptions & { readonly output?: string; readonly detailedExitcode?: boolean },
): Promise<number> {
  const place = placeOf(options);
  const log = logOf(options);
  const { onProgress, clear } = progressOf(options, log);
  const signal = interruptSignal(log);
  if (options.output !== undefined) checkWritable(options.output);
  const made = await plan(place, { signal, onProgress, ...pipelinesOf(options) }).finally(clear);
  if (signal.aborted) return EXIT.interrupted;
  printAs(options.format, made, renderPlan);
  if (options.output !== undefined) {
    savePlan(options.output, made);
    log.info(`Saved. Carry it out with: tripoint apply ${options.output} --client ${place.client}`);
  }
  return exitOfPlan(made, options.detailedExitcode === true);
}

async function applyVerb(
  which: string | undefined,
  options: ClientOptions & { readonly failOnHeld?: boolean },
): Promise<number> {
  const log = logOf(options);
  const { onProgress, clear } = progressOf(options, log);
  const signal = interruptSignal(log);
  const onWarning = (text: string): void => {
    clear();
    log.warn(text);
  };
  const report = await apply(placeOf(options), which, { signal, onProgress, onWarning }).finally(clear);
  printAs(options.format, report, renderRun);
  return exitOfRun(report, options.failOnHeld === true);
}

async function runVerb(options: RunOptions & { readonly failOnHeld?: boolean }): Promise<number> {
  const log = logOf(options);
  const { onProgress, clear } = progressOf(options, log);
  const signal = interruptSignal(log);
  const onWarning = (text: string): void => {
    clear();
    log.warn(text);
  };
  const command = { signal, onProgress, onWarning, ...pipelinesOf(options) };
  const report = await run(placeOf(options), command).finally(clear);
  printAs(options.format, report, renderRun);
  return exitOfRun(report, options.failOnHeld === true);
}

async function startVerb(options: ClientOptions): Promise<number> {
  const place = findClient(options, here());
  const log = logOf(options);
  const { onProgress, clear } = progressOf(options, log);
  await start(place, {
    signal: interruptSignal(log),
    onProgress,
    onRun: (report) => {
      clear();
      printAs(options.format, report, renderRun);
    },
    onWait: (next) => log.info(`Waiting until ${next}`),
    onBusy: (message) => log.warn(`Due pipelines wait: ${message}`),
    onWarning: (text) => log.warn(text),
  }).finally(clear);
  return EXIT.done;
}

async function statusVerb(options: ClientOptions): Promise<number> {
  printAs(options.format, await status(placeOf(options)), renderStatus);
  return EXIT.done;
}

function pipelinesOf({ pipeline }: RunOptions): { readonly pipelines?: readonly string[] } {
  return pipeline === undefined ? {} : { pipelines: pipeline };
}
