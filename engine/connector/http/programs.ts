import type {
  ConnectorConfig,
  DetailsSpec,
  EntitySpec,
  ErrorClass,
  LookupSpec,
  ReadRequestSpec,
  WriteSpec,
} from "../../config/types.ts";
import { unreachable } from "../../core/unreachable.ts";
import { compileExpression, type Expression } from "../../expression/index.ts";
import {
  namesVariable,
  objectText,
  type RequestParts,
  requestText,
  templatesText,
  templateText,
  withFunctions,
} from "./compose.ts";

/** A connector's expressions and templates, compiled once. */
export interface Programs {
  readonly errors: readonly {
    readonly when: Program;
    readonly class: ErrorClass;
    readonly owner: Program | undefined;
  }[];
  readonly errorMessage: Program;
  /** Expression over a page's body: whether there is another one, its address or its cursor; undefined: no such. */
  readonly next: Program | undefined;
  readonly lookups: ReadonlyMap<string, LookupProgram>;
  readonly batch: BatchProgram | undefined;
  readonly entities: ReadonlyMap<string, EntityProgram>;
  /** One object of every secret text that a call needs. */
  readonly auth: Program;
}

export interface Program {
  readonly expression: Expression;
  /** Lookups whose rows must be there before it is evaluated. */
  readonly lookups: readonly string[];
}

export interface ReadProgram {
  readonly method: ReadRequestSpec["method"];
  readonly request: Program;
  readonly records: Program;
  /** Key that every reply has, so that a reply of another kind is not taken for an empty list. */
  readonly head: string | undefined;
}

export interface LookupProgram extends ReadProgram {
  /** {key, value} of one row. */
  readonly entry: Program;
}

export interface BatchProgram {
  readonly size: number;
  readonly request: Program;
  readonly results: Program;
  readonly itemId: Program;
}

export interface WriteProgram {
  readonly method: WriteSpec["method"];
  readonly request: Program;
  readonly item: Program | undefined;
  readonly id: Program | undefined;
}

export interface DetailsProgram extends ReadProgram {
  readonly spec: DetailsSpec;
  readonly complete: Program;
  readonly one: ReadProgram;
}

export interface EntityProgram {
  readonly spec: EntitySpec;
  /** {read, token, raw} of one vendor record. */
  readonly read: Program;
  readonly id: Program | undefined;
  /** The list and what else holds records of the entity, in the order of reading. */
  readonly lists: readonly ReadProgram[];
  readonly details: DetailsProgram | undefined;
  readonly changes: (ReadProgram & { readonly deleted: Program }) | undefined;
  /** Its id program is over a row of the list. */
  readonly deleted: (ReadProgram & { readonly id: Program }) | undefined;
  readonly get: ReadProgram | undefined;
  readonly find: (ReadProgram & { readonly match: Program }) | undefined;
  /** The parts in the order of the descriptor, each with the canonical fields that it carries. */
  readonly parts: readonly { readonly fields: readonly string[]; readonly flag: string }[];
  /** Merges the parts whose flag variable is true. */
  readonly fields: Program;
  readonly writes: {
    readonly [operation in "create" | "update" | "void" | "external_id"]: WriteProgram | undefined;
  };
}

/** Compiles a connector. Throws for an expression that does not compile: `validate` reports it with its place. */
export function compileConnector(connector: ConnectorConfig): Programs {
  const compile = compilerOf(connector);
  return {
    errors: connector.errors.map((rule) => ({
      when: compile(rule.when),
      class: rule.class,
      owner: rule.owner === null ? undefined : compile(rule.owner),
    })),
    errorMessage: compile(connector.error_message),
    next: nextProgram(connector, compile),
    lookups: new Map(
      Object.entries(connector.lookups).map(([name, spec]) => [
        name,
        lookupProgram(spec, connector, compile),
      ]),
    ),
    batch: batchProgram(connector, compile),
    entities: new Map(
      Object.entries(connector.entities).map(([name, spec]) => [
        name,
        entityProgram(spec, connector, compile),
      ]),
    ),
    auth: compile(authText(connector)),
  };
}

type Compile = (text: string) => Program;

function nextProgram({ page }: ConnectorConfig, compile: Compile): Program | undefined {
  switch (page.kind) {
    case "page_number":
      return compile(page.more);
    case "next_url":
    case "cursor":
      return compile(page.next);
    case "link_header":
    case "offset":
      return undefined;
    default:
      return unreachable(page);
  }
}

