import assert from "node:assert/strict";
import { test } from "node:test";
import type { World, WorldInvoice } from "../../engine/connector/sandbox/world.ts";
import { timesRoundHalfUp } from "../../engine/core/money.ts";
import { makeWorld } from "../../mappings/demo/world.ts";

const WORLDS = Array.from({ length: 50 }, (_, index) => makeWorld(index + 1));

test("world: every line with a unit price ties to quantity × price rounded half up, and some lines have none", () => {
  for (const { invoices, seed } of WORLDS) {
    const lines = invoices.flatMap((invoice) => invoice.lines);
    for (const { quantity, unit_amount_decimal, amount, charge_type } of lines) {
      assert.match(quantity, /^\d+(\.\d+)?$/);
      if (unit_amount_decimal === null) assert.match(charge_type, /_USAGE$/);
      else assert.equal(timesRoundHalfUp(quantity, unit_amount_decimal, "USD"), amount);
    }
    const loose = lines.filter(({ unit_amount_decimal }) => unit_amount_decimal === null).length;
    const credits = lines.filter(({ amount }) => amount < 0).length;
    assert.ok(loose >= 20, `${loose} lines rated call by call, seed ${seed}`);
    assert.ok(credits >= 3 && credits <= 40, `${credits} credits, seed ${seed}`);
    assert.ok(lines.some(({ quantity, unit_amount_decimal }) => isHalfCent(quantity, unit_amount_decimal)));
  }
});

test("world: lines and taxes of every invoice add up to its total, in whole positive cents", () => {
  for (const { invoices } of WORLDS) {
    for (const { number, lines, taxes, total } of invoices) {
      assert.equal(sum(lines) + sum(taxes), total, number);
      assert.ok(Number.isSafeInteger(total) && total > 0, number);
      assert.ok(sum(lines) > 0, number);
      for (const { amount } of [...lines, ...taxes]) assert.ok(Number.isSafeInteger(amount));
    }
  }
});

test("world: a tax row is its rate on its line, rounded by itself, or 40 cents a line for E911", () => {
  for (const { lines, taxes, number } of WORLDS.flatMap(({ invoices }) => invoices)) {
    for (const { line_number, charge_type, rate_decimal, amount } of taxes) {
      const line = lines[line_number - 1];
      assert.ok(line, `${number} line ${line_number}`);
      const exact = rate_decimal === null ? 40 * Number(line.quantity) : line.amount * Number(rate_decimal);
      assert.ok(Math.abs(exact - amount) < 0.500001, `${number} ${charge_type} ${amount} ${exact}`);
      assert.notEqual(amount, 0);
    }
  }
});

test("world: only the tax-exempt and places outside Florida are spared the state's taxes", () => {
  for (const { companies, invoices } of WORLDS) {
    const exempt = new Set(companies.filter((company) => company.tax_exempt).map(({ number }) => number));
    for (const { company, taxes } of invoices.filter((invoice) => exempt.has(invoice.company))) {
      for (const { charge_type } of taxes) assert.match(charge_type, /^(FUSF|E911|REG-FEE)$/, company);
    }
    const taxed = invoices.filter(({ taxes }) => taxes.some(({ charge_type }) => charge_type === "FL-CST"));
    assert.ok(taxed.length > 100);
  }
});

test("world: invoice dates, periods and due dates lie in the three months and follow the terms", () => {
  for (const { invoices, companies, terms } of WORLDS) {
    for (const { company, invoice_date, due_date, period, number } of invoices) {
      assert.match(period.from, /^2026-(08|09|10)-01$/);
      assert.equal(period.to.slice(0, 7), period.from.slice(0, 7));
      assert.ok(invoice_date > period.from && invoice_date <= "2026-11-01", number);
      const key = companies.find((item) => item.number === company)?.terms;
      const days = (Date.parse(due_date) - Date.parse(invoice_date)) / 86_400_000;
      assert.equal(days, terms.find((item) => item.key === key)?.due_days);
    }
    const later = invoices.slice(2).map(({ invoice_date }) => invoice_date);
    assert.deepEqual(later, later.toSorted());
  }
});

test("world: every charge code posts to exactly one GL code, and every GL code gets money", () => {
  for (const { gl, invoices, expected, seed } of WORLDS) {
    const codes = gl.flatMap(({ charge_types }) => charge_types);
    assert.equal(new Set(codes).size, codes.length);
    const used = new Set(
      invoices.flatMap((i) => [...i.lines, ...i.taxes]).map(({ charge_type }) => charge_type),
    );
    assert.deepEqual([...used].toSorted(), codes.toSorted(), `seed ${seed}`);
    assert.deepEqual(Object.keys(expected.gl_totals).toSorted(), gl.map(({ gl_code }) => gl_code).toSorted());
    for (const total of Object.values(expected.gl_totals)) assert.ok(total > 0);
  }
});

