import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../engine/config/root.ts";

/** The rules of the tree: which room may look into which, and that the engine knows no vendor and no client. */

const ENGINE = join(packageRoot(), "engine");

// Room → rooms it may import from, besides itself. Types alone follow the same rule.
const MAY_IMPORT: { readonly [room: string]: readonly string[] } = {
  core: [],
  config: ["core"],
  expression: ["core"],
  connector: ["core", "config", "expression"],
  state: ["core"],
  sync: ["core", "config", "expression", "connector", "state"],
  report: ["core", "sync"],
  schedule: ["core"],
  commands: ["core", "config", "expression", "connector", "state", "sync", "report", "schedule"],
  cli: ["core", "config", "connector", "state", "sync", "report", "commands"],
};

// The expression checks are asked by the config's checks: a client's YAML is wrong when an expression in it is.
const EXCEPTIONS = new Set(["config → expression"]);

interface File {
  /** Path below engine/, with slashes. */
  readonly path: string;
  readonly text: string;
}

const files: readonly File[] = readdirSync(ENGINE, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path: path.split(sep).join("/"), text: readFileSync(join(ENGINE, path), "utf8") }));

/** What a file imports of the engine, as it is written and as a path below engine/. */
function importsOf({ path, text }: File): readonly { readonly target: string; readonly found: string }[] {
  return [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(([, target = ""]) => {
    return { target, found: posix.normalize(posix.join(posix.dirname(path), target)) };
  });
}

function roomOf(path: string): string {
  return path === "cli.ts" ? "cli" : (path.split("/")[0] ?? "");
}

test("engine/: each room imports only from the rooms that it may", () => {
  assert.ok(files.length > 100);
  const wrong: string[] = [];
  for (const file of files) {
    const { path } = file;
    for (const { target, found } of importsOf(file)) {
      const [from, to] = [roomOf(path), found.startsWith("..") ? found : roomOf(found)];
      const allowed = from === to || MAY_IMPORT[from]?.includes(to) || EXCEPTIONS.has(`${from} → ${to}`);
      if (!allowed) wrong.push(`${path} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("engine/: no file imports itself by way of others", () => {
  const imports = new Map(files.map((file) => [file.path, importsOf(file).map(({ found }) => found)]));
  const done = new Set<string>();
  const circles: string[] = [];
  const follow = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(" → "));
    if (done.has(path)) return;
    done.add(path);
    for (const next of imports.get(path) ?? []) follow(next, [...way, path]);
  };
  for (const { path } of files) follow(path, []);
  assert.deepEqual(circles, []);
});

test("engine/: every folder is a room of the table", () => {
  const rooms = new Set(files.map(({ path }) => roomOf(path)));
  assert.deepEqual([...rooms].sort(), Object.keys(MAY_IMPORT).sort());
});

test("engine/: stages of a run do not import each other; run.ts alone knows their order", () => {
  const stages = ["extract", "transform", "resolve", "decide", "load", "record"];
  const wrong = files.flatMap(({ path, text }) => {
    const [, stage] = /^sync\/(\w+)\.ts$/.exec(path) ?? [];
    if (stage === undefined || !stages.includes(stage)) return [];
    return stages
      .filter((other) => other !== stage && text.includes(`"./${other}.ts"`))
      .map((other) => `${path} imports ${other}`);
  });
  assert.deepEqual(wrong, []);
});

test("engine/: no file names a vendor or a real client", () => {
  const connectors = readdirSync(join(packageRoot(), "connectors"));
  const names = [
    ...connectors,
    ...["connectwise", "quickbooks", "intuit", "rev\\.?io", "xero", "autotask", "halopsa", "netsuite"],
    "lakeside",
  ];
  const pattern = new RegExp(`\\b(${names.join("|")})\\b`, "i");
  const named = files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => {
      const match = pattern.exec(line);
      return match === null ? [] : [`${path}:${index + 1} ${match[0]}`];
    }),
  );
  assert.deepEqual(named, []);
});

test("connectors/ and mappings/: their code imports nothing of the engine but core and the sandbox kit", () => {
  const wrong: string[] = [];
  for (const folder of ["connectors", "mappings"]) {
    const root = join(packageRoot(), folder);
    for (const path of readdirSync(root, { recursive: true, encoding: "utf8" })) {
      if (!path.endsWith(".ts")) continue;
      const text = readFileSync(join(root, path), "utf8");
      for (const [, target = ""] of text.matchAll(/from\s+"([^"]*\/engine\/[^"]+)"/g)) {
        if (/\/engine\/(core|connector\/sandbox)\//.test(target)) continue;
        wrong.push(`${relative(packageRoot(), join(root, path))} imports ${target}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});
