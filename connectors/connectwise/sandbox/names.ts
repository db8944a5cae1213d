import type { Row, SandboxContext } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import type { Accessor } from "./conditions.ts";
import type { FieldType } from "./define.ts";
import { badCondition } from "./errors.ts";
import { referenceName, upward } from "./records.ts";
import { type Resource, referenceNames } from "./resources.ts";

/** The names that conditions, childConditions and orderBy know, resource by resource. */

const INFO_KINDS: { readonly [name: string]: Accessor<Row>["kind"] } = {
  lastUpdated: "date",
  dateEntered: "date",
  updatedBy: "text",
  enteredBy: "text",
};

/** Names of `conditions` and `orderBy`; nested ones by slash, _info's without their prefix. */
export function fieldNames(resource: Resource, context: SandboxContext) {
  return (path: string): Accessor<Row> | undefined => {
    const [name = "", sub, ...more] = path.split("/");
    if (more.length > 0) return undefined;
    if (name === "id" && sub === undefined) return { kind: "number", read: (row) => row["id"] };
    const info = sub === undefined ? INFO_KINDS[name] : undefined;
    if (info !== undefined) return resource.noLastUpdated === true ? undefined : infoAccessor(name, info);
    const type = resource.entity.fields.get(name);
    return type === undefined ? undefined : fieldAccessor(name, sub, type, context);
  };
}

function infoAccessor(name: string, kind: Accessor<Row>["kind"]): Accessor<Row> {
  return { kind, read: (row) => (isObject(row["_info"]) ? row["_info"][name] : undefined) };
}

function fieldAccessor(
  name: string,
  sub: string | undefined,
  type: FieldType,
  context: SandboxContext,
): Accessor<Row> | undefined {
  if (type.kind === "list") return undefined;
  if (type.kind !== "ref")
    return sub === undefined ? { kind: type.kind, read: (row) => row[name] } : undefined;
  // A bare reference can only be asked whether it is there.
  if (sub === undefined) return { kind: "any", read: (row) => (row[name] === undefined ? undefined : true) };
  if (sub === "id") return { kind: "number", read: (row) => upward(row[name]) };
  const { to } = type;
  if (!referenceNames(to).includes(sub)) return undefined;
  return {
    kind: "text",
    read: (row) => {
      const value = row[name];
      const target = to === undefined ? undefined : context.ledger.get(to, String(upward(value)));
      if (to !== undefined && target !== undefined) return referenceName(target, to, sub);
      return isObject(value) ? value[sub] : undefined;
    },
  };
}

const CHILDREN: { readonly [list: string]: { readonly [name: string]: Accessor<Row>["kind"] } } = {
  communicationItems: {
    id: "number",
    value: "text",
    extension: "text",
    defaultFlag: "flag",
    domain: "text",
    communicationType: "text",
    "type/id": "number",
    "type/name": "text",
  },
  types: { id: "number", name: "text" },
};

/** A child list that childConditions ask about, with the names below it. */
export interface ChildNames {
  /** The list that was named, once a condition was compiled. */
  list: string | undefined;
  readonly find: (path: string) => Accessor<Row> | undefined;
}

/** Names of `childConditions`: all of one text are about one element of one child list. */
export function childNames(resource: Resource, context: SandboxContext): ChildNames {
  const names: ChildNames = {
    list: undefined,
    find: (path) => {
      const [list = "", ...rest] = path.split("/");
      const kind = CHILDREN[list]?.[rest.join("/")];
      if (kind === undefined || !resource.entity.fields.has(list)) return undefined;
      if (names.list !== undefined && names.list !== list) {
        throw badCondition("childConditions can ask about one child list at a time");
      }
      names.list = list;
      return { kind, read: (item) => childValue(item, list, rest, context) };
    },
  };
  return names;
}

function childValue(
  item: Row,
  list: string,
  path: readonly string[],
  context: SandboxContext,
): Json | undefined {
  const [name = "", sub] = path;
  if (list === "types" && name === "name") {
    return context.ledger.get("companyTypes", String(item["id"]))?.["name"];
  }
  if (sub === undefined) return item[name];
  const type = upward(item[name]);
  return sub === "id" ? type : context.ledger.get("communicationTypes", String(type))?.["description"];
}

/** Names of `customFieldConditions`; all of one text are about one custom field. */
export function customFieldName(path: string): Accessor<Row> | undefined {
  if (path === "caption" || path === "type") return { kind: "text", read: (field) => field[path] };
  if (path === "id") return { kind: "number", read: (field) => field["id"] };
  return path === "value" ? { kind: "any", read: (field) => field["value"] } : undefined;
}

/** The elements that child and custom field conditions look at. */
export function childItems(row: Row, list: string): Row[] {
  const items = row[list];
  return Array.isArray(items) ? items.filter(isObject).map((item) => ({ ...item })) : [];
}
