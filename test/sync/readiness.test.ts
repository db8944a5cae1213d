import assert from "node:assert/strict";
import { test } from "node:test";
import { expectedOf } from "../../engine/sync/readiness/expected.ts";
import type { ContractLineFacts, ServiceFacts } from "../../engine/sync/readiness/facts.ts";
import { createFindJurisdiction } from "../../engine/sync/readiness/jurisdiction.ts";

const table = {
  name: "jurisdictions",
  file: "jurisdictions.yaml",
  lines: [],
  rows: [
    { code: "33602-1234", jurisdiction: "YBOR" },
    { code: "33602", county: "12057" },
    { code: "FIPS-12057", jurisdiction: "HILLS" },
    { code: "33605", county: "99999" },
    { code: "33606" },
    { code: "US-GA", jurisdiction: "GA" },
    { code: "US-FL", jurisdiction: "FL" },
    { code: "US-NY", jurisdiction: "NY" },
    { code: "CA-K1A 0B1", jurisdiction: "OTTAWA" },
  ],
};

for (const { name, address, want } of [
  {
    name: "four digits more come first",
    address: { postal_code: "33602-1234", country: "US" },
    want: "YBOR",
  },
  {
    name: "written together they are the same",
    address: { postal_code: "336021234", country: "US" },
    want: "YBOR",
  },
  {
    name: "other four digits go by the ZIP code and its county",
    address: { postal_code: "33602-9999", country: "US" },
    want: "HILLS",
  },
  {
    name: "a state is the last resort",
    address: { postal_code: "31201", region: "ga", country: null },
    want: "GA",
  },
  {
    name: "another country's codes bear its name",
    address: { postal_code: "k1a 0b1", country: "CA" },
    want: "OTTAWA",
  },
  {
    name: "a state that is written out is the same state",
    address: { postal_code: "31201", region: "Georgia", country: "US" },
    want: "GA",
  },
  {
    name: "a ZIP code with the digits of a county is no county",
    address: { postal_code: "12057", region: "NY", country: "US" },
    want: "NY",
  },
  {
    name: "a county that the table lacks resolves nothing, though its state has a row",
    address: { postal_code: "33605", region: "FL", country: "US" },
    want: null,
  },
  {
    name: "a row that leads nowhere resolves nothing, though its state has a row",
    address: { postal_code: "33606", region: "FL", country: "US" },
    want: null,
  },
  {
    name: "a ZIP code of four digits resolves nothing",
    address: { postal_code: "3360", region: "GA", country: "US" },
    want: null,
  },
  { name: "no address resolves nothing", address: null, want: null },
]) {
  test(`R36: tax jurisdiction: ${name}`, () => {
    const { code, why } = createFindJurisdiction(table)(address);
    assert.equal(code, want);
    assert.equal(why === "", want !== null);
  });
}

function line(id: string, quantity: string, unit_amount_decimal: string | null): ContractLineFacts {
  return {
    id,
    description: id,
    service_type: "number",
    quantity,
    unit_amount_decimal,
    start_date: null,
    end_date: null,
  };
}

function numbers(count: number, contract_line_id: string | null = null): readonly ServiceFacts[] {
  return Array.from(
    { length: count },
    (_, index): ServiceFacts => ({
      ...{
        id: `${contract_line_id} ${index}`,
        kind: "did",
        status: "active",
        location_id: null,
        parent_service_id: null,
      },
      ...{
        number: null,
        circuit_id: null,
        rate_plan_code: null,
        contract_line_id,
        provenance: "manual",
        exempt: new Set(),
      },
    }),
  );
}

for (const { name, lines, services, want } of [
  {
    name: "10 sold, 7 there: 3 under, priced",
    lines: [line("a", "10", "24.95")],
    services: numbers(7),
    want: [["7", "-3", -7_485]],
  },
  {
    name: "12 there: 2 over, priced",
    lines: [line("a", "10", "0.375")],
    services: numbers(12),
    want: [["12", "2", 75]],
  },
  {
    name: "services fill the lines in order, and what is over stands on the last",
    lines: [line("a", "2", "1.00"), line("b", "3", "2.00")],
    services: numbers(6),
    want: [
      ["2", "0", 0],
      ["4", "1", 200],
    ],
  },
  {
    name: "a service that names its line counts there",
    lines: [line("a", "2", "1.00"), line("b", "3", "2.00")],
    services: [...numbers(2, "b"), ...numbers(1)],
    want: [
      ["1", "-1", -100],
      ["2", "-1", -200],
    ],
  },
  {
    name: "without a price the gap has no amount",
    lines: [line("a", "1", null)],
    services: [],
    want: [["0", "-1", null]],
  },
]) {
  test(`R41: expected quantities: ${name}`, () => {
    const contract = {
      id: "c",
      number: "c",
      status: "signed",
      cancellation_date: null,
      currency: "USD",
      lines,
    } as const;
    const found = expectedOf([contract], services, "2026-09-01");
    assert.deepEqual(
      found.map(({ provisioned_quantity, gap, gap_amount }) => [provisioned_quantity, gap, gap_amount]),
      want,
    );
  });
}
