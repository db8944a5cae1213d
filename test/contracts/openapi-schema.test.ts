import assert from "node:assert/strict";
import { test } from "node:test";
import { definitionsOf, toDraft07 } from "./openapi-schema.ts";

for (const { name, given, want } of [
  {
    name: "nullable becomes a second type",
    given: { type: "string", nullable: true },
    want: { type: ["string", "null"] },
  },
  {
    name: "a nullable enum has null among its values",
    given: { type: "string", enum: ["a"], nullable: true },
    want: { type: ["string", "null"], enum: ["a", null] },
  },
  {
    name: "a nullable reference is the reference or null",
    given: { $ref: "#/components/schemas/Site", nullable: true },
    want: { anyOf: [{ $ref: "#/definitions/Site" }, { type: "null" }] },
  },
  {
    name: "an exclusive bound is a number",
    given: { type: "number", minimum: 0, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: false },
    want: { type: "number", exclusiveMinimum: 0, maximum: 5 },
  },
  {
    name: "an object that lists its properties is closed, one that lists none is not",
    given: { type: "object", properties: { a: { type: "object" } } },
    want: { type: "object", properties: { a: { type: "object" } }, additionalProperties: false },
  },
  {
    name: "a property may be called like a keyword",
    given: { type: "object", properties: { description: { type: "string" } }, additionalProperties: true },
    want: { type: "object", properties: { description: { type: "string" } }, additionalProperties: true },
  },
  {
    name: "null among the choices is not added again",
    given: { type: "string", nullable: true, enum: [null, "a"] },
    want: { type: ["string", "null"], enum: [null, "a"] },
  },
  {
    name: "what only people and code generators read is left out, and formats that no validator knows",
    given: {
      type: "string",
      format: "money",
      description: "d",
      example: 1,
      "x-source": "s",
      discriminator: {},
    },
    want: { type: "string" },
  },
]) {
  test(`toDraft07: ${name}`, () => assert.deepEqual(toDraft07(given), want));
}

test("definitionsOf: parts of an allOf stay open", () => {
  const part = { type: "object", properties: { a: { type: "string" } } };
  const definitions = definitionsOf({
    Part: part,
    Whole: { allOf: [{ $ref: "#/definitions/Part" }, { properties: { b: {} } }] },
  });
  assert.deepEqual(definitions, {
    Part: part,
    Whole: { allOf: [{ $ref: "#/definitions/Part" }, { properties: { b: {} } }] },
  });
});
