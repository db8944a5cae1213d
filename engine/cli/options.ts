import { type Command, InvalidArgumentError, Option } from "commander";
import { type ClientPlace, findClient } from "../commands/client.ts";
import { systemClock } from "../core/clock.ts";
import { type Log, openLog } from "./log.ts";
import { type ProgressView, showProgress } from "./progress.ts";

/** The options that many verbs share, and what is made of them. */

export interface CommonOptions {
  readonly format: "text" | "json" | "github";
  readonly quiet?: boolean;
  readonly log: "text" | "json";
  readonly color: boolean;
}

export interface ClientOptions extends CommonOptions {
  readonly client?: string;
  readonly root?: string;
  readonly state?: string;
}

/** --format, --quiet, --log and --no-color. */
export function withCommon(command: Command, formats: readonly string[] = ["text", "json"]): Command {
  return command
    .addOption(new Option("--format <format>", "how the result is printed").choices(formats).default("text"))
    .option("--quiet", "print only results and warnings")
    .addOption(
      new Option("--log <format>", "how stderr is written").choices(["text", "json"]).default("text"),
    )
    .option("--no-color", "no live progress line and no colours");
}

/** The common options and --client, --root, --state. `formats`: text and json unless given. */
export function withClientOptions(command: Command, formats?: readonly string[]): Command {
  return withCommon(command, formats)
    .option("--client <name>", "the client, a folder under mappings/; not needed when there is one")
    .option(
      "--root <folder>",
      "folder that holds mappings/ (default: this one if it does, else tripoint's own)",
    )
    .option("--state <folder>", "the client's state folder (default: $TRIPOINT_STATE or .tripoint/<client>)");
}

/** --pipeline, which may be given several times. */
export function withPipelines(command: Command): Command {
  return command.option("--pipeline <name>", "only this pipeline; may be repeated", collect);
}

/** Gathers the values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** A TCP port. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a number from 1 to 65535.");
}

/** An id of a system, written system:id. */
export function parseSystemId(text: string): { readonly system: string; readonly id: string } {
  const [, system, id] = /^([a-z]+):(.+)$/s.exec(text) ?? [];
  if (system !== undefined && id !== undefined) return { system, id };
  throw new InvalidArgumentError("Write the system and its id as psa:1001.");
}

/** The client that the options mean. */
export function placeOf(options: ClientOptions): ClientPlace {
  return findClient(options, here());
}

/** This process's surroundings. */
export function here(): Pick<ClientPlace, "cwd" | "env" | "clock"> {
  return { cwd: process.cwd(), env: process.env, clock: systemClock };
}

/** The log that the options ask for. */
export function logOf({ quiet = false, log }: CommonOptions): Log {
  return openLog({ quiet, format: log });
}

/** Progress as the options ask for: live on a terminal only. */
export function progressOf(options: CommonOptions, log: Log): ProgressView {
  const { quiet = false, color } = options;
  const live = process.stderr.isTTY && options.log === "text" && color && !quiet && !process.env["NO_COLOR"];
  return showProgress(log, live === true);
}
