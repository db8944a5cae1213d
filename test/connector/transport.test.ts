import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createTransport, type HttpRequest } from "../../engine/connector/transport.ts";

/**
 * A server in a process of its own that closes idle connections after so many milliseconds without saying so beforehand,
 * and answers with the number of connections that it has had.
 */
async function serverClosing(t: TestContext, idle_ms: number): Promise<string> {
  const program = `
    let connections = 0;
    const server = require("node:http").createServer((request, response) => {
      request.resume().on("end", () => response.setHeader("connection", "keep-alive").end(String(connections)));
    });
    server.on("connection", (socket) => {
      connections += 1;
      let timer;
      socket.on("data", () => {
        clearTimeout(timer);
        timer = setTimeout(() => socket.destroy(), ${idle_ms});
      });
    });
    server.keepAliveTimeout = 0;
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const [port] = await once(child.stdout, "data");
  return `http://127.0.0.1:${Number(String(port))}/`;
}

const OPTIONS = { connections: 3, timeout_ms: 10_000 };

function to(url: string, method: "GET" | "POST"): HttpRequest {
  return { method, url: new URL(url), headers: {}, body: method === "POST" ? "{}" : undefined };
}

test("transport: a write after a long computation does not go down a connection that was closed meanwhile", async (t) => {
  const url = await serverClosing(t, 200);
  const transport = createTransport(OPTIONS);
  t.after(() => transport.close());
  for (let round = 1; round <= 3; round++) {
    const kinds = async (method: "GET" | "POST"): Promise<readonly string[]> =>
      Promise.all([1, 2, 3].map(async () => (await transport.exchange(to(url, method))).kind));
    assert.deepEqual(await kinds("GET"), ["answer", "answer", "answer"]);
    const until = performance.now() + 600;
    while (performance.now() < until);
    assert.deepEqual(await kinds("POST"), ["answer", "answer", "answer"], `round ${round}`);
  }
});

test("transport: connections are used again, but not after they stood idle for long", async (t) => {
  const url = await serverClosing(t, 60_000);
  const transport = createTransport(OPTIONS);
  t.after(() => transport.close());
  const connections = async (): Promise<unknown> => {
    const exchange = await transport.exchange(to(url, "POST"));
    return exchange.kind === "answer" ? exchange.body : exchange;
  };
  assert.deepEqual([await connections(), await connections()], [1, 1]);
  await sleep(2100);
  assert.deepEqual([await connections(), await connections()], [2, 2]);
});

test("transport: a host that cannot be reached any more once a write was sent is no proof that it was not", async (t) => {
  const sockets: Socket[] = [];
  const onConnected = (message: unknown): void => void sockets.push((message as { socket: Socket }).socket);
  subscribe("undici:client:connected", onConnected);
  t.after(() => unsubscribe("undici:client:connected", onConnected));
  const server = createServer(() => {
    const cause = Object.assign(new Error("read EHOSTUNREACH"), { code: "EHOSTUNREACH", syscall: "read" });
    for (const socket of sockets) socket.destroy(cause);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const transport = createTransport(OPTIONS);
  t.after(() => transport.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  assert.deepEqual(await transport.exchange(to(url, "POST")), {
    kind: "broken",
    message: "read EHOSTUNREACH",
  });
  server.close();
  const { kind } = await transport.exchange(to("http://127.0.0.1:1/", "POST"));
  assert.equal(kind, "not_sent");
});
