import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fingerprint } from "../core/fingerprint.ts";
import type { Json } from "../core/json.ts";
import { errorsFirst, type Problem } from "../core/problem.ts";
import { allowedHint } from "./allowed-hint.ts";
import { pipelineFiles, strayProblem } from "./client-files.ts";
import { problemAt } from "./codes.ts";
import { crossChecks } from "./cross-checks.ts";
import type { ClientDraft, ClientShape } from "./draft.ts";
import { type Env, interpolate } from "./interpolate.ts";
import { loadCodeMaps } from "./load-codes.ts";
import { type LoadedPipeline, loadPipeline } from "./load-pipeline.ts";
import { loadSystems } from "./load-systems.ts";
import { inAfterOrder } from "./order.ts";
import { packageRoot } from "./root.ts";
import { checkSchema } from "./schema.ts";
import { blotSecrets } from "./secrets.ts";
import { placeFinder, type SourceFile } from "./source.ts";
import type { ClientConfig, Loaded, PipelineConfig } from "./types.ts";
import { readYaml, type YamlFile } from "./yaml.ts";

/** A loaded client with the files that were read, for printing problems beside their source. */
export interface LoadedClient extends Loaded<ClientConfig> {
  readonly sources: readonly SourceFile[];
}

/**
 * Loads `<root>/mappings/<client>` with its connectors, code maps and pipelines. Every mistake in all of them is
 * reported at once, errors first, by place, the files named relative to `cwd`; config is undefined when one is an error.
 */
export function loadClient(
  root: string = packageRoot(),
  client: string,
  env: Env,
  cwd: string = process.cwd(),
): LoadedClient {
  const home = resolve(cwd, root);
  const folder = join(home, "mappings", client);
  const path = join(folder, "client.yaml");
  if (!listClients(home).includes(client)) return unknownClient(home, client, relative(cwd, path));
  const yaml = readYaml(path, cwd);
  return yaml.value === undefined
    ? withoutClientFile(yaml, folder, cwd)
    : withClientFile(yaml, yaml.value, { home, folder, client, env, cwd });
}

/** What is wrong in the other files is worth knowing, too; the checks across files need client.yaml. */
function withoutClientFile(yaml: YamlFile, folder: string, cwd: string): LoadedClient {
  const files = pipelineFiles(folder, [yaml.source.path], cwd);
  const pipelines = files.pipelines.map((file) => loadPipeline(file, dirname(folder), cwd));
  const problems = [
    ...yaml.problems,
    ...files.problems,
    ...pipelines.flatMap((pipeline) => pipeline.problems),
  ];
  const sources = [withoutSecrets(yaml), ...files.sources, ...pipelines.flatMap((one) => one.sources)];
  return { config: undefined, problems: distinct(problems), sources };
}

interface Where {
  readonly home: string;
  readonly folder: string;
  readonly client: string;
  readonly env: Env;
  readonly cwd: string;
}

function withClientFile(
  yaml: YamlFile,
  value: Json,
  { home, folder, client, env, cwd }: Where,
): LoadedClient {
  const { nodes } = yaml;
  const interpolated = interpolate(value, nodes, env);
  const checked = checkSchema("client", interpolated.value, nodes);
  // Valid by its schema, or what is left of it.
  const shape = checked.value as unknown as ClientShape;
  const folders = [join(folder, "connectors"), join(home, "connectors"), join(packageRoot(), "connectors")];
  const systems = loadSystems(shape.systems, nodes, folders, folders.flatMap(namesIn), cwd);
  const codes = loadCodeMaps(shape.codes, folder, cwd, placeFinder(nodes));
  const files = pipelineFiles(folder, [yaml.source.path, ...codes.paths], cwd);
  const pipelines = files.pipelines.map((file) => loadPipeline(file, dirname(folder), cwd));
  const draft: ClientDraft = { name: client, shape, nodes, systems, codes, pipelines };
  const parts = [yaml, interpolated, checked, systems, codes, files, ...pipelines];
  const problems = [
    ...parts.flatMap((part) => part.problems),
    ...files.strays.map(strayProblem),
    ...crossChecks(draft, env),
  ];
  const sources = [systems, codes, files, ...pipelines].flatMap((part) => part.sources);
  const usable = problems.every((problem) => problem.severity !== "error");
  return {
    config: usable ? toConfig(draft, folder, yaml) : undefined,
    problems: distinct(problems),
    sources: [withoutSecrets(yaml), ...sources],
  };
}

/** Names of the clients under a root: folders of mappings/ with a client.yaml. */
export function listClients(root: string = packageRoot()): readonly string[] {
  const mappings = join(root, "mappings");
  return namesIn(mappings).filter((name) => existsSync(join(mappings, name, "client.yaml")));
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function unknownClient(root: string, client: string, file: string): LoadedClient {
  const hint = allowedHint(client, listClients(root), "There are");
  const place = { file, line: 1, column: 1 };
  return {
    config: undefined,
    problems: [problemAt("TP1040", place, `unknown client "${client}"`, hint)],
    sources: [],
  };
}

function withoutSecrets({ source, nodes }: YamlFile): SourceFile {
  return { ...source, text: blotSecrets(source.text, nodes) };
}

function toConfig(draft: ClientDraft, folder: string, yaml: YamlFile): ClientConfig {
  const { shape, systems, codes } = draft;
  const pipelines = draft.pipelines.map((pipeline) => withHash(pipeline, draft));
  return {
    client: shape.client,
    folder,
    file: yaml.source.file,
    time_zone: shape.time_zone,
    currency: shape.currency,
    go_live: shape.go_live,
    systems: systems.systems,
    truth: shape.truth,
    identity: shape.identity,
    invoicing: shape.invoicing,
    payments: shape.payments,
    readiness: shape.readiness,
    codes: codes.codes,
    schedules: shape.schedules,
    limits: shape.limits,
    notify: shape.notify,
    pipelines: inAfterOrder(pipelines),
    placeOf: placeFinder(yaml.nodes),
  };
}

/**
 * The hash covers all that a pipeline's decisions rest on: itself, its code maps, identity, both connectors, and how
 * customers are invoiced where it asks.
 */
function withHash(pipeline: LoadedPipeline, { shape, systems, codes }: ClientDraft): PipelineConfig {
  const { nodes: _, sources: __, problems: ___, decisive, ...config } = pipeline;
  const maps = Object.values(config.maps).map((map) => codes.codes.get(map.codes)?.rows ?? null);
  const ends = [config.source.system, config.target.system].map((name) => systems.paths.get(name));
  const asksInvoicing = JSON.stringify(decisive).includes("$invoicing(");
  const connectors = ends.map((path) => (path === undefined ? null : readFileSync(path, "utf8")));
  return {
    ...config,
    client: shape.client,
    hash: fingerprint([
      decisive,
      maps,
      shape.identity,
      connectors,
      ...(asksInvoicing ? [shape.invoicing] : []),
    ] satisfies readonly unknown[]),
  };
}

/** Each mistake once: a value that is not what was written gets no second problem for what it was read as. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map<string, Problem>();
  const misread = new Set(problems.filter(({ code }) => code.startsWith("TP10")).map(placeKey));
  for (const problem of problems) {
    if (/^TP2[016]/.test(problem.code) && misread.has(placeKey(problem))) continue;
    seen.set(`${placeKey(problem)} ${problem.code} ${problem.message}`, problem);
  }
  return [...seen.values()].sort(errorsFirst);
}

function placeKey({ file, line, column }: Problem): string {
  return `${file}:${line}:${column}`;
}
