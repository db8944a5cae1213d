import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../engine/config/root.ts";
import { newAjv } from "../../engine/config/schema.ts";
import { isObject, type Json } from "../../engine/core/json.ts";

/** The schemas are the user's manual: what an editor shows for a key stands in them. */
for (const name of ["client", "pipeline", "code-map", "connector", "connector-sqlite", "connector-files"]) {
  const schema: Json = JSON.parse(
    readFileSync(join(packageRoot(), "schemas", `${name}.schema.json`), "utf8"),
  );

  test(`${name}.schema.json: every key has a description and examples`, () => {
    const poor = [...keysOf(schema, "")].filter(({ own }) => {
      const full = resolved(own, schema);
      return typeof full["description"] !== "string" || !Array.isArray(full["examples"]);
    });
    assert.deepEqual(
      poor.map(({ path }) => path),
      [],
    );
  });

  test(`${name}.schema.json: every example and default is valid`, () => {
    for (const { path, own } of keysOf(schema, "")) {
      const full = resolved(own, schema);
      const { default: _, ...shape } = full;
      const values = [full["examples"] ?? [], "default" in full ? [full["default"] ?? null] : []].flat(1);
      const definitions = isObject(schema) ? schema["definitions"] : undefined;
      const validate = newAjv().compile({ ...shape, ...(definitions === undefined ? {} : { definitions }) });
      for (const value of values) {
        const text = JSON.stringify(value);
        // A variable is replaced before the schema is asked.
        assert.ok(text.includes("${") || validate(JSON.parse(text)), `${path}: ${text}`);
      }
    }
  });
}

interface Key {
  readonly path: string;
  readonly own: { readonly [keyword: string]: Json };
}

/** Every property of a schema, those of its definitions too. */
function* keysOf(schema: Json | undefined, path: string): Generator<Key> {
  if (!isObject(schema)) return;
  for (const [keyword, value] of Object.entries(schema)) {
    // A condition only looks at keys that are described elsewhere.
    if (["examples", "default", "if", "then", "else"].includes(keyword) || !isObject(value)) continue;
    if (keyword === "properties") {
      for (const [key, own] of Object.entries(value))
        if (isObject(own)) yield { path: `${path}/${key}`, own };
    }
    for (const [key, inner] of keyword === "properties" || keyword === "definitions"
      ? Object.entries(value)
      : []) {
      yield* keysOf(inner, `${path}/${key}`);
    }
    if (keyword !== "properties" && keyword !== "definitions") yield* keysOf(value, `${path}/${keyword}`);
  }
}

/** A property with what its reference says; what stands beside the reference wins. */
function resolved(own: Key["own"], schema: Json): Key["own"] {
  const allOf = own["allOf"];
  const part = Array.isArray(allOf) ? allOf[0] : own;
  const reference = isObject(part) ? part["$ref"] : undefined;
  const definitions = isObject(schema) ? schema["definitions"] : undefined;
  if (typeof reference !== "string" || !isObject(definitions)) return own;
  const definition = definitions[reference.slice(reference.lastIndexOf("/") + 1)];
  const { allOf: _, $ref: __, ...beside } = own;
  return isObject(definition) ? { ...definition, ...beside } : own;
}
