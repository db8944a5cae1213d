import type {
  ArraySpec,
  AuthorizeSpec,
  DetailsSpec,
  EntitySpec,
  ErrorClass,
  HttpConnector,
  LookupSpec,
  ReadRequestSpec,
  WriteSpec,
} from "../../config/connector-types.ts";
import { unreachable } from "../../core/unreachable.ts";
import {
  objectText,
  type RequestParts,
  requestText,
  templatesText,
  templateText,
} from "../records/compose.ts";
import {
  type BatchProgram,
  type Compile,
  compilerOf,
  type DetailsProgram,
  type EntityProgram,
  type LookupProgram,
  type Program,
  type ReadProgram,
  type RecordPrograms,
  recordProgram,
  type WriteProgram,
} from "../records/programs.ts";

/** A connector's expressions and templates, compiled once. */
export interface Programs extends RecordPrograms {
  readonly errors: readonly {
    readonly when: Program;
    readonly class: ErrorClass;
    readonly owner: Program | undefined;
  }[];
  readonly errorMessage: Program;
  /** Expression over a page's body: whether there is another one, its address or its cursor; undefined: no such. */
  readonly next: Program | undefined;
  /** The last day of the closed books; undefined: the system does not tell. */
  readonly closedUntil: Program | undefined;
  readonly documentCurrency: Program | undefined;
  readonly lookups: ReadonlyMap<string, LookupProgram>;
  readonly auth: AuthProgram;
  /** The call that tells the base URL, and the expression over its reply; undefined: it is fixed. */
  readonly discovery: { readonly request: Program; readonly baseUrl: Program } | undefined;
}

export interface AuthProgram {
  /** One object of every value that a login needs. */
  readonly given: Program;
  /** Headers of calls, with $token where there is one. */
  readonly headers: Program;
  /** Over a token service's reply. */
  readonly token: Program | undefined;
  readonly expiresIn: Program | undefined;
  readonly refreshExpiresIn: Program | undefined;
  /** Over {callback, answer}: settings that a login tells. */
  readonly loginSettings: Program | undefined;
}

/** Compiles a connector. Throws for an expression that does not compile: `validate` reports it with its place. */
export function compileConnector(connector: HttpConnector): Programs {
  const compile = compilerOf(connector, Object.keys(connector.lookups));
  return {
    errors: connector.errors.map((rule) => ({
      when: compile(rule.when),
      class: rule.class,
      owner: rule.owner === null ? undefined : compile(rule.owner),
    })),
    errorMessage: compile(connector.error_message),
    next: nextProgram(connector, compile),
    discovery: discoveryProgram(connector, compile),
    closedUntil: connector.ledger.closed_until === null ? undefined : compile(connector.ledger.closed_until),
    documentCurrency:
      connector.ledger.document_currency === null ? undefined : compile(connector.ledger.document_currency),
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
    auth: authProgram(connector, compile),
  };
}

function authProgram(connector: HttpConnector, compile: Compile): AuthProgram {
  const { auth } = connector;
  const some = (text: string | undefined): Program | undefined =>
    text === undefined ? undefined : compile(text);
  const refresh = auth.kind === "oauth2_refresh" ? auth : undefined;
  const exchange = auth.kind === "token_exchange" ? auth : undefined;
  return {
    given: compile(authText(connector)),
    headers: compile(templatesText(auth.headers)),
    token: some(exchange?.token),
    expiresIn: some(exchange && (exchange.expires_in ?? "expires_in")),
    refreshExpiresIn: some(refresh?.refresh_expires_in),
    loginSettings: some(refresh?.authorize && objectText(refresh.authorize.settings)),
  };
}

function discoveryProgram({ discovery }: HttpConnector, compile: Compile): Programs["discovery"] {
  if (discovery === null) return undefined;
  const request = requestText({ ...discovery, headers: {}, body: null });
  return { request: compile(request), baseUrl: compile(discovery.base_url) };
}

