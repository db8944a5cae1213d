import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { entities } from "../../engine/config/entities.ts";
import { packageRoot } from "../../engine/config/root.ts";
import { isObject, type Json } from "../../engine/core/json.ts";

/** The schema files themselves: the fields that the model fixes, and that they serve as the integrator's manual. */

type Schema = { readonly [key: string]: Json };

const folder = join(packageRoot(), "schemas", "entities");
const files = new Map(
  readdirSync(folder)
    .sort()
    .map((file) => [file, readSchema(file)]),
);
const definitions = objectAt(files.get("shared.schema.json"), "definitions");

function readSchema(file: string): Schema {
  const schema: unknown = JSON.parse(readFileSync(join(folder, file), "utf8"));
  assert.ok(isObject(schema));
  return schema;
}

function objectAt(schema: Schema | undefined, key: string): Schema {
  const value = schema?.[key];
  assert.ok(isObject(value), key);
  return value;
}

const HEAD = "id external_ids updated_at";
const ADDRESS = "address: lines city region postal_code country";
const PERIOD = "period: from to";
const LINE =
  "line: line_number charge_type description quantity unit_amount_decimal amount gl_code class department branch tax_code location_id service_id contract_id billable_item_id period";
const TAX =
  "tax: line_number tax_type name jurisdiction tax_code rate_decimal taxable_amount amount gl_code class department branch";

for (const row of [ADDRESS, PERIOD, LINE, TAX]) {
  const [name = "", fields = ""] = row.split(": ");
  test(`schemas: the shared ${name} has exactly the fields of the model`, () => {
    assert.deepEqual(Object.keys(objectAt(objectAt(definitions, name), "properties")), fields.split(" "));
  });
}

const FIELDS: { readonly [entity: string]: string } = {
  customer:
    "customer_number name customer_type categories status parent_id merged_into_id billing_address phone billing_emails billing_contact_id payment_terms_id tax_exempt tax_id currency",
  billing_account:
    "account_number customer_id status contract_ids opened_date closed_date expected open_tasks",
  contact: "customer_id location_id name first_name last_name email phone roles status",
  location: "customer_id billing_account_id name roles address phone tax_jurisdiction_code status",
  payment_terms: "name due_rule due_days status",
  gl_account: "code name account_type currency status",
  tax_code: "code name rate_decimal status",
  contract:
    "contract_number name customer_id bill_to_customer_id contract_type status signed_date start_date end_date cancellation_date billing_frequency currency lines",
  billable_item:
    "kind status customer_id contract_id contract_line_id work_reference item_date period covered description product_code tax_class quantity unit unit_amount_decimal amount currency billed_invoice_number marked_billed source_item_id",
  service:
    "kind customer_id billing_account_id location_id location_z_id parent_service_id number circuit_id carrier trunk_group rate_plan_code description status activation_date disconnection_date contract_line_id provenance",
  invoice:
    "number invoice_type status payment_status customer_id billing_account_id invoice_date due_date period payment_terms_id currency exchange_rate_decimal lines taxes subtotal tax_total total balance memo void_date void_reason",
  credit_note:
    "number status customer_id billing_account_id invoice_id credit_note_date currency exchange_rate_decimal lines taxes subtotal tax_total total applications refunded_amount unapplied_amount memo void_date void_reason",
  credit_application: "status customer_id credit_note_id invoice_id amount currency application_date",
  payment:
    "status customer_id billing_account_id payment_date amount currency exchange_rate_decimal method reference bank_gl_code allocations refunded_amount unapplied_amount memo void_date void_reason",
  refund:
    "status customer_id refund_date amount currency exchange_rate_decimal method reference bank_gl_code allocations memo void_date void_reason",
};
for (const [name, fields] of Object.entries(FIELDS)) {
  test(`schemas: ${name} has exactly the fields of the model`, () => {
    assert.deepEqual(entities().get(name)?.fields, `${HEAD} ${fields}`.split(" "));
  });
}

