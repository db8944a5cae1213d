import type { SandboxExchange, SandboxReply } from "../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../engine/core/json.ts";
import type { Contract, Finding } from "./contract.ts";
import { definitionsOf, toDraft07 } from "./openapi-schema.ts";
import { createValidator, type Validate } from "./validator.ts";

/** A contract out of an OpenAPI 3.0 or Swagger 2 document: parameters, bodies and answers of the operations it has. */

type Fields = { readonly [key: string]: Json };

interface Operation {
  readonly method: string;
  /** Path of the collection: without the id of one record. */
  readonly collection: string;
  readonly path: RegExp;
  readonly templates: number;
  readonly query: ReadonlySet<string>;
  readonly required: readonly string[];
  readonly body: Json | undefined;
  readonly responses: Fields;
}

const METHODS = ["get", "post", "put", "patch", "delete"];

export interface OpenapiOptions {
  /** Path under which the sandbox has the API. */
  readonly basePath: string;
  /** Named schema of refusals, where the document has it and links it nowhere. */
  readonly errors?: string;
  /** True where bodies are described better elsewhere: then only paths and parameters are checked. */
  readonly withoutBodies?: boolean;
  /**
   * For a document that describes no answers: the records in one, which are then checked as the resource's POST takes
   * them.
   */
  readonly records?: (body: Json) => readonly Json[];
  /** For a document that leaves an envelope out: what of a good answer its schema speaks of. */
  readonly unwrap?: (body: Json) => readonly Json[];
}

export function openapiContract(document: Json, options: OpenapiOptions): Contract {
  if (!isObject(document)) throw new Error("an OpenAPI document is an object");
  const { basePath, withoutBodies = false, records } = options;
  const components = fieldsAt(document, "components");
  const validate = createValidator(
    definitionsOf({ ...fieldsAt(components, "schemas"), ...fieldsAt(document, "definitions") }),
  );
  const operations = operationsOf(document);
  const prefix = prefixOf(document);
  return (exchange) => {
    const { method, path } = exchange.request;
    const below = [prefix, basePath]
      .filter((one) => path.startsWith(one))
      .map((one) => path.slice(one.length));
    const operation = operations.find(
      (one) => one.method === method && below.some((rest) => one.path.test(rest)),
    );
    if (operation === undefined) return { request: undefined, response: undefined };
    if (withoutBodies) return { request: parameterProblems(operation, exchange), response: undefined };
    const reply = withJson(exchange.reply);
    const answered = responseFinding(operation, reply, options, validate);
    const sent = sentSchema(operation, operations);
    return {
      request: requestFinding(operation, exchange, validate),
      response: answered ?? recordsFinding(sent, reply, records, validate),
    };
  };
}

function operationsOf(document: Fields): readonly Operation[] {
  const operations = Object.entries(fieldsAt(document, "paths")).flatMap(([path, item]) => {
    if (!isObject(item)) return [];
    return METHODS.flatMap((method) => {
      const operation = item[method];
      return isObject(operation) ? [operationOf(method, path, item, operation, document)] : [];
    });
  });
  // A path without templates is meant before one that would take its last segment for an id.
  return operations.sort((a, b) => a.templates - b.templates);
}

function operationOf(
  method: string,
  path: string,
  item: Fields,
  operation: Fields,
  document: Fields,
): Operation {
  const parameters = [...listAt(item, "parameters"), ...listAt(operation, "parameters")].map((one) =>
    resolved(one, document),
  );
  const query = parameters.filter((one) => one["in"] === "query");
  const inBody = parameters.find((one) => one["in"] === "body");
  const body = resolved(operation["requestBody"] ?? {}, document);
  return {
    method: method.toUpperCase(),
    collection: path.replace(/\/\{[^}]*\}$/, ""),
    path: pathPattern(path, parameters),
    templates: path.split("{").length,
    query: new Set(query.map((one) => String(one["name"]))),
    required: query.filter((one) => one["required"] === true).map((one) => String(one["name"])),
    body: inBody?.["schema"] ?? jsonSchema(body),
    responses: Object.fromEntries(
      Object.entries(fieldsAt(operation, "responses")).map(([status, one]) => [
        status,
        resolved(one, document),
      ]),
    ),
  };
}