function nextProgram({ page }: HttpConnector, compile: Compile): Program | undefined {
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

function readProgram(spec: ReadRequestSpec, connector: HttpConnector, compile: Compile): ReadProgram {
  const [, quoted, plain] = /^(?:`([^`]+)`|([A-Za-z_]\w*))/.exec(spec.records) ?? [];
  return {
    method: spec.method,
    request: compile(requestText(withCommon(spec, connector))),
    records: compile(spec.records),
    head: quoted ?? plain,
  };
}

/** A request has the connector's own query and headers too. */
function withCommon(parts: RequestParts, { query, headers }: HttpConnector): RequestParts {
  return { ...parts, query: { ...query, ...parts.query }, headers: { ...headers, ...parts.headers } };
}

function lookupProgram(spec: LookupSpec, connector: HttpConnector, compile: Compile): LookupProgram {
  const entry = compile(objectText({ key: spec.key, value: spec.value }));
  const when = spec.when === null ? undefined : compile(spec.when);
  return { ...readProgram(spec, connector, compile), entry, when };
}

function batchProgram(connector: HttpConnector, compile: Compile): BatchProgram | undefined {
  const { batch } = connector;
  if (batch === null) return undefined;
  return {
    size: batch.size,
    method: "POST",
    request: compile(requestText(withCommon(batch, connector))),
    results: compile(batch.results),
    itemId: batch.item_id === null ? undefined : compile(batch.item_id),
  };
}

function entityProgram(spec: EntitySpec, connector: HttpConnector, compile: Compile): EntityProgram {
  const read = (request: ReadRequestSpec): ReadProgram => readProgram(request, connector, compile);
  const { list, changes, deleted, get, find } = spec;
  const write = (one: WriteSpec | null): WriteProgram | undefined =>
    one === null ? undefined : writeProgram(one, connector, compile);
  return {
    ...recordProgram(spec, compile),
    lists:
      list === null
        ? []
        : [
            { ...read(list), parent: null, each: list.each === null ? undefined : compile(list.each) },
            ...list.also.map((one) => ({ ...read(one), parent: one.parent })),
          ],
    listIsIndex: list?.by_id === true,
    details: list?.details ? detailsProgram(list.details, read, compile) : undefined,
    changes:
      changes === null ? undefined : { ...read(changes), spec: changes, deleted: compile(changes.deleted) },
    deleted: deleted === null ? undefined : { ...read(deleted), id: compile(deleted.id) },
    get: get === null ? undefined : { ...read(get), by: get.by === null ? undefined : compile(get.by) },
    find: find === null ? undefined : { ...read(find), match: compile(find.match) },
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
  const all = spec.path === null ? undefined : read({ ...spec, path: spec.path });
  const also = spec.also.map((list) => ({ all: read(list), one: read(list.one) }));
  return { spec, complete: compile(spec.complete), lists: [{ all, one: read(spec.one) }, ...also] };
}

function writeProgram(spec: WriteSpec, connector: HttpConnector, compile: Compile): WriteProgram {
  const { method, batch_item, array, id, posted = null } = spec;
  const body = array === null ? spec.body : `($items := [(${spec.body ?? "{}"}\n)]; ${array.body}\n)`;
  const item = array === null ? batch_item : spec.body;
  return {
    method,
    request: compile(requestText(withCommon({ ...spec, body }, connector))),
    item: item === null ? undefined : compile(item),
    id: id === null ? undefined : compile(id),
    posted: posted === null ? undefined : compile(posted),
    array: array === null ? undefined : arrayProgram(spec, array, connector, compile),
  };
}

function arrayProgram(
  spec: WriteSpec,
  { size, body, results }: ArraySpec,
  connector: HttpConnector,
  compile: Compile,
): BatchProgram {
  return {
    size,
    method: spec.method,
    request: compile(requestText(withCommon({ ...spec, body }, connector))),
    results: compile(results),
    itemId: undefined,
  };
}

function authText({ auth }: HttpConnector): string {
  switch (auth.kind) {
    case "basic":
      return objectText({ user: auth.user, password: auth.password });
    case "headers":
      return objectText({});
    case "oauth2_refresh":
    case "oauth2_client_credentials": {
      const { client_id, client_secret, token_url, form } = auth;
      return objectText({
        client_id,
        client_secret,
        token_url: templateText(token_url, "text"),
        form: templatesText(form ?? {}),
        ...(auth.kind === "oauth2_refresh" ? { refresh_token: auth.refresh_token } : {}),
        ...("authorize" in auth && auth.authorize !== undefined ? authorizeTexts(auth.authorize) : {}),
      });
    }
    case "token_exchange":
      return objectText({
        token_url: templateText(auth.token_url, "text"),
        token_headers: templatesText(auth.token_headers ?? {}),
        ...(auth.token_body === undefined ? {} : { token_body: auth.token_body }),
      });
    default:
      return unreachable(auth);
  }
}

function authorizeTexts({ url, query, ask }: AuthorizeSpec): { readonly [name: string]: string } {
  return {
    authorize_url: templateText(url, "text"),
    authorize_query: templatesText(query),
    ...(ask === null ? {} : { ask_url: templateText(ask, "text") }),
  };
}