function compilerOf(connector: ConnectorConfig): Compile {
  const names = Object.keys(connector.lookups);
  return (text) => {
    const whole = withFunctions(text, connector.functions);
    const compiled = compileExpression(whole);
    if ("error" in compiled) {
      throw new Error(`the connector ${connector.connector}: ${compiled.error.message} (in ${text})`);
    }
    return {
      expression: compiled.expression,
      lookups: namesVariable(whole, "lookups") ? named(whole, names) : [],
    };
  };
}

/** Lookups that a text names; all of them when it takes $lookups as a whole. */
function named(text: string, names: readonly string[]): readonly string[] {
  const wholes = text.match(/\$lookups(?!\w)(?!\s*\.\s*\w)/);
  return wholes !== null
    ? names
    : names.filter((name) => new RegExp(`\\$lookups\\s*\\.\\s*${name}(?!\\w)`).test(text));
}

function readProgram(spec: ReadRequestSpec, connector: ConnectorConfig, compile: Compile): ReadProgram {
  const [, quoted, plain] = /^(?:`([^`]+)`|([A-Za-z_]\w*))/.exec(spec.records) ?? [];
  return {
    method: spec.method,
    request: compile(requestText(withCommon(spec, connector))),
    records: compile(spec.records),
    head: quoted ?? plain,
  };
}

/** A request has the connector's own query and headers too. */
function withCommon(parts: RequestParts, { query, headers }: ConnectorConfig): RequestParts {
  return { ...parts, query: { ...query, ...parts.query }, headers: { ...headers, ...parts.headers } };
}

function lookupProgram(spec: LookupSpec, connector: ConnectorConfig, compile: Compile): LookupProgram {
  const entry = compile(objectText({ key: spec.key, value: spec.value }));
  return { ...readProgram(spec, connector, compile), entry };
}

function batchProgram(connector: ConnectorConfig, compile: Compile): BatchProgram | undefined {
  const { batch } = connector;
  if (batch === null) return undefined;
  return {
    size: batch.size,
    request: compile(requestText(withCommon({ ...batch, headers: {} }, connector))),
    results: compile(batch.results),
    itemId: compile(batch.item_id),
  };
}

function entityProgram(spec: EntitySpec, connector: ConnectorConfig, compile: Compile): EntityProgram {
  const read = (request: ReadRequestSpec): ReadProgram => readProgram(request, connector, compile);
  const { list, changes, deleted, get, find, token, raw } = spec;
  const parts = Object.keys(spec.write).map((key, index) => ({
    fields: key.split(",").map((name) => name.trim()),
    flag: `part_${index}`,
  }));
  const chosen = Object.values(spec.write).map((text, index) => `$part_${index} ? (${text}\n)`);
  const write = (one: WriteSpec | null): WriteProgram | undefined =>
    one === null ? undefined : writeProgram(one, connector, compile);
  return {
    spec,
    read: compile(
      objectText({ read: spec.read, ...(token === null ? {} : { token }), ...(raw === null ? {} : { raw }) }),
    ),
    id: spec.id === null ? undefined : compile(spec.id),
    lists: list === null ? [] : [list, ...list.also].map(read),
    details: list?.details ? detailsProgram(list.details, read, compile) : undefined,
    changes: changes === null ? undefined : { ...read(changes), deleted: compile(changes.deleted) },
    deleted: deleted === null ? undefined : { ...read(deleted), id: compile(deleted.id) },
    get: get === null ? undefined : read(get),
    find: find === null ? undefined : { ...read(find), match: compile(find.match) },
    parts,
    fields: compile(`$merge([${chosen.join(",\n")}])`),
    writes: {
      create: write(spec.create),
      update: write(spec.update),
      void: write(spec.void),
      external_id: write(spec.set_field),
    },
  };
}

function detailsProgram(
  spec: DetailsSpec,
  read: (request: ReadRequestSpec) => ReadProgram,
  compile: Compile,
): DetailsProgram {
  return { ...read(spec), spec, complete: compile(spec.complete), one: read(spec.one) };
}

function writeProgram(spec: WriteSpec, connector: ConnectorConfig, compile: Compile): WriteProgram {
  return {
    method: spec.method,
    request: compile(requestText(withCommon(spec, connector))),
    item: spec.batch_item === null ? undefined : compile(spec.batch_item),
    id: spec.id === null ? undefined : compile(spec.id),
  };
}

function authText({ auth }: ConnectorConfig): string {
  if (auth.kind === "basic") {
    return objectText({ user: auth.user, password: auth.password, headers: templatesText(auth.headers) });
  }
  const { client_id, client_secret, refresh_token, token_url } = auth;
  return objectText({ client_id, client_secret, refresh_token, token_url: templateText(token_url, "text") });
}