test("world: what the books must show is what was generated", () => {
  for (const { companies, invoices, receipts, expected } of WORLDS) {
    const total = invoices.reduce((all, invoice) => all + invoice.total, 0);
    assert.equal(expected.invoice_count, invoices.length);
    assert.equal(expected.invoice_total, total);
    assert.equal(
      Object.values(expected.gl_totals).reduce((all, amount) => all + amount, 0),
      total,
    );
    const invoiced = new Set(invoices.map(({ company }) => company));
    assert.deepEqual([...invoiced].toSorted(), expected.billing_customers);
    for (const number of invoiced) assert.ok(expected.accounting_customers.includes(number));
    for (const { number, active, types } of companies) {
      assert.equal(expected.accounting_customers.includes(number), active && types.includes("Client"));
    }
    assert.deepEqual(
      expected.payments.map(({ reference }) => reference),
      receipts.map(({ reference }) => reference),
    );
  }
});

test("world: allocations never exceed their payment nor their invoice, and stay with the customer", () => {
  for (const { invoices, receipts } of WORLDS) {
    const byNumber = new Map(invoices.map((invoice) => [invoice.number, invoice]));
    for (const { amount, allocations, company, reference } of receipts) {
      assert.ok(allocations.length > 0);
      assert.ok(sum(allocations) <= amount, reference);
      for (const allocation of allocations) {
        assert.ok(allocation.amount > 0, reference);
        assert.equal(byNumber.get(allocation.invoice)?.company, company);
      }
    }
    const paid = paidByInvoice(receipts);
    for (const [number, amount] of paid) assert.ok(amount <= (byNumber.get(number)?.total ?? 0), number);
  }
});

test("world: receipts are dated after their invoices and not after today", () => {
  for (const { invoices, receipts, today } of WORLDS) {
    const dates = new Map(invoices.map(({ number, invoice_date }) => [number, invoice_date]));
    for (const { date, allocations, reference } of receipts) {
      assert.ok(date <= today, reference);
      for (const { invoice } of allocations) assert.ok(date > (dates.get(invoice) ?? ""), reference);
    }
  }
});

test("world: about 120 receipts leave about half of the invoices open", () => {
  for (const { invoices, receipts, seed } of WORLDS) {
    assert.ok(receipts.length >= 120 && receipts.length <= 122, `${receipts.length}, seed ${seed}`);
    const open = invoices.length - paidInFull(invoices, paidByInvoice(receipts)).length;
    assert.ok(open >= 140 && open <= 210, `${open} open, seed ${seed}`);
  }
});

test("world: every way of paying occurs", () => {
  for (const { invoices, receipts, seed } of WORLDS) {
    const paid = paidByInvoice(receipts);
    const full = new Set(paidInFull(invoices, paid));
    const payments = (number: string): number =>
      receipts.filter(({ allocations }) => allocations.some(({ invoice }) => invoice === number)).length;
    const kinds = {
      full: receipts.some((r) => r.allocations.length === 1 && full.has(r.allocations[0]?.invoice ?? "")),
      partial: [...paid.keys()].some((number) => !full.has(number)),
      two: receipts.some(({ allocations }) => allocations.length === 2),
      three: receipts.some(({ allocations }) => allocations.length === 3),
      over: receipts.some(({ amount, allocations }) => amount > sum(allocations)),
      finished_by_a_second: [...full].some((number) => payments(number) === 2),
      methods: new Set(receipts.map(({ method }) => method)).size === 3,
    };
    for (const [kind, found] of Object.entries(kinds)) assert.ok(found, `${kind}, seed ${seed}`);
  }
});

test("world: two receipts differ in nothing but their reference", () => {
  for (const { receipts, seed } of WORLDS) {
    const seen = new Set<string>();
    const twins = receipts.filter(({ company, date, amount, allocations }) => {
      const key = JSON.stringify([company, date, amount, allocations]);
      return seen.size === seen.add(key).size;
    });
    assert.ok(twins.length >= 1, `seed ${seed}`);
  }
});

test("world: the receipts entered last are dated back into a month that is over", () => {
  for (const { receipts } of WORLDS) {
    const [before, last] = [receipts.slice(0, -6), receipts.slice(-6)];
    assert.equal(before.at(-1)?.date.slice(0, 7), "2026-11");
    for (const { date } of last) assert.match(date, /^2026-(08-31|09-30|10-31)$/);
  }
});

function sum(rows: readonly { readonly amount: number }[]): number {
  return rows.reduce((total, { amount }) => total + amount, 0);
}

function paidByInvoice(receipts: World["receipts"]): ReadonlyMap<string, number> {
  const paid = new Map<string, number>();
  for (const { invoice, amount } of receipts.flatMap(({ allocations }) => allocations)) {
    paid.set(invoice, (paid.get(invoice) ?? 0) + amount);
  }
  return paid;
}

function paidInFull(invoices: readonly WorldInvoice[], paid: ReadonlyMap<string, number>): string[] {
  return invoices.filter(({ number, total }) => paid.get(number) === total).map(({ number }) => number);
}

/** True where quantity × price ends in exactly half a cent, which is where ways of rounding differ. */
function isHalfCent(quantity: string, unit: string | null): boolean {
  if (unit === null) return false;
  const millionths = BigInt(digits(quantity, 1)) * BigInt(digits(unit, 5));
  return millionths % 10_000n === 5_000n;
}

function digits(decimal: string, places: number): string {
  const [whole = "", fraction = ""] = decimal.split(".");
  return whole + fraction.padEnd(places, "0");
}
