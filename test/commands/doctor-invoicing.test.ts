import assert from "node:assert/strict";
import { test } from "node:test";
import { doctor } from "../../engine/commands/doctor.ts";
import { billingWorld, openBilling } from "../support/billing-month.ts";

test("R48, R49: doctor finds a customer that invoicing names by anything but its id in the PSA", async (t) => {
  const [company] = billingWorld.companies;
  assert.ok(company);
  const { ids, number } = company;
  const customers = { [number]: "consolidated", [ids.psa]: "consolidated", "99999": "consolidated" };
  const { demo } = await openBilling(t, { ledger: "quickbooks", invoicing: { customers } });
  const { findings } = await doctor(demo.place, { node: "22.1.0" });
  const said = findings.filter(({ about }) => about === "invoicing");
  assert.deepEqual(
    said.map(({ level, kind, text }) => [level, kind, text]),
    [
      [
        "error",
        "config",
        'customers names "99999", which is no customer\'s id in the PSA: write its id there',
      ],
      [
        "error",
        "config",
        `customers names "${number}", which is no customer's id in the PSA: ${number} is the number of customer ${ids.psa}`,
      ],
    ],
  );
});
