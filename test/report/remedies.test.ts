import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../engine/config/root.ts";
import { isKnownReason, remedyOf, type Trouble } from "../../engine/report/remedies.ts";
import { groupTroubles, renderTroubles } from "../../engine/report/troubles.ts";

const HELD: Trouble & { readonly message: string; readonly since: string } = {
  client: "acme",
  pipeline: "invoices",
  source: "billing",
  target: "accounting",
  entity: "invoice",
  linked_as: "invoice",
  source_id: "9001",
  kind: "held",
  reason: "reference_missing",
  refers: { entity: "customer", id: "5001" },
  message: "customer 5001 is not linked",
  since: "2026-08-10T12:00:00Z",
};

test("R74: what waits is listed once a reason, with who must act and a command that can be typed", () => {
  const older = { ...HELD, source_id: "9002", since: "2026-08-09T12:00:00Z" };
  const unmapped = { ...HELD, source_id: "9003", reason: "code_unmapped", refers: null };
  assert.equal(
    renderTroubles(groupTroubles([HELD, older, unmapped])),
    [
      "Not automated, and who must act:",
      "  invoices: 2 held records, reference_missing, since 2026-08-09T12:00:00Z",
      "    whoever decides about links and values: link or sync what it refers to; it goes on by itself then",
      "    tripoint idmap link customer billing:5001 accounting:<id> --client acme",
      "  invoices: 1 held record, code_unmapped, since 2026-08-10T12:00:00Z",
      "    the integrator (YAML): add the code to the code map",
      "    tripoint validate --client acme",
      "",
    ].join("\n"),
  );
});

test("R74: of several links those of the target are taken off, and the record keeps its own", () => {
  assert.equal(
    remedyOf({ ...HELD, reason: "link_ambiguous" }).command,
    "tripoint idmap unlink invoice accounting:<id> --client acme",
  );
  assert.equal(
    remedyOf({ ...HELD, reason: "reference_ambiguous" }).command,
    "tripoint idmap unlink customer accounting:<id> --client acme",
  );
});

test("R74: an id that a shell would take apart is quoted", () => {
  assert.equal(
    remedyOf({ ...HELD, source_id: "A 7&8", reason: "refused" }).command,
    "tripoint held retry 'A 7&8' --client acme",
  );
});

test("R74: what becomes another entity in the target is linked as that", () => {
  assert.equal(
    remedyOf({ ...HELD, linked_as: "credit_note", reason: "target_missing" }).command,
    "tripoint idmap unlink credit_note billing:9001 --client acme",
  );
});

test("R74: every reason for which a run sets a record aside says who must act", () => {
  const folder = join(packageRoot(), "engine", "sync");
  const text = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");
  // Where a stage holds a record or refuses it for good, its reason stands beside the word for that.
  const found = [
    ...text.matchAll(/action: "(?:hold|dead_letter)",\s*reason: "([a-z_]+)"/g),
    ...text.matchAll(/\b(?:hold|deadLetter|held|close)\((?:[\w.]+, )*"([a-z_]+)"/g),
  ].map(([, reason = ""]) => reason);
  assert.ok(new Set(found).size > 20, `only ${found.join(", ")}`);
  assert.deepEqual(
    [...new Set(found)].filter((reason) => !isKnownReason(reason)),
    [],
  );
});
