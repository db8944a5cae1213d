import { unreachable } from "../core/unreachable.ts";
import type {
  AuthorizeSpec,
  AuthSpec,
  BatchSpec,
  EntityBase,
  EntitySpec,
  FilesConnector,
  FilesEntity,
  HttpConnector,
  ListSpec,
  LookupSpec,
  ReadRequestSpec,
  RowWrite,
  SqliteConnector,
  SqliteEntity,
  Templates,
  WriteSpec,
} from "./connector-types.ts";
import { pointerTo } from "./source.ts";

/** One expression or template of a connector, where it stands, and the variables that it sees beside those of all. */
export interface Piece {
  readonly kind: "expression" | "template";
  /** JSON pointer into connector.yaml. */
  readonly pointer: string;
  readonly text: string;
  readonly variables: readonly string[];
}

/** What every piece sees; the connector's functions come to it. */
export const ALWAYS: readonly string[] = ["settings", "currency", "go_live", "codes"];

const PAGE = ["page", "offset", "cursor", "size"];
const NEXT = ["page", "size", "count", "read"];
const RECORD = ["lookups"];
const PART = ["id", "token", "current", "key"];
const WRITE = [...PART, "fields"];
const FIELD = [...WRITE, "field", "value"];
const EVERY = [
  ...RECORD,
  ...FIELD,
  ...PAGE,
  ...NEXT,
  "auth",
  "since",
  "parent",
  "parent_record",
  "ids",
  "record",
  "body",
  "item_id",
  "items",
];

/** A connector as its schema has proved it. */
export type Descriptor =
  | Omit<HttpConnector, "file" | "placeOf">
  | Omit<SqliteConnector, "file" | "placeOf">
  | Omit<FilesConnector, "file" | "placeOf">;

/** Every expression and template of a connector. The schema of its driver tells people the same of variables. */
export function connectorPieces(connector: Descriptor): readonly Piece[] {
  switch (connector.driver) {
    case "http":
      return httpPieces(connector);
    case "sqlite":
      return [
        ...(["database", "outbox"] as const).map((key) => expression(pointerTo("", key), connector[key], [])),
        ...tablePieces(connector),
      ];
    case "files":
      return [
        ...Object.entries(connector.folders).map(([key, text]) =>
          expression(pointerTo("/folders", key), text, []),
        ),
        expression("/quiet_ms", connector.quiet_ms, []),
        ...tablePieces(connector),
      ];
    default:
      return unreachable(connector);
  }
}

/** What the drivers have in common whose writes are rows. */
function tablePieces({
  functions,
  entities,
}: Exclude<Descriptor, { readonly driver: "http" }>): readonly Piece[] {
  const row = (at: string, write: RowWrite | null, variables: readonly string[]): readonly Piece[] =>
    write === null ? [] : [expression(`${at}/row`, write.row, variables)];
  return [
    ...Object.entries(functions).map(([name, text]) =>
      expression(pointerTo("/functions", name), text, FIELD),
    ),
    ...Object.entries(entities).flatMap(([name, spec]) => {
      const at = pointerTo("/entities", name);
      return [
        ...recordPieces(at, spec, []),
        ...row(`${at}/create`, spec.create, WRITE),
        ...optional(`${at}/create/id`, spec.create?.id ?? null, ["key"]),
        ...row(`${at}/update`, spec.update, WRITE),
        ...row(`${at}/void`, spec.void, WRITE),
        ...row(`${at}/set_field`, spec.set_field, FIELD),
        ...optional(`${at}/find/match`, matchOf(spec), ["record", "key"]),
      ];
    }),
  ];
}

function matchOf(spec: SqliteEntity | FilesEntity): string | null {
  return "find" in spec ? (spec.find?.match ?? null) : null;
}

