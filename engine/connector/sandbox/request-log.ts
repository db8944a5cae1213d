import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { appendTo } from "./ledger.ts";
import { REQUESTS_FILE } from "./read-ledger.ts";
import type { LoggedRequest } from "./types.ts";

/** Every request a sandbox answered, in memory and in the folder's requests.ndjson; never headers, never secrets. */
export interface RequestLog {
  readonly lines: readonly LoggedRequest[];
  add(request: LoggedRequest): void;
  close(): void;
}

const BODY_MAX = 100_000;
const SECRET_FIELDS =
  "access_token|refresh_token|client_secret|client_assertion|assertion|password|api_?key|id_token";
const IN_FORM = new RegExp(`(^|[?&])(${SECRET_FIELDS}|code)=[^&]*`, "gi");
const IN_JSON = new RegExp(`("(?:${SECRET_FIELDS})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, "gi");
const IN_XML = new RegExp(`<(${SECRET_FIELDS})>[^<]*</`, "gi");

/** Opens the log; lines of an earlier start stay in the file and are not in `lines`. */
export function openRequestLog(folder: string | undefined): RequestLog {
  if (folder !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = folder === undefined ? undefined : appendTo(join(folder, REQUESTS_FILE));
  const lines: LoggedRequest[] = [];
  return {
    lines,
    add: (request) => {
      const { url, body } = request;
      const line = { ...request, url: maskForm(url), body: masked(body).slice(0, BODY_MAX) };
      lines.push(line);
      file?.append(`${JSON.stringify(line)}\n`);
    },
    close: () => file?.close(),
  };
}

function masked(body: string): string {
  const start = body.trimStart().slice(0, 1);
  if (start === "{" || start === "[") return body.replace(IN_JSON, '$1"***"');
  if (start === "<") return body.replace(IN_XML, "<$1>***</");
  return maskForm(body);
}

function maskForm(text: string): string {
  return text.replace(IN_FORM, "$1$2=***");
}
