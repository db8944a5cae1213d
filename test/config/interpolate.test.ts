// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of client.yaml are written like that.
import assert from "node:assert/strict";
import { test } from "node:test";
import { interpolate } from "../../engine/config/interpolate.ts";
import { parseYaml } from "../../engine/config/yaml.ts";

const ENV = { HOST: "psa.example.com", EMPTY: "", NESTED: "${HOST}", QUOTES: '"\n- x: [' };

function run(text: string): { readonly value: unknown; readonly problems: readonly string[] } {
  const yaml = parseYaml({ file: "client.yaml", path: "/client.yaml", text });
  const { value, problems } = interpolate(yaml.value ?? null, yaml.nodes, ENV);
  return { value, problems: problems.map(({ code, line, column }) => `${line}:${column} ${code}`) };
}

for (const { name, text, want } of [
  { name: "a variable", text: "a: ${HOST}", want: { a: "psa.example.com" } },
  { name: "one inside text", text: "a: https://${HOST}/x", want: { a: "https://psa.example.com/x" } },
  { name: "two", text: "a: ${HOST}${HOST}", want: { a: "psa.example.compsa.example.com" } },
  { name: "a default", text: "a: ${NOBODY:-http://localhost:1/}", want: { a: "http://localhost:1/" } },
  { name: "an empty default", text: "a: ${NOBODY:-}", want: { a: "" } },
  { name: "an empty variable as unset", text: "a: ${EMPTY:-b}", want: { a: "b" } },
  {
    name: "a list and a map",
    text: "a: [x, '${HOST}']\nb: { c: '${HOST}' }",
    want: { a: ["x", ENV.HOST], b: { c: ENV.HOST } },
  },
  { name: "no second round", text: "a: ${NESTED}", want: { a: "${HOST}" } },
  { name: "no structure", text: "a: ${QUOTES}", want: { a: '"\n- x: [' } },
  { name: "no keys", text: "'${HOST}': 1", want: { "${HOST}": 1 } },
  { name: "nothing without braces", text: "a: $HOST", want: { a: "$HOST" } },
]) {
  test(`interpolate: ${name}`, () => assert.deepEqual(run(text), { value: want, problems: [] }));
}

for (const { name, text, want } of [
  { name: "a variable that is not set", text: "a: ${NOBODY}", want: "1:4 TP1020" },
  { name: "an empty variable", text: "a: ${EMPTY}", want: "1:4 TP1020" },
  { name: "a name with a dash", text: "a: ${NO-BODY}", want: "1:4 TP1021" },
  { name: "an open brace", text: "a: ${HOST", want: "1:4 TP1021" },
  { name: "no name", text: "a: ${}", want: "1:4 TP1021" },
  { name: "a secret", text: "systems:\n  psa:\n    auth:\n      user: ${HOST}", want: "4:13 TP1022" },
]) {
  test(`interpolate: ${name} is refused`, () => assert.deepEqual(run(text).problems, [want]));
}

test("interpolate: the problem names the variable and what to set", () => {
  const yaml = parseYaml({ file: "client.yaml", path: "/client.yaml", text: "a: ${NOBODY}" });
  const [problem] = interpolate(yaml.value ?? null, yaml.nodes, ENV).problems;
  assert.match(problem?.message ?? "", /NOBODY/);
  assert.match(problem?.hint ?? "", /Set NOBODY/);
});