function httpPieces(connector: Omit<HttpConnector, "file" | "placeOf">): readonly Piece[] {
  const { discovery, auth, errors, page, ledger, functions, lookups, batch, entities } = connector;
  return [
    ...(discovery === null
      ? []
      : [
          template("/discovery/path", discovery.path, ["auth"]),
          ...templates("/discovery/query", discovery.query, ["auth"]),
          expression("/discovery/base_url", discovery.base_url, []),
        ]),
    ...authPieces(auth),
    ...templates("/headers", connector.headers, []),
    ...templates("/query", connector.query, []),
    ...errors.flatMap(({ when, owner }, index) => [
      expression(pointerTo("/errors", index, "when"), when, []),
      ...optional(pointerTo("/errors", index, "owner"), owner, []),
    ]),
    expression("/error_message", connector.error_message, []),
    ...("more" in page ? [expression("/page/more", page.more, NEXT)] : []),
    ...("next" in page ? [expression("/page/next", page.next, NEXT)] : []),
    ...optional("/ledger/closed_until", ledger.closed_until, RECORD),
    ...optional("/ledger/document_currency", ledger.document_currency, RECORD),
    ...Object.entries(functions).map(([name, text]) =>
      expression(pointerTo("/functions", name), text, EVERY),
    ),
    ...Object.entries(lookups).flatMap(([name, spec]) => lookupPieces(pointerTo("/lookups", name), spec)),
    ...(batch === null ? [] : batchPieces(batch)),
    ...Object.entries(entities).flatMap(([name, spec]) => entityPieces(pointerTo("/entities", name), spec)),
  ];
}

function authPieces(auth: AuthSpec): readonly Piece[] {
  const own = ["auth"];
  const hasToken = auth.kind === "token_exchange";
  return [
    ...templates("/auth/headers", auth.headers, hasToken ? [...own, "token"] : own),
    ...("token_url" in auth ? [template("/auth/token_url", auth.token_url, own)] : []),
    ...("form" in auth ? templates("/auth/form", auth.form ?? {}, own) : []),
    ...("client_id" in auth
      ? [
          expression("/auth/client_id", auth.client_id, own),
          expression("/auth/client_secret", auth.client_secret, own),
        ]
      : []),
    ...authKindPieces(auth, own),
  ];
}

function authKindPieces(auth: AuthSpec, own: readonly string[]): readonly Piece[] {
  switch (auth.kind) {
    case "basic":
      return [expression("/auth/user", auth.user, own), expression("/auth/password", auth.password, own)];
    case "oauth2_refresh":
      return [
        expression("/auth/refresh_token", auth.refresh_token, own),
        ...optional("/auth/refresh_expires_in", auth.refresh_expires_in ?? null, []),
        ...(auth.authorize === undefined ? [] : authorizePieces(auth.authorize, own)),
      ];
    case "token_exchange":
      return [
        ...templates("/auth/token_headers", auth.token_headers ?? {}, own),
        ...optional("/auth/token_body", auth.token_body ?? null, own),
        expression("/auth/token", auth.token, []),
        ...optional("/auth/expires_in", auth.expires_in ?? null, []),
      ];
    case "headers":
    case "oauth2_client_credentials":
      return [];
    default:
      return unreachable(auth);
  }
}

function authorizePieces(
  { url, query, ask, settings }: AuthorizeSpec,
  own: readonly string[],
): readonly Piece[] {
  return [
    template("/auth/authorize/url", url, own),
    ...templates("/auth/authorize/query", query, own),
    ...(ask === null ? [] : [template("/auth/authorize/ask", ask, own)]),
    ...Object.entries(settings).map(([name, text]) =>
      expression(pointerTo("/auth/authorize/settings", name), text, []),
    ),
  ];
}

function lookupPieces(at: string, spec: LookupSpec): readonly Piece[] {
  return [
    ...readPieces(at, spec, PAGE),
    expression(`${at}/key`, spec.key, []),
    expression(`${at}/value`, spec.value, []),
    ...optional(`${at}/when`, spec.when, []),
  ];
}

function batchPieces({ path, query, headers, body, results, item_id }: BatchSpec): readonly Piece[] {
  return [
    ...templates("/batch/headers", headers, ["key"]),
    template("/batch/path", path, ["key"]),
    ...templates("/batch/query", query, ["key"]),
    expression("/batch/body", body, ["key", "items"]),
    expression("/batch/results", results, []),
    ...optional("/batch/item_id", item_id, []),
  ];
}

