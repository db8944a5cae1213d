// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of client.yaml are written like that.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { listClients, loadClient } from "../../engine/config/load-client.ts";
import type { ClientConfig } from "../../engine/config/types.ts";
import { ENV, freshRoot } from "./client-folder.ts";

const CLIENT = join("mappings", "acme");

function loaded(root: string): ClientConfig {
  const { config, problems } = loadClient(root, "acme", ENV, root);
  assert.deepEqual(problems, []);
  assert.ok(config);
  return config;
}

function edit(root: string, file: string, from: string, to: string): void {
  const path = join(root, file);
  const text = readFileSync(path, "utf8");
  assert.ok(text.includes(from), `${file} has no ${from}`);
  writeFileSync(path, text.replace(from, to));
}

function hashes(root: string): ReadonlyMap<string, string> {
  return new Map(loaded(root).pipelines.map(({ pipeline, hash }) => [pipeline, hash]));
}

test("loadClient: defaults of the schemas are filled in", (t) => {
  const config = loaded(freshRoot(t));
  assert.equal(config.go_live, "2026-08-01");
  assert.deepEqual(config.limits, {
    create: 200,
    update: null,
    void: 5,
    amount: { USD: 5_000_000 },
    first_run: { create: 1000 },
  });
  assert.equal(config.truth["contract"], "psa");
  assert.equal(config.systems.get("billing")?.base_url, undefined);
  assert.deepEqual(config.systems.get("psa")?.settings, { company: "lakeside", page_size: 100 });
  const payments = config.pipelines.find(({ pipeline }) => pipeline === "payments");
  assert.deepEqual(payments?.source.incremental, { lookback_ms: 900_000, full_compare_ms: 604_800_000 });
  assert.equal(payments?.retries, 5);
  assert.equal(payments?.source_deleted, "hold");
});

test("loadClient: a pipeline stands behind everything it waits for", (t) => {
  const root = freshRoot(t);
  edit(root, join(CLIENT, "customers.yaml"), "pipeline: customers", "pipeline: customers\nafter: [zero]");
  const zero = "pipeline: zero\nsource: { system: psa, entity: customer }\n";
  const target = "target: { system: accounting, entity: customer, write_mode: create_only }\n";
  writeFileSync(join(root, CLIENT, "zero.yaml"), zero + target);
  assert.deepEqual(
    loaded(root).pipelines.map(({ pipeline }) => pipeline),
    ["zero", "customers", "invoices", "payments"],
  );
});

test("loadClient: a pipeline is laid over its base, and each value keeps the file it came from", (t) => {
  const root = freshRoot(t);
  const invoices = loaded(root).pipelines.find(({ pipeline }) => pipeline === "invoices");
  assert.ok(invoices);
  assert.equal(invoices.description, "Issued invoices become receivables.");
  const target = { system: "accounting", entity: "invoice", write_mode: "upsert", unlinked: "ignore" };
  assert.deepEqual(invoices.target, target);
  assert.deepEqual(invoices.placeOf("/source/filter"), {
    file: join("mappings", "base", "invoices.yaml"),
    line: 6,
    column: 11,
  });
  assert.equal(invoices.placeOf("/target/system").file, join(CLIENT, "invoices.yaml"));
  assert.equal(invoices.placeOf("/target/entity").file, join("mappings", "base", "invoices.yaml"));
});

test("loadClient: in a pipeline that extends, null removes, lists replace and maps merge", (t) => {
  const root = freshRoot(t);
  const file = join(CLIENT, "invoices.yaml");
  edit(root, file, "conflicts:\n", "source: { filter: ~ }\nguards: []\nconflicts:\n  due_date: manual\n");
  edit(
    root,
    join("mappings", "base", "invoices.yaml"),
    "source_deleted",
    "conflicts: { number: manual }\nsource_deleted",
  );
  const invoices = loaded(root).pipelines.find(({ pipeline }) => pipeline === "invoices");
  assert.ok(invoices);
  assert.equal(invoices.source.filter, undefined);
  assert.deepEqual(invoices.guards, []);
  assert.deepEqual(invoices.conflicts, { number: "manual", due_date: "manual", memo: "target_wins" });
});

test("loadClient: a field map takes the column named like the mapped field", (t) => {
  const invoices = loaded(freshRoot(t)).pipelines.find(({ pipeline }) => pipeline === "invoices");
  assert.equal(invoices?.maps["lines.gl_code"]?.value, "gl_code");
});

test("loadClient: a test's record is read from its JSON file", (t) => {
  const invoices = loaded(freshRoot(t)).pipelines.find(({ pipeline }) => pipeline === "invoices");
  assert.equal(invoices?.tests[0]?.given.record["number"], "INV-1042");
  assert.equal(invoices?.tests[0]?.given.target, null);
});

