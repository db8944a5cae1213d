import assert from "node:assert/strict";
import { test } from "node:test";
import { addressKey, nameNormalized } from "../../engine/core/normalize.ts";

for (const { name, want } of [
  { name: "Acme Telecom, LLC", want: "acme telecom" },
  { name: "ACME  TELECOM L.L.C.", want: "acme telecom" },
  { name: "Café Müller GmbH & Co. KG", want: "cafe muller" },
  { name: "Smith & Sons, Inc.", want: "smith and sons" },
  { name: "Smith and Sons", want: "smith and sons" },
  { name: "O'Neil Dental P.A.", want: "oneil dental" },
  { name: "Øre & Straße Ltd", want: "ore and strasse" },
  { name: "Company Store", want: "company store" },
  { name: "Co", want: "co" },
  { name: "  ", want: "" },
]) {
  test(`nameNormalized: "${name}" is "${want}"`, () => assert.equal(nameNormalized(name), want));
}

const MAIN = {
  lines: ["12 Main St.", "Ste 4"],
  city: "St. Petersburg",
  region: "FL",
  postal_code: "33602-1234",
  country: "US",
};

for (const { name, address } of [
  { name: "long words and another case", address: { ...MAIN, lines: ["12 MAIN STREET", "SUITE 4"] } },
  { name: "one line and a number sign", address: { ...MAIN, lines: ["12 Main Street, #4"] } },
  { name: "a sign behind the word", address: { ...MAIN, lines: ["12 Main St", "Unit #4"] } },
  { name: "five digits of the postal code", address: { ...MAIN, postal_code: "33602" } },
  { name: "nine digits without a hyphen", address: { ...MAIN, postal_code: "336021234" } },
  { name: "saint written out", address: { ...MAIN, city: "Saint Petersburg" } },
  { name: "the state written out", address: { ...MAIN, region: "Florida" } },
  { name: "the country left out", address: { ...MAIN, country: null } },
]) {
  test(`addressKey: ${name} make no difference`, () => assert.equal(addressKey(address), addressKey(MAIN)));
}

for (const { name, address } of [
  { name: "another house", address: { ...MAIN, lines: ["13 Main St.", "Ste 4"] } },
  { name: "another suite", address: { ...MAIN, lines: ["12 Main St.", "Ste 5"] } },
  { name: "an apartment for a suite", address: { ...MAIN, lines: ["12 Main St.", "Apt 4"] } },
  { name: "another postal code", address: { ...MAIN, postal_code: "33603" } },
  { name: "another country", address: { ...MAIN, country: "CA" } },
]) {
  test(`addressKey: ${name} is another key`, () => assert.notEqual(addressKey(address), addressKey(MAIN)));
}

test("addressKey: a saint behind the house number is no street", () => {
  const key = addressKey({ ...MAIN, lines: ["12 St Marys St"] });
  assert.equal(key, "12 saint marys street|saint petersburg|fl|33602|us");
});

test("addressKey: what is no address has no key", () => {
  for (const value of [null, undefined, "12 Main St", [], {}, { lines: [], city: "Tampa" }]) {
    assert.equal(addressKey(value), undefined);
  }
});
