import type {
  Row,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
} from "../../../engine/connector/sandbox/types.ts";
import { atPath, type Json } from "../../../engine/core/json.ts";
import { isUuid, textOf } from "./books.ts";
import { wireMillis } from "./dates.ts";
import { answer, exception, notFound, unknownError } from "./reply.ts";
import type { Resource } from "./resources.ts";
import { parseWhere } from "./where.ts";

/** Reading: lists with their filters and pages, and single records, which come as a list of one. */

const PAGE_DEFAULT = 100;
const PAGE_MAX = 1000;

export function listRows(resource: Resource, request: SandboxRequest, context: SandboxContext): SandboxReply {
  const { query } = request;
  const test = parseWhere(query.get("where") ?? "") ?? (query.get("where") ? undefined : () => true);
  if (test === undefined)
    return exception(16, "QueryParseException", `Cannot parse ${query.get("where")}`, context);
  if (malformedId(resource, query)) return unknownError(context);
  const rows = context.ledger
    .all(resource.name)
    .filter(
      (row) => isShown(row, query) && isNamed(row, resource, query) && isNewer(row, request) && test(row),
    );
  const sorted = inOrder(rows, query.get("order") ?? "");
  if (!resource.paged || !query.has("page")) {
    return answer(
      resource.name,
      sorted.map((row) => summary(row, resource)),
      context,
    );
  }
  const pageSize = Math.min(
    PAGE_MAX,
    Math.max(1, Number(query.get("pageSize") ?? PAGE_DEFAULT) || PAGE_DEFAULT),
  );
  const page = Math.max(1, Number(query.get("page")) || 1);
  const cut = sorted.slice((page - 1) * pageSize, page * pageSize);
  const itemCount = sorted.length;
  const pagination = { page, pageSize, pageCount: Math.ceil(itemCount / pageSize), itemCount };
  const shown = query.get("summaryOnly") === "true" ? cut.map((row) => summary(row, resource)) : cut;
  return answer(resource.name, shown, context, pagination);
}

export function readRow(resource: Resource, id: string, context: SandboxContext): SandboxReply {
  const row = findRow(resource, id, context);
  if (row !== undefined) return answer(resource.name, [row], context);
  // A contact is also found by its number, an invoice by its; any other text is a malformed GUID.
  const isNumber = ["Contacts", "Invoices", "TaxRates"].includes(resource.name);
  return isUuid(id) || isNumber ? notFound(context) : unknownError(context);
}

function findRow(resource: Resource, id: string, { ledger }: SandboxContext): Row | undefined {
  if (isUuid(id) || resource.name === "TaxRates")
    return ledger.get(resource.name, id.toLowerCase()) ?? ledger.get(resource.name, id);
  const number = resource.name === "Contacts" ? "ContactNumber" : "InvoiceNumber";
  return ledger.all(resource.name).find((row) => textOf(row[number]) === id && id !== "");
}

function malformedId(resource: Resource, query: URLSearchParams): boolean {
  return Object.keys(resource.filters).some(
    (parameter) => parameter.endsWith("IDs") && valuesOf(query, parameter).some((id) => !isUuid(id)),
  );
}

// Contacts and tracking categories that are archived are hidden; deleted and voided documents stay listed.
function isShown(row: Row, query: URLSearchParams): boolean {
  const isArchived = row["ContactStatus"] === "ARCHIVED" || row["Status"] === "ARCHIVED";
  return !isArchived || row["AccountID"] !== undefined || query.get("includeArchived") === "true";
}

function isNamed(row: Row, resource: Resource, query: URLSearchParams): boolean {
  return Object.entries(resource.filters).every(([parameter, path]) => {
    const wanted = valuesOf(query, parameter);
    return wanted.length === 0 || wanted.includes(String(atPath(row, path) ?? "").toLowerCase());
  });
}

function valuesOf(query: URLSearchParams, parameter: string): readonly string[] {
  return (query.get(parameter) ?? "")
    .split(",")
    .map((text) =>
      text
        .trim()
        .replace(/^"(.*)"$/, "$1")
        .toLowerCase(),
    )
    .filter((text) => text !== "");
}

// Whole seconds count; text without a zone is UTC. A header that is no date is passed over.
function isNewer(row: Row, request: SandboxRequest): boolean {
  const header = request.headers["if-modified-since"];
  const text =
    header !== undefined && !/(Z|[+-]\d{2}:?\d{2}|GMT)$/i.test(header) ? `${header}Z` : (header ?? "");
  const since = Date.parse(text);
  const updated = wireMillis(row["UpdatedDateUTC"]);
  return Number.isNaN(since) || updated === undefined || updated >= Math.floor(since / 1000) * 1000;
}

function inOrder(rows: readonly Row[], order: string): readonly Row[] {
  const [path, direction] = order.trim().split(/\s+/);
  if (path === undefined || path === "") return rows;
  const sign = direction?.toUpperCase() === "DESC" ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(atPath(a, path), atPath(b, path)));
}

function compare(left: Json | undefined, right: Json | undefined): number {
  const [a, b] = [wireMillis(left) ?? left ?? "", wireMillis(right) ?? right ?? ""];
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b));
}

// Without a page a document comes without its lines.
function summary(row: Row, resource: Resource): Row {
  return resource.paged && row["LineItems"] !== undefined ? { ...row, LineItems: [] } : row;
}
