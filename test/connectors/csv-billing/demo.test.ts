import { test } from "node:test";
import { sandbox } from "../../../connectors/csv-billing/sandbox.ts";
import { openDemoBilling } from "../../support/demo-billing.ts";
import { assertBooks } from "../../support/reference-books.ts";

test("csv-billing: the demo ends with the books that its world expects, and a further run writes nothing", async (t) => {
  const demo = await openDemoBilling(t, sandbox, {
    connector: "csv-billing",
    settings: { folder: `\${CSV_BILLING_FOLDER}`, quiet_ms: 0 },
  });
  const last = await demo.settle();
  assertBooks(demo, last);
});
