import { test } from "node:test";
import { sandbox } from "../../../connectors/sqlite-billing/sandbox.ts";
import { openDemoBilling } from "../../support/demo-billing.ts";
import { assertBooks } from "../../support/reference-books.ts";

test("sqlite-billing: the demo ends with the books that its world expects, and a further run writes nothing", async (t) => {
  const demo = await openDemoBilling(t, sandbox, {
    connector: "sqlite-billing",
    settings: { database: `\${SQLITE_BILLING_DB}` },
  });
  const last = await demo.settle();
  assertBooks(demo, last);
});
