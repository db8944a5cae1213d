import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadClient } from "../../engine/config/load-client.ts";
import { parseYaml } from "../../engine/config/yaml.ts";
import { ENV, freshRoot } from "./client-folder.ts";

/** Files made to hurt: each is refused with its place, quickly, and the process lives on. */

// Of processor time: a busy machine is not our fault.
const CPU_MAX_MS = 1000;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const DEEP = 3000;
const blockMap = Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n");
const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]", ..."bcdefghi".split("").map(bombLine)].join("\n");

function bombLine(name: string, index: number): string {
  const below = `*${"abcdefgh"[index]}`;
  return `${name}: &${name} [${Array(9).fill(below).join(",")}]`;
}

const numbered = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("\n");

const CASES: readonly { name: string; bytes: string | Uint8Array; want: string }[] = [
  { name: "an alias bomb", bytes: bomb, want: "1:4 TP1007" },
  { name: "a circular alias", bytes: "a: &a [*a]\n", want: "1:4 TP1007" },
  { name: "an alias without an anchor", bytes: "pipeline: x\nb: *nobody\n", want: "2:4 TP1007" },
  { name: "a merge key", bytes: "x:\n  <<: *base\n", want: "2:7 TP1007" },
  { name: "3,000 nested flow lists", bytes: `a: ${"[".repeat(DEEP)}`, want: "1:67 TP1005" },
  { name: "3,000 nested flow maps", bytes: `a: ${"{a: ".repeat(DEEP)}`, want: "1:256 TP1005" },
  { name: "3,000 nested lists on one line", bytes: `${"- ".repeat(DEEP)}x`, want: "1:129 TP1005" },
  { name: "300 nested maps by indentation", bytes: blockMap, want: "65:65 TP1005" },
  { name: "20,000 keys", bytes: numbered(20_000, (index) => `k${index}: 1`), want: "5001:6 TP1006" },
  {
    name: "20,000 keys on one line",
    bytes: `{ ${Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join(", ")} }`,
    want: "1:48891 TP1006",
  },
  {
    name: "20,000 keys with block scalars",
    bytes: `x:\n${numbered(20_000, (index) => ` k${index}: |\n  text`)}`,
    want: "10002:7 TP1006",
  },
  { name: "a file of 2 MB", bytes: "# x\n".repeat(500_000), want: "1:1 TP1003" },
  { name: "half a million numbers", bytes: `[${"1,".repeat(500_000)}1]`, want: "1:200001 TP1018" },
  { name: "half a million quotes", bytes: '"'.repeat(1_000_000), want: "1:400001 TP1018" },
  { name: "half a million brackets", bytes: "{}".repeat(500_000), want: "1:200001 TP1018" },
  { name: "half a million dashes", bytes: "-\n".repeat(500_000), want: "200001:1 TP1018" },
  { name: "a NUL", bytes: "pipeline: a\u0000b\n", want: "1:12 TP1004" },
  { name: "an escape character", bytes: "a: \u001b[31m\n", want: "1:4 TP1004" },
  {
    name: "bytes that are no UTF-8",
    bytes: new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0xfe]),
    want: "1:1 TP1002",
  },
  {
    name: "UTF-16",
    bytes: new Uint8Array(Buffer.from("\ufeffpipeline: x\n", "utf16le")),
    want: "1:1 TP1002",
  },
  { name: "a local tag", bytes: "pipeline: !!js/function 'return 1'\n", want: "1:11 TP1008" },
  { name: "a tag on a map", bytes: "pipeline: x\nsource: !map {}\n", want: "2:9 TP1008" },
  { name: "a tag directive", bytes: "%TAG ! tag:evil,2026:\n---\na: !x 1\n", want: "1:1 TP1016" },
  { name: "a key that is a map", bytes: "? {a: 1}\n: x\n", want: "1:1 TP1013" },
  { name: "a tab as indentation", bytes: "source:\n\tsystem: psa\n", want: "2:1 TP1015" },
  { name: "a quote that never ends", bytes: 'pipeline: "x\n'.repeat(3), want: "1:13 TP1010" },
];

for (const { name, bytes, want } of CASES) {
  test(`hostile YAML: ${name} is refused at its place, each time it is read`, (t) => {
    const root = freshRoot(t);
    const file = join("mappings", "acme", "zz.yaml");
    // The first load compiles the schemas.
    loadClient(root, "acme", ENV, root);
    writeFileSync(join(root, file), bytes);
    for (let round = 0; round < 2; round++) {
      const started = cpuMs();
      const { problems, config } = loadClient(root, "acme", ENV, root);
      assert.ok(cpuMs() - started < CPU_MAX_MS, "took too long");
      assert.equal(config, undefined);
      assert.deepEqual(
        problems.map((one) => `${one.file}:${one.line}:${one.column} ${one.code}`),
        [`${file}:${want}`],
      );
    }
  });
}

test("hostile YAML: two deep files in one folder do not end the process", (t) => {
  const root = freshRoot(t);
  for (const name of ["y1.yaml", "y2.yaml", "y3.yaml"]) {
    writeFileSync(join(root, "mappings", "acme", name), "[".repeat(DEEP));
  }
  const { problems } = loadClient(root, "acme", ENV, root);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["TP1005", "TP1005", "TP1005"],
  );
});

test("hostile YAML: reserved keys reach no prototype, wherever they stand", () => {
  for (const key of ["__proto__", "constructor", "prototype", '"__proto__"']) {
    const text = `a:\n  - { ${key}: { polluted: true } }\n`;
    const { problems, value } = parseYaml({ file: "x.yaml", path: "/x.yaml", text });
    assert.deepEqual(
      problems.map(({ code, line, column }) => `${line}:${column} ${code}`),
      ["2:7 TP1012"],
    );
    assert.deepEqual(value, { a: [{}] });
    assert.equal(Reflect.get({}, "polluted"), undefined);
  }
});

test("hostile YAML: a client.yaml that is a folder is a problem, not a crash", (t) => {
  const root = freshRoot(t);
  const path = join(root, "mappings", "acme", "client.yaml");
  rmSync(path);
  mkdirSync(path);
  const { problems } = loadClient(root, "acme", ENV, root);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["TP1001"],
  );
});

test("hostile YAML: a link out of the folder and names that climb are refused", (t) => {
  const root = freshRoot(t);
  for (const name of ["../acme", "..", "", "acme/../acme", "/etc"]) {
    const { problems } = loadClient(root, name, ENV, root);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["TP1040"],
      name,
    );
  }
  symlinkSync("/nowhere", join(root, "mappings", "acme", "dangling.yaml"));
  const { problems } = loadClient(root, "acme", ENV, root);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["TP1001"],
  );
});
