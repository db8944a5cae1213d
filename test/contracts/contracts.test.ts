import assert from "node:assert/strict";
import { test } from "node:test";
import { CAPABILITIES, type Capability } from "../../engine/connector/sandbox/capabilities.ts";
import type { SandboxExchange } from "../../engine/connector/sandbox/types.ts";
import { loadSubjects, openBench, type Subject } from "../conformance/bench.ts";
import { check } from "../conformance/checks.ts";
import { appliedCredit } from "../conformance/credits.ts";
import { readAll } from "../conformance/reading.ts";
import type { Contract, Finding } from "./contract.ts";
import { contractOf } from "./contracts.ts";
import { DIFFERENCES } from "./differences.ts";
import { openapiContract } from "./openapi.ts";
import { SPECS } from "./specs.ts";

/**
 * Every request that a connector makes in the conformance suite, and every answer of its sandbox, by the vendor's own
 * machine-readable spec. The specs are not part of this repository: elsewhere than in CI the tests skip, loudly.
 */

const missing = "the vendors' specs are not here: set TRIPOINT_VENDOR_SPECS to their folder";
if (SPECS === undefined) {
  assert.notEqual(process.env["CI"], "true", missing);
  process.stderr.write(`CONTRACT TESTS SKIPPED: ${missing}\n`);
}

for (const subject of SPECS === undefined ? [] : (await loadSubjects()).subjects) {
  const contract = contractOf(subject.name, subject.sandbox.basePath);
  const title = `${subject.name}: requests and answers are as the vendor's spec has them`;
  test(title, {
    skip: contract === undefined ? "none of it is checkable: the vendor publishes no spec" : false,
  }, async (t) => {
    assert.ok(contract);
    const share = { requests: 0, answers: 0, all: 0 };
    const problems = new Map<string, number>();
    const collect = (side: string, { request }: SandboxExchange, finding: Finding): number => {
      for (const problem of finding ?? []) {
        const key = `${side} ${request.method} ${request.path.replace(/\/([0-9a-f-]{36}|\d+(?![.\d]))/g, "/*")}: ${problem}`;
        problems.set(key, (problems.get(key) ?? 0) + 1);
      }
      return finding === undefined ? 0 : 1;
    };
    for (const exchange of await trafficOf(t, subject)) {
      const { request, response } = contract(exchange);
      share.all += 1;
      share.requests += collect("request", exchange, request);
      share.answers += collect("answer", exchange, response);
    }
    const { requests, answers, all } = share;
    t.diagnostic(
      `${subject.name}: ${requests} of ${all} requests and ${answers} of ${all} answers were checkable`,
    );
    assert.ok(requests + answers > 0);
    const known = DIFFERENCES[subject.name] ?? [];
    const unknown = [...problems.keys()].filter((one) => !known.some(({ problem }) => problem.test(one)));
    assert.deepEqual(unknown.sort(), []);
    const past = known.filter(({ problem }) => ![...problems.keys()].some((one) => problem.test(one)));
    assert.deepEqual(past, [], "differences that are listed and no longer there");
  });
}

/** All exchanges of the suite that the sandbox answered by itself. */
async function trafficOf(
  t: Parameters<typeof openBench>[0],
  subject: Subject,
): Promise<readonly SandboxExchange[]> {
  const traffic: SandboxExchange[] = [];
  const watch = (exchange: SandboxExchange): void => {
    if (exchange.fault === undefined) traffic.push(exchange);
  };
  const bench = await openBench(t, subject, { watch });
  for (const entity of Object.keys(subject.connector.entities)) {
    // What belongs to other records and has no list is read where it is made.
    if (!bench.connection.can(entity, "list")) continue;
    const records = await readAll(bench.connection, entity);
    if (!bench.connection.can(entity, "get")) continue;
    await bench.connection.get(
      entity,
      records.slice(0, 3).map(({ id }) => id),
    );
  }
  await subject.facts.tour?.(bench.sandbox);
  if (subject.connector.entities["credit_application"]?.create)
    await appliedCredit(await openBench(t, subject, { watch }));
  for (const name of Object.keys(CAPABILITIES) as Capability[]) {
    if (subject.capabilities.lacks[name] === undefined)
      await check(name, await openBench(t, subject, { watch }));
  }
  return traffic;
}

test("a contract finds a field that the vendor does not have, a wrong type and an unknown parameter", () => {
  const document = {
    openapi: "3.0.0",
    servers: [{ url: "/v1" }],
    paths: {
      "/boats/{id}": {
        get: {
          parameters: [{ name: "fields", in: "query" }],
          responses: {
            200: { content: { "application/json": { schema: { $ref: "#/components/schemas/Boat" } } } },
          },
        },
      },
    },
    components: { schemas: { Boat: { type: "object", properties: { name: { type: "string" } } } } },
  };
  const check: Contract = openapiContract(document, { basePath: "/v1" });
  const request = {
    method: "GET",
    path: "/v1/boats/7",
    query: new URLSearchParams("colour=red"),
    headers: {},
    body: "",
    params: {},
  };
  const reply = { status: 200, body: { name: 7, mast: true } };
  assert.deepEqual(check({ request, url: "", reply, fault: undefined }), {
    request: ["? has no parameter colour"],
    response: ["/ must NOT have additional properties mast", "/name must be string"],
  });
});
