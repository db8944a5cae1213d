import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "../../engine/config/duration.ts";
import { findCycles, inAfterOrder } from "../../engine/config/order.ts";

function graph(edges: {
  readonly [pipeline: string]: readonly string[];
}): { pipeline: string; after: readonly string[] }[] {
  return Object.entries(edges).map(([pipeline, after]) => ({ pipeline, after }));
}

for (const { name, edges, want } of [
  { name: "by name where nothing is said", edges: { c: [], a: [], b: [] }, want: "a b c" },
  { name: "behind what they wait for", edges: { a: ["c"], b: ["a"], c: [] }, want: "c a b" },
  { name: "with an unknown name waited for", edges: { a: ["nobody"], b: [] }, want: "a b" },
  { name: "even in a cycle", edges: { a: ["b"], b: ["a"], c: [] }, want: "c a b" },
]) {
  test(`inAfterOrder: pipelines stand ${name}`, () => {
    const names = inAfterOrder(graph(edges)).map(({ pipeline }) => pipeline);
    assert.equal(names.join(" "), want);
  });
}

for (const { name, edges, want } of [
  { name: "none", edges: { a: [], b: ["a"], c: ["a", "b"] }, want: [] },
  { name: "one with itself", edges: { a: ["a"] }, want: ["a a"] },
  {
    name: "one of three behind a tail",
    edges: { t: ["a"], a: ["b"], b: ["c"], c: ["a"] },
    want: ["a b c a"],
  },
  { name: "two apart", edges: { a: ["b"], b: ["a"], c: ["d"], d: ["c"] }, want: ["a b a", "c d c"] },
  { name: "one of two that share a pipeline", edges: { a: ["b"], b: ["a", "c"], c: ["b"] }, want: ["a b a"] },
]) {
  test(`findCycles: ${name}`, () => {
    assert.deepEqual(
      findCycles(graph(edges)).map((cycle) => cycle.join(" ")),
      want,
    );
  });
}

for (const { text, want } of [
  { text: "PT15M", want: 900_000 },
  { text: "P1D", want: 86_400_000 },
  { text: "P1W", want: 604_800_000 },
  { text: "P1DT1H1M1S", want: 90_061_000 },
  { text: "PT0S", want: 0 },
  { text: "P", want: undefined },
  { text: "PT", want: undefined },
  { text: "P1M", want: undefined },
  { text: "P1Y", want: undefined },
  { text: "15m", want: undefined },
  { text: "PT1.5H", want: undefined },
  { text: `P${"9".repeat(30)}D`, want: undefined },
]) {
  test(`parseDuration: ${text.slice(0, 20)} is ${want ?? "refused"}`, () =>
    assert.equal(parseDuration(text), want));
}
