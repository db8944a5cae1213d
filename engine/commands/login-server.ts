import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";

/** The page on this machine that the vendor sends the browser to. It shows one sentence and loads nothing. */

export interface LoginServer {
  /** With the port that it listens on. */
  readonly redirectUri: string;
  /** Hands each visit of the page to `visit` and shows its answer. */
  serve(visit: (callback: URLSearchParams) => Promise<Answer>): void;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: 200 | 400 | 409;
  readonly text: string;
}

const LOOPBACK = "127.0.0.1";

/** Listens on 127.0.0.1 at the port of a loopback address, or at a free one. Rejects when the port is taken. */
export async function startLoginServer(wanted: URL): Promise<LoginServer> {
  const server = createServer();
  const port = await listen(server, wanted.port === "" ? 0 : Number(wanted.port));
  const redirect = new URL(wanted);
  redirect.port = String(port);
  const visits = new Set<Promise<void>>();
  return {
    redirectUri: redirect.href,
    serve: (visit) => {
      server.on("request", (request, response) => {
        const url = new URL(request.url ?? "/", redirect);
        if (request.method !== "GET" || url.pathname !== redirect.pathname) {
          void show(response, 404, "There is nothing here.");
          return;
        }
        const shown = visit(url.searchParams)
          .catch((): Answer => ({ status: 400, text: "The login failed. The terminal says why." }))
          .then(({ status, text }) => show(response, status, text))
          .finally(() => visits.delete(shown));
        visits.add(shown);
      });
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all(visits);
      // Browsers open connections ahead that they never use: those are not waited for.
      server.closeAllConnections();
      await closed;
    },
  };
}

/** True for an address on this machine that a server can be made for. */
export function isLoopback(url: URL): boolean {
  return url.protocol === "http:" && [LOOPBACK, "localhost"].includes(url.hostname);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** Resolves when the page has left, or its browser has. */
async function show(response: ServerResponse, status: number, text: string): Promise<void> {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    connection: "close",
  });
  const left = once(response, "close");
  response.end(`<!doctype html><meta charset="utf-8"><title>tripoint</title><p>${text}</p>\n`);
  await left;
}
