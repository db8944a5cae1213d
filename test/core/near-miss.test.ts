import assert from "node:assert/strict";
import { test } from "node:test";
import { nearMiss } from "../../engine/core/near-miss.ts";

const ALLOWED = ["source", "target", "transform", "maps", "guards", "id", "resource"];

for (const { name, word, want } of [
  { name: "a missing letter", word: "trasform", want: "transform" },
  { name: "two letters swapped", word: "soruce", want: "source" },
  { name: "a letter too many", word: "guardss", want: "guards" },
  { name: "another case", word: "Target", want: "target" },
  { name: "the nearer of two", word: "resorce", want: "resource" },
  { name: "a word that is like none", word: "schedule", want: undefined },
  { name: "a short word two slips away", word: "xx", want: undefined },
]) {
  test(`nearMiss: ${name}`, () => assert.equal(nearMiss(word, ALLOWED), want));
}