function requestFinding(operation: Operation, exchange: SandboxExchange, validate: Validate): Finding {
  const { request } = exchange;
  const problems = parameterProblems(operation, exchange);
  if (request.body === "") return problems;
  const body = parsed(request.body);
  if (operation.body === undefined || body === undefined) return undefined;
  return [...problems, ...validate(toDraft07(operation.body), body)];
}

function parameterProblems({ query, required }: Operation, { request }: SandboxExchange): readonly string[] {
  const names = [...new Set(request.query.keys())];
  return [
    ...names.filter((name) => !query.has(name)).map((name) => `? has no parameter ${name}`),
    ...required.filter((name) => !names.includes(name)).map((name) => `? needs the parameter ${name}`),
  ];
}

function responseFinding(
  { responses }: Operation,
  reply: SandboxReply | undefined,
  { errors, unwrap }: Pick<OpenapiOptions, "errors" | "unwrap">,
  validate: Validate,
): Finding {
  if (reply === undefined) return undefined;
  const { status, body = "" } = reply;
  const response = responses[String(status)] ?? responses[`${String(status).slice(0, 1)}XX`];
  if (!isObject(response)) {
    if (status < 400 || errors === undefined) return undefined;
    return validate({ $ref: `#/definitions/${errors}` }, body);
  }
  const schema = response["schema"] ?? jsonSchema(response);
  if (schema === undefined) return body === "" ? [] : undefined;
  if (typeof body === "string") return ["/ is no JSON"];
  const described = status < 300 && unwrap !== undefined ? unwrap(body) : [body];
  return described.flatMap((one) => validate(toDraft07(schema), one));
}

/** A sandbox may send a text that is JSON. */
function withJson(reply: SandboxReply | undefined): SandboxReply | undefined {
  const body = typeof reply?.body === "string" ? parsed(reply.body) : undefined;
  return reply === undefined || body === undefined ? reply : { ...reply, body };
}

/** The schema of one record as its collection's POST takes it, alone or in a list. */
function sentSchema({ collection }: Operation, operations: readonly Operation[]): Json | undefined {
  const post = operations.find((one) => one.method === "POST" && one.collection === collection);
  const body = post?.body;
  return isObject(body) && body["type"] === "array" ? body["items"] : body;
}

function recordsFinding(
  schema: Json | undefined,
  reply: SandboxReply | undefined,
  records: OpenapiOptions["records"],
  validate: Validate,
): Finding {
  if (schema === undefined || records === undefined || reply === undefined) return undefined;
  if (reply.status >= 300 || reply.body === undefined) return undefined;
  return records(reply.body).flatMap((record) => validate(toDraft07(schema), record));
}

function jsonSchema(holder: Fields): Json | undefined {
  const content = Object.entries(fieldsAt(holder, "content")).find(([type]) => /json/.test(type));
  return content !== undefined && isObject(content[1]) ? content[1]["schema"] : undefined;
}

function prefixOf(document: Fields): string {
  const [server] = listAt(document, "servers");
  const url = isObject(server) ? String(server["url"]) : String(document["basePath"] ?? "");
  return (URL.canParse(url) ? new URL(url).pathname : url).replace(/\/$/, "");
}

/** A template stands for one segment; where it is a number, /companies/count is not the company "count". */
function pathPattern(path: string, parameters: readonly Fields[]): RegExp {
  const parts = path.replace(/\/$/, "").split(/(\{[^}]*\})/);
  const pattern = parts.map((part) => {
    if (!part.startsWith("{")) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const parameter = parameters.find((one) => one["name"] === part.slice(1, -1)) ?? {};
    const type = fieldsAt(parameter, "schema")["type"] ?? parameter["type"];
    return type === "integer" ? "\\d+" : "[^/]+";
  });
  return new RegExp(`^${pattern.join("")}/?$`, "i");
}

function resolved(value: Json, document: Fields): Fields {
  if (!isObject(value)) return {};
  const { $ref } = value;
  if (typeof $ref !== "string") return value;
  const target = $ref
    .replace(/^#\//, "")
    .split("/")
    .reduce<Json | undefined>((node, key) => (isObject(node) ? node[key] : undefined), document);
  return isObject(target) ? target : {};
}

function fieldsAt(holder: Fields, key: string): Fields {
  const value = holder[key];
  return isObject(value) ? value : {};
}

function listAt(holder: Fields, key: string): readonly Json[] {
  const value = holder[key];
  return Array.isArray(value) ? value : [];
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
