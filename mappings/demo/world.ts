import type { World } from "../../engine/connector/sandbox/world.ts";
import { GL, TERMS } from "./world/chart.ts";
import { makeCompanies } from "./world/companies.ts";
import { expectedBooks } from "./world/expected.ts";
import { makeInvoices } from "./world/invoices.ts";
import { makeRandom } from "./world/random.ts";
import { makeReceipts } from "./world/receipts.ts";
import { withServices } from "./world/services.ts";

const TODAY = "2026-11-15";

/** Money on account from a taxi firm that neither the PSA nor billing knows. */
const STRANGERS: World["strangers"] = [
  {
    id: "9001",
    name: "Harbor Taxi Co-op",
    receipt: {
      company: null,
      date: "2026-10-20",
      amount: 25_000,
      method: "check",
      reference: "CHK 20417",
      allocations: [],
    },
  },
];

/**
 * The demo's world: Lakeside, a telecom and IT provider near Tampa, three months of its invoices and payments.
 * Depends on the seed alone: the same seed gives an equal world everywhere.
 */
export function makeWorld(seed = 1): World {
  const companies = withServices(makeCompanies(makeRandom(seed, "companies"), TODAY));
  const invoices = makeInvoices(makeRandom(seed, "invoices"), companies);
  const receipts = makeReceipts(makeRandom(seed, "receipts"), invoices, TODAY);
  return {
    seed,
    today: TODAY,
    currency: "USD",
    terms: TERMS,
    gl: GL,
    companies,
    invoices,
    receipts,
    strangers: STRANGERS,
    expected: expectedBooks(companies, invoices, receipts),
  };
}