function entityPieces(at: string, spec: EntitySpec): readonly Piece[] {
  const { list, changes, deleted, get, find, create, update, void: voiding, set_field } = spec;
  return [
    ...(list === null ? [] : listPieces(`${at}/list`, list)),
    ...(changes === null
      ? []
      : [
          ...readPieces(`${at}/changes`, changes, ["since", ...PAGE]),
          expression(`${at}/changes/deleted`, changes.deleted, []),
        ]),
    ...(deleted === null
      ? []
      : [
          ...readPieces(`${at}/deleted`, deleted, ["since", ...PAGE]),
          expression(`${at}/deleted/id`, deleted.id, RECORD),
        ]),
    ...(get === null
      ? []
      : [...readPieces(`${at}/get`, get, ["ids", ...PAGE]), ...optional(`${at}/get/by`, get.by, [])]),
    ...(find === null
      ? []
      : [
          ...readPieces(`${at}/find`, find, ["record", "key", ...PAGE]),
          expression(`${at}/find/match`, find.match, [...RECORD, "record", "key"]),
        ]),
    ...recordPieces(at, spec, RECORD),
    ...writePieces(`${at}/create`, create, [...RECORD, ...WRITE]),
    ...writePieces(`${at}/update`, update, [...RECORD, ...WRITE]),
    ...writePieces(`${at}/void`, voiding, [...RECORD, ...WRITE]),
    ...writePieces(`${at}/set_field`, set_field, [...RECORD, ...FIELD]),
  ];
}

/** How records read and what they are made of: `own` are the driver's own variables. */
function recordPieces(at: string, spec: EntityBase, own: readonly string[]): readonly Piece[] {
  return [
    ...optional(`${at}/id`, spec.id, own),
    ...optional(`${at}/token`, spec.token, own),
    ...optional(`${at}/raw`, spec.raw, own),
    expression(`${at}/read`, spec.read, own),
    ...Object.entries(spec.write).map(([key, text]) =>
      expression(pointerTo(`${at}/write`, key), text, [...own, ...PART]),
    ),
  ];
}

function listPieces(at: string, { details, ...list }: ListSpec): readonly Piece[] {
  const variables = ["since", "parent", ...PAGE];
  const lists = [
    ...readPieces(at, list, variables),
    ...list.also.flatMap((more, index) =>
      readPieces(
        pointerTo(`${at}/also`, index),
        more,
        [...variables, "parent_record"],
        ["parent", "parent_record"],
      ),
    ),
  ];
  if (details === null) return lists;
  return [
    ...lists,
    ...(details.path === null
      ? []
      : readPieces(`${at}/details`, { ...details, path: details.path }, variables)),
    expression(`${at}/details/complete`, details.complete, []),
    ...readPieces(`${at}/details/one`, details.one, ["record", ...PAGE]),
    ...details.also.flatMap((more, index) => {
      const place = pointerTo(`${at}/details/also`, index);
      return [
        ...readPieces(place, more, variables),
        ...readPieces(`${place}/one`, more.one, ["record", ...PAGE]),
      ];
    }),
  ];
}

function readPieces(
  at: string,
  spec: ReadRequestSpec,
  variables: readonly string[],
  ofRecords: readonly string[] = [],
): readonly Piece[] {
  return [
    template(`${at}/path`, spec.path, variables),
    ...templates(`${at}/query`, spec.query, variables),
    ...templates(`${at}/headers`, spec.headers, variables),
    ...optional(`${at}/body`, spec.body, variables),
    expression(`${at}/records`, spec.records, ofRecords),
  ];
}

function writePieces(at: string, spec: WriteSpec | null, variables: readonly string[]): readonly Piece[] {
  if (spec === null) return [];
  const { array } = spec;
  // What an array is sent to is the same for all of its items.
  const shared = array === null ? variables : ["key"];
  return [
    template(`${at}/path`, spec.path, shared),
    ...templates(`${at}/query`, spec.query, shared),
    ...templates(`${at}/headers`, spec.headers, shared),
    ...optional(`${at}/body`, spec.body, variables),
    ...(array === null
      ? []
      : [
          expression(`${at}/array/body`, array.body, ["items"]),
          expression(`${at}/array/results`, array.results, []),
        ]),
    ...optional(`${at}/id`, spec.id, ["record"]),
    ...optional(`${at}/posted`, spec.posted ?? null, []),
    ...optional(`${at}/batch_item`, spec.batch_item, [...variables, "body", "item_id"]),
  ];
}

function optional(pointer: string, text: string | null, variables: readonly string[]): readonly Piece[] {
  return text === null ? [] : [expression(pointer, text, variables)];
}

function expression(pointer: string, text: string, variables: readonly string[]): Piece {
  return { kind: "expression", pointer, text, variables };
}

function template(pointer: string, text: string, variables: readonly string[]): Piece {
  return { kind: "template", pointer, text, variables };
}

function templates(at: string, all: Templates, variables: readonly string[]): readonly Piece[] {
  return Object.entries(all).map(([name, text]) => template(pointerTo(at, name), text, variables));
}