for (const { name, file, from, to, changed } of [
  {
    name: "a transform",
    file: join(CLIENT, "customers.yaml"),
    from: "$text(name)",
    to: '$text(name) & "."',
    changed: ["customers"],
  },
  {
    name: "the base pipeline",
    file: join("mappings", "base", "invoices.yaml"),
    from: "total >= 0",
    to: "total > 0",
    changed: ["invoices"],
  },
  {
    name: "a code map",
    file: join(CLIENT, "gl-codes.yaml"),
    from: "4010",
    to: "4020",
    changed: ["invoices"],
  },
  {
    name: "how customers are matched",
    file: join(CLIENT, "client.yaml"),
    from: "tax_id, [",
    to: "[",
    changed: ["customers", "invoices", "payments"],
  },
  {
    name: "the PSA's connector",
    file: join("connectors", "tiny-psa", "connector.yaml"),
    from: '"active"',
    to: '"inactive"',
    changed: ["customers"],
  },
  {
    name: "a description",
    file: join(CLIENT, "customers.yaml"),
    from: "Companies",
    to: "Firms",
    changed: [],
  },
  {
    name: "a test",
    file: join(CLIENT, "invoices.yaml"),
    from: "an issued invoice is created",
    to: "it is created",
    changed: [],
  },
  { name: "a comment", file: join(CLIENT, "gl-codes.yaml"), from: "rows:", to: "rows: # all", changed: [] },
  { name: "a schedule", file: join(CLIENT, "client.yaml"), from: '"0 * * * *"', to: "manual", changed: [] },
]) {
  test(`loadClient: ${name} changes the hash of ${changed.join(", ") || "no pipeline"}`, (t) => {
    const root = freshRoot(t);
    const before = hashes(root);
    edit(root, file, from, to);
    const after = hashes(root);
    const different = [...after].filter(([pipeline, hash]) => before.get(pipeline) !== hash);
    assert.deepEqual(different.map(([pipeline]) => pipeline).sort(), changed);
  });
}

test("loadClient: the client's own connector is taken before the root's", (t) => {
  const root = freshRoot(t);
  const own = join(root, CLIENT, "connectors", "tiny-psa");
  cpSync(join(root, "connectors", "tiny-psa"), own, { recursive: true });
  edit(
    root,
    join(CLIENT, "connectors", "tiny-psa", "connector.yaml"),
    "A PSA for these tests",
    "Our own PSA",
  );
  assert.equal(loaded(root).systems.get("psa")?.connector.title, "Our own PSA");
});

test("loadClient: a variable of client.yaml is one value whatever it holds", (t) => {
  const root = freshRoot(t);
  const name = 'a"\n  b: ${PSA_USER} # {x: [';
  edit(root, join(CLIENT, "client.yaml"), "company: lakeside", 'company: "${COMPANY}"');
  const { config, problems } = loadClient(root, "acme", { ...ENV, COMPANY: name }, root);
  assert.deepEqual(problems, []);
  assert.equal(config?.systems.get("psa")?.settings["company"], name);
});

test("loadClient: an expression is not interpolated", (t) => {
  const root = freshRoot(t);
  edit(root, join(CLIENT, "customers.yaml"), "$text(name)", "'\"${PSA_USER}\"'");
  const customers = loaded(root).pipelines.find(({ pipeline }) => pipeline === "customers");
  assert.equal(customers?.transform["name"], '"${PSA_USER}"');
});

test("loadClient: an unknown client is told with those that exist", (t) => {
  const root = freshRoot(t);
  const { problems, config } = loadClient(root, "acmee", ENV, root);
  assert.equal(config, undefined);
  assert.equal(problems[0]?.code, "TP1040");
  assert.match(problems[0]?.hint ?? "", /Did you mean "acme"/);
});

test("loadClient: a client without pipelines says so", (t) => {
  const root = freshRoot(t);
  for (const name of ["customers", "invoices", "payments"]) rmSync(join(root, CLIENT, `${name}.yaml`));
  const { problems } = loadClient(root, "acme", ENV, root);
  const codes = problems.map(({ code }) => code);
  assert.ok(codes.includes("TP1042"));
});

test("loadClient: files are named relative to the current folder", (t: TestContext) => {
  const root = freshRoot(t);
  const { config } = loadClient(root, "acme", ENV, join(root, CLIENT));
  assert.equal(config?.file, "client.yaml");
  assert.equal(
    config?.pipelines.find(({ pipeline }) => pipeline === "invoices")?.placeOf("/guards").file,
    "../base/invoices.yaml",
  );
});

test("listClients: only folders with a client.yaml are clients", (t) => {
  const root = freshRoot(t);
  mkdirSync(join(root, "mappings", "empty"));
  assert.deepEqual(listClients(root), ["acme"]);
  assert.deepEqual(listClients(join(root, "nowhere")), []);
});

test("a key that stands a level too deep is told where it belongs", (t) => {
  const root = freshRoot(t);
  const path = join(root, "mappings/acme/invoices.yaml");
  writeFileSync(path, readFileSync(path, "utf8").replace("target:\n", "target:\n  period_closed: hold\n"));
  const { problems } = loadClient(root, "acme", ENV, root);
  assert.equal(problems.length, 1);
  assert.match(problems[0]?.hint ?? "", /^period_closed belongs at the top of the file\./);
});
