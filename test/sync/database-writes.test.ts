import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { test } from "node:test";
import { openDemo, part, writesIn } from "../support/demo.ts";
import { Native } from "../support/native-sqlite.ts";
import { GL_CODES } from "../support/tiny-demo.ts";
import { tinyWorld } from "../support/tiny-world.ts";

const options = { skip: Native === undefined };

test(
  "run: a billing database is kept in step by rows in it, and a second run writes none",
  options,
  async (t) => {
    if (Native === undefined) throw new Error("better-sqlite3 is not there");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of client.yaml
    const database = "${SQLITE_BILLING_DB}.own";
    const billing = { connector: "sqlite-billing", settings: { database, writes: "database" } };
    const demo = await openDemo(t, {
      world: tinyWorld,
      files: { "gl-codes.yaml": GL_CODES },
      systems: { billing },
    });
    const shown = demo.sandboxes.billing.environment["SQLITE_BILLING_DB"] ?? assert.fail();
    copyFileSync(shown, `${shown}.own`);
    const own = new Native(`${shown}.own`);
    t.after(() => own.close());
    const rows = (sql: string) => own.prepare(sql).all();
    const before = rows("SELECT * FROM customers").length;
    const first = await demo.run();
    assert.deepEqual(
      first.pipelines.filter(({ status }) => status !== "done"),
      [],
    );
    const [customers, payments] = [part(first, "customers"), part(first, "payments")];
    assert.ok(payments.created > 0);
    assert.equal(rows("SELECT * FROM payments").length, payments.created);
    assert.equal(rows("SELECT * FROM imports WHERE table_name = 'payments'").length, payments.created);
    assert.deepEqual(
      rows(
        `SELECT amount - (SELECT sum(amount) FROM payment_allocations WHERE payment_id = id) AS apart
       FROM payments GROUP BY 1`,
      ),
      [{ apart: 0 }],
    );
    assert.ok(customers.created > 0);
    assert.equal(rows("SELECT * FROM customers").length, before + customers.created);
    const second = await demo.run();
    assert.equal(writesIn(second), 0);
  },
);