const MEMBERS: { readonly [path: string]: string } = {
  "billing_account expected": "contract_id contract_line_id service_type quantity provisioned_quantity",
  "billing_account open_tasks": "code contract_id message assignee",
  "contract lines":
    "id product_code description service_type quantity unit_amount_decimal location_id start_date end_date tax_class",
  "credit_note applications": "id invoice_id amount application_date",
  "payment allocations": "id invoice_id amount allocation_date",
  "refund allocations": "id payment_id credit_note_id amount",
  "invoice external_ids": "system id",
};
for (const [place, fields] of Object.entries(MEMBERS)) {
  const [name = "", path = ""] = place.split(" ");
  test(`schemas: the items of ${name}.${path} have exactly the fields of the model`, () => {
    assert.deepEqual(entities().get(name)?.namesAt(path), fields.split(" "));
  });
}

test("schemas: there is one file per entity and one for what they share", () => {
  const names = [...Object.keys(FIELDS), "shared"].map((name) => `${name}.schema.json`).sort();
  assert.deepEqual([...files.keys()], names);
});

for (const [file, schema] of files) {
  test(`schemas: ${file} names its draft and its stable address`, () => {
    assert.equal(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    assert.equal(schema["$id"], `https://tripoint.dev/schemas/entities/${file}`);
  });

  test(`schemas: every object of ${file} requires all its fields and allows no other`, () => {
    for (const { schema: object, pointer } of objectsOf(schema)) {
      assert.equal(object["additionalProperties"], false, pointer);
      assert.deepEqual(object["required"], Object.keys(objectAt(object, "properties")), pointer);
    }
  });

  test(`schemas: every field of ${file} has a sentence, a default where it may be empty, and valid examples`, () => {
    const ajv = validator();
    let examples = 0;
    for (const { property, pointer } of propertiesOf(schema)) {
      const full = resolved(property);
      assert.match(String(full["description"]), /^[A-Z].{10,}\.$/s, `${pointer} description`);
      const empty = emptyValue(full);
      if (empty !== undefined) assert.deepEqual(full["default"], empty, `${pointer} default`);
      const check = ajv.compile({ $ref: `${String(schema["$id"])}#${pointer}` });
      assert.ok(Array.isArray(full["examples"]) && full["examples"].length > 0, `${pointer} examples`);
      for (const example of full["examples"]) {
        assert.ok(check(example), `${pointer}: ${ajv.errorsText(check.errors)}`);
        assert.notEqual(example, null, pointer);
        examples += 1;
      }
    }
    assert.ok(examples > 0);
  });
}

function validator(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv, ["date", "date-time"]);
  for (const schema of files.values()) ajv.addSchema(schema);
  return ajv;
}

/** What a field without a value holds; undefined for one that is never empty, or whose list may not be. */
function emptyValue(full: Schema): Json | undefined {
  const { type, minItems } = full;
  if (Array.isArray(type) && type.includes("null")) return null;
  return type === "array" && minItems === undefined ? [] : undefined;
}

function resolved(schema: Schema): Schema {
  const [part] = Array.isArray(schema["allOf"]) ? schema["allOf"] : [];
  const reference = schema["$ref"] ?? (isObject(part) ? part["$ref"] : undefined);
  if (typeof reference !== "string") return schema;
  return { ...resolved(objectAt(definitions, reference.split("/").at(-1) ?? "")), ...schema };
}

/** Every object schema of a file that closes its fields; conditions (`if`, `then`) only narrow and are left out. */
function* objectsOf(schema: Schema, pointer = ""): Generator<{ schema: Schema; pointer: string }> {
  if (isObject(schema["properties"])) yield { schema, pointer };
  for (const key of ["properties", "definitions"]) {
    for (const [name, child] of Object.entries(isObject(schema[key]) ? schema[key] : {})) {
      if (isObject(child)) yield* objectsOf(child, `${pointer}/${key}/${name}`);
    }
  }
  if (isObject(schema["items"])) yield* objectsOf(schema["items"], `${pointer}/items`);
}

function* propertiesOf(schema: Schema): Generator<{ property: Schema; pointer: string }> {
  for (const object of objectsOf(schema)) {
    for (const [name, property] of Object.entries(objectAt(object.schema, "properties"))) {
      if (isObject(property)) yield { property, pointer: `${object.pointer}/properties/${name}` };
    }
  }
}
