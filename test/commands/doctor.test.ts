import assert from "node:assert/strict";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exitOfFindings } from "../../engine/cli/exit-codes.ts";
import { doctor } from "../../engine/commands/doctor.ts";
import { systemClock } from "../../engine/core/clock.ts";
import type { Json } from "../../engine/core/json.ts";
import { type DoctorView, renderDoctor } from "../../engine/report/doctor.ts";
import { openTokenStore } from "../../engine/state/tokens.ts";
import { type Books, type BooksOptions, startBooks } from "./books.ts";

const NODE = { node: "22.1.0" };
const SCHEDULE = 'schedules: { customers: "30 6 * * *" }';

function wrong({ findings }: DoctorView): readonly string[] {
  return findings.filter(({ level }) => level !== "ok").map(({ about, text }) => `${about}: ${text}`);
}

test("doctor: a client that could run is told so, with latency, login, due times and what each entity can", async (t) => {
  const books = await startBooks(t, { refreshToken: true, more: SCHEDULE });
  const at = { ...books.place, clock: { ...systemClock, now: Date.now } };
  const view = await doctor(at, NODE);
  assert.deepEqual(wrong(view), []);
  assert.equal(exitOfFindings(view.findings), 0);
  const [psa, accounting] = view.systems;
  assert.equal(psa?.login_days_left, null);
  assert.equal(accounting?.login_days_left, 99);
  for (const system of view.systems) {
    assert.ok((system.latency_ms ?? -1) >= 0);
    assert.ok(Math.abs(system.clock_ahead_ms ?? 9999) < 1500, String(system.clock_ahead_ms));
  }
  const invoice = accounting?.entities.find(({ entity }) => entity === "invoice");
  assert.deepEqual(invoice?.can, ["list", "get", "find", "create", "update", "void"]);
  assert.match(
    invoice?.exactly_once ?? "",
    /^a key sent with it, a look-up .*, the refusal of a second one$/,
  );
  const [due] = view.pipelines;
  assert.equal(due?.next_due.length, 3);
  for (const next of due?.next_due ?? []) assert.match(next, /T1[01]:30:00Z$/);
  assert.equal(view.time_zone, "America/New_York");
  assert.equal(books.server.log.filter(({ write }) => write).length, 0);
  const text = renderDoctor(view);
  assert.match(text, /^accounting +quickbooks +\d+ ms +same +99 days$/m);
  // A second look uses the token of the first.
  await doctor(at, NODE);
  assert.equal(books.server.log.filter(({ url }) => url.startsWith("/oauth2/")).length, 1);
});

test("doctor: no secret and no token is in what it says", async (t) => {
  const books = await startBooks(t, { refreshToken: true });
  const view = await doctor(books.place, NODE);
  const value = openTokenStore(books.place.state).get("accounting:quickbooks");
  const tokens = Object.values(JSON.parse(JSON.stringify(value))).filter((one) => typeof one === "string");
  const canaries = ["psa-key-canary", "sandbox-client-secret", ...tokens.filter((one) => one.length > 16)];
  assert.ok(canaries.length >= 4);
  for (const text of [JSON.stringify(view), renderDoctor(view)]) {
    for (const canary of canaries) assert.ok(!text.includes(canary), canary);
  }
});

for (const { name, options = {}, prepare = () => {}, says, exit } of [
  {
    name: "a login that is missing",
    says: [/^accounting: tripoint is not logged in .*Type: tripoint connect accounting$/],
    exit: 4,
  },
  {
    name: "a refused key",
    options: { refreshToken: true, env: { PSA_KEY: "wrong-canary" } },
    says: [/^psa: /],
    exit: 4,
  },
  {
    name: "a system out of reach",
    options: { refreshToken: true, env: { PSA_URL: "http://127.0.0.1:1" } },
    says: [/^psa: .*cannot be reached/],
    exit: 5,
  },
  {
    name: "a secret that is not set, and the webhook's",
    options: {
      refreshToken: true,
      env: { PSA_KEY: "" },
      more: "notify: { webhook: env:ALERT_URL }",
    },
    says: [/^secrets: .*"key" of psa is not there/, /^notify: nobody is told: the variable ALERT_URL/],
    exit: 2,
  },
  {
    name: "a state that is gone",
    options: { refreshToken: true },
    prepare: ({ place }: Books) => rmSync(place.state, { recursive: true }),
    says: [/^state: there is no state folder/],
    exit: 7,
  },
  {
    name: "tokens that others can read",
    options: { refreshToken: true },
    prepare: ({ place }: Books) => {
      openTokenStore(place.state).put("x", 1);
      chmodSync(join(place.state, "tokens.json"), 0o644);
    },
    says: [/^state: others can read the state: type chmod 600/],
    exit: 7,
  },
  {
    name: "a folder that others can look into",
    options: { refreshToken: true },
    prepare: ({ place }: Books) => chmodSync(place.state, 0o755),
    says: [/^state: others can look into it: chmod 700/],
    exit: 0,
  },
] satisfies readonly {
  readonly name: string;
  readonly options?: BooksOptions;
  readonly prepare?: (books: Books) => void;
  readonly says: readonly RegExp[];
  readonly exit: number;
}[]) {
  test(`doctor: ${name} is found, and is exit code ${exit}`, async (t) => {
    const books = await startBooks(t, options);
    prepare(books);
    // Time passes at once where a system is tried again.
    const clock = { now: Date.now, sleep: async () => {} };
    const view = await doctor({ ...books.place, clock }, NODE);
    const found = wrong(view);
    assert.equal(found.length, says.length, found.join("\n"));
    for (const [index, pattern] of says.entries()) assert.match(found[index] ?? "", pattern);
    assert.ok(!found.join().includes("canary"));
    assert.equal(exitOfFindings(view.findings), exit);
  });
}

test("doctor: an old Node.js, a login near its end and a clock that is off are warnings", async (t) => {
  const books = await startBooks(t, { refreshToken: true });
  await doctor(books.place, NODE);
  const days = 95;
  const clock = { ...systemClock, now: () => Date.now() + days * 86_400_000 };
  const view = await doctor({ ...books.place, clock }, { node: "20.18.1" });
  assert.match(wrong(view)[0] ?? "", /^node: 20\.18\.1 gets no security fixes/);
  assert.match(wrong(view).join("\n"), /^psa: its clock and this machine's differ by 82080\d\d s/m);
  assert.equal(exitOfFindings(view.findings), 0);
});

test("R31: doctor: fields of customers that hold another system's ids are candidates for external ids", async (t) => {
  const customers: Json[] = [];
  const books = await startBooks(t, { refreshToken: true, customers });
  const ids = books.server.ledger.all("Customer").map((row) => String(row["Id"]));
  assert.ok(ids.length >= 3);
  ids.forEach((id, index) => {
    customers.push({
      id: `P-${index}`,
      name: `Company ${index}`,
      custom: { books_id: index === 0 ? "other" : id, rank: index === 0 ? id : "z" },
    });
  });
  const view = await doctor(books.place, NODE);
  assert.deepEqual(view.external_ids, [
    {
      system: "psa",
      field: "raw.custom.books_id",
      holds: "accounting",
      hits: ids.length - 1,
      values: ids.length,
      in_use: false,
    },
  ]);
  assert.match(renderDoctor(view), /psa raw\.custom\.books_id holds ids of accounting: \d+ of \d+/);
});
