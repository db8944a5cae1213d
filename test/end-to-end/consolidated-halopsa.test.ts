import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Row } from "../../engine/connector/sandbox/types.ts";
import type { Json } from "../../engine/core/json.ts";
import type { RunReport } from "../../engine/sync/types.ts";
import { SYSTEMS } from "../matrix/systems.ts";
import { type BillingMonth, openBilling } from "../support/billing-month.ts";

interface HaloMonth extends Omit<BillingMonth, "work"> {
  /** Time on ticket 20455, as it is entered in the product: no request makes it. */
  work(id: number, fields: Row): void;
  /** Charges what there is, and lets billing take it in. */
  charge(): Promise<RunReport>;
}

async function open(t: TestContext): Promise<HaloMonth> {
  const psa = { ...SYSTEMS.psa.halopsa, allow_unverified: ["billable_item"] };
  const invoicing = { mode: "consolidated" };
  const month = await openBilling(t, { ledger: "quickbooks", invoicing, psa, marks: true });
  const { ledger } = month.demo.sandboxes.psa;
  ledger.put("Tickets", "20455", { id: 20455, summary: "Handset down", client_id: Number(month.customer) });
  await month.demo.run({ pipelines: ["customers"] });
  const work: HaloMonth["work"] = (id, fields) => {
    const key = `20455:${id}`;
    const entry = {
      id,
      ticket_id: 20455,
      datetime: "2026-10-05T14:00:00",
      timetaken: 1.5,
      actisbillable: true,
      actreviewed: true,
      actionchargehours: 1.5,
      actionchargeamount: 225,
      chargerate: 2,
      actioncontractid: 0,
      actioninvoicenumber: "",
      action_invoice_line_id: 0,
      note: "Handset replacement",
    };
    ledger.put("Actions", key, { ...(ledger.get("Actions", key) ?? entry), ...fields });
  };
  const charge: HaloMonth["charge"] = async () => {
    const report = await month.demo.run({ pipelines: ["billable-items"] });
    month.demo.sandboxes.billing.tend();
    return report;
  };
  return { ...month, work, charge };
}

test("R50: reviewed time and recurring lines of HaloPSA become charges, once", async (t) => {
  const month = await open(t);
  month.work(6, {});
  month.work(7, { actreviewed: false });
  month.work(8, { actisbillable: false });
  month.work(9, { actioninvoicenumber: "INV-6100" });
  month.work(10, { datetime: "2026-08-31T10:00:00" });
  await month.charge();
  const care = "recurring:4104:2026-10-01";
  const charges = month.charges();
  assert.deepEqual(Object.keys(charges).sort(), ["action:20455:6", "recurring:4104:2026-09-01", care]);
  assert.equal(charges["action:20455:6"]?.["amount"], 22500);
  assert.deepEqual(charges[care], {
    charge_type: "MSP-CARE",
    quantity: "12.5",
    price: "80",
    amount: 100000,
    tax_class: null,
    work: null,
    period: "2026-10-01 2026-10-31",
  });
  month.work(7, { actreviewed: true });
  await month.charge();
  await month.charge();
  assert.equal(Object.keys(month.charges()).length, 4);
  assert.deepEqual(await month.demo.issues(), []);
});

test("R50: time of HaloPSA that changes is adjusted, and credited when it is gone, but not for a list without it", async (t) => {
  const month = await open(t);
  month.work(6, {});
  await month.charge();
  month.work(6, { actionchargehours: 2, actionchargeamount: 300 });
  await month.charge();
  assert.equal(month.charges()["action:20455:6~2"]?.["amount"], 7500);
  const { ledger } = month.demo.sandboxes.psa;
  const empty = { kind: "reply", method: "GET", path: "/Actions\\?", times: 1 } as const;
  for (let times = 0; times < 3; times++) {
    month.demo.sandboxes.psa.fault({
      ...empty,
      reply: { status: 200, body: { record_count: 0, actions: [] } },
    });
    await month.charge();
  }
  assert.equal(Object.hasOwn(month.charges(), "action:20455:6~3"), false);
  ledger.remove("Actions", "20455:6");
  for (let times = 0; times < 2; times++) await month.charge();
  assert.equal(month.charges()["action:20455:6~3"]?.["amount"], -30000);
});

test("R50: a list of HaloPSA's time that is cut fails the run, and credits nothing", async (t) => {
  const month = await open(t);
  month.work(6, {});
  month.work(7, {});
  await month.charge();
  month.demo.edit("client.yaml", (text) => text.replace("country: US", "country: US\n      actions_max: 1"));
  const report = await month.charge();
  assert.equal(report.status, "failed");
  assert.match(report.pipelines[0]?.message ?? "", /page/);
  assert.equal(Object.keys(month.charges()).length, 4);
});

test("R54: time of HaloPSA says in externalinvoicenumber what billed it; a recurring line stays a person's task", async (t) => {
  const month = await open(t);
  month.work(6, {});
  await month.charge();
  const mark = async (): Promise<Json> => {
    await month.demo.run({ pipelines: ["billed-items"] });
    return month.demo.sandboxes.psa.ledger.get("Actions", "20455:6")?.["externalinvoicenumber"] ?? null;
  };
  assert.equal(await mark(), "charged");
  month.billCharges("INV-1");
  assert.equal(await mark(), "INV-1");
  month.demo.writes("psa");
  await month.charge();
  assert.equal(await mark(), "INV-1");
  assert.equal(month.demo.writes("psa"), 0);
  const { items } = await month.proof("2026-10");
  assert.deepEqual(
    items.map(({ item, to_mark, open_there }) => [item, to_mark, open_there]),
    [
      ["action:20455:6", false, true],
      ["recurring:4104:2026-10-01", true, false],
    ],
  );
  assert.deepEqual(await month.demo.issues(), []);
});
