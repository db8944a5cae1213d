import type { SandboxReply } from "../../../engine/connector/sandbox/types.ts";
import type { Json } from "../../../engine/core/json.ts";
import type { Entity, FieldType } from "./define.ts";
import { customFields, picklists } from "./names.ts";

/** What the vendor says of its entities: rights, fields with their picklists, custom fields. */

const TYPES: { readonly [kind in FieldType["kind"]]: string } = {
  int: "integer",
  picklist: "integer",
  ref: "integer",
  number: "double",
  text: "string",
  flag: "boolean",
  date: "datetime",
};

/** GET /{Entity}/entityInformation. */
export function entityInformation({ name, path, methods, child }: Entity): SandboxReply {
  const can = (method: "POST" | "PATCH" | "DELETE"): boolean =>
    methods.includes(method) || child?.methods.includes(method) === true;
  const access = (allowed: boolean): string => (allowed ? "All" : "None");
  const info = {
    name,
    canCreate: can("POST"),
    canDelete: can("DELETE"),
    canQuery: true,
    canUpdate: can("PATCH"),
    userAccessForCreate: access(can("POST")),
    userAccessForDelete: access(can("DELETE")),
    userAccessForQuery: "All",
    userAccessForUpdate: access(can("PATCH")),
    hasUserDefinedFields: customFields[path] !== undefined,
    supportsWebhookCallouts: ["Companies", "Contacts"].includes(path),
  };
  return { status: 200, body: { info } };
}

/** GET /{Entity}/entityInformation/fields: the only place that tells what a picklist's number means. */
export function fieldInformation(entity: Entity): SandboxReply {
  const fields = [...entity.fields].map(([name, type]) => field(name, type, entity));
  return { status: 200, body: { fields } };
}

/** GET /{Entity}/entityInformation/userDefinedFields. */
export function customFieldInformation({ path }: Entity): SandboxReply {
  const fields = (customFields[path] ?? []).map((name) => ({
    name,
    label: name,
    type: "string",
    length: 8000,
    description: "",
    isRequired: false,
    isReadOnly: false,
    isQueryable: true,
    isReference: false,
    referenceEntityType: "",
    isPickList: false,
    picklistValues: null,
    picklistParentValueField: "",
    defaultValue: "",
    isSupportedWebhookField: false,
  }));
  return { status: 200, body: { fields } };
}

function field(name: string, type: FieldType, entity: Entity): Json {
  const choices = picklists[`${entity.path}.${name}`];
  return {
    name,
    dataType: TYPES[type.kind],
    length: type.kind === "text" ? 8000 : 0,
    isRequired: entity.required.includes(name),
    isReadOnly: name === "id" || entity.computed.includes(name),
    isQueryable: true,
    isReference: type.kind === "ref",
    referenceEntityType: type.kind === "ref" ? type.to : "",
    isPickList: type.kind === "picklist",
    picklistValues:
      choices === undefined
        ? null
        : choices.map(({ value, label }, index) => ({
            value: String(value),
            label,
            isDefaultValue: false,
            sortOrder: index + 1,
            parentValue: "",
            isActive: true,
            isSystem: false,
          })),
    picklistParentValueField: "",
    isSupportedWebhookField: false,
  };
}
