import assert from "node:assert/strict";
import { test } from "node:test";
import { evenAddress } from "../../engine/core/address.ts";

for (const { name, written, want } of [
  { name: "a state written out", written: ["Florida", "33602", "US"], want: ["FL", "33602"] },
  { name: "a state in small letters", written: ["fl", "33602", null], want: ["FL", "33602"] },
  { name: "dots and spaces", written: [" N. Y. ", "12057", "US"], want: ["NY", "12057"] },
  { name: "two words", written: ["west  virginia", "25301", "US"], want: ["WV", "25301"] },
  { name: "nine digits together", written: ["FL", "336021234", "US"], want: ["FL", "33602-1234"] },
  { name: "nine digits with a space", written: ["FL", "33602 1234", "US"], want: ["FL", "33602-1234"] },
  { name: "a hyphen with nothing behind it", written: ["FL", "33602-", "US"], want: ["FL", "33602"] },
  { name: "four digits stay what they are", written: ["FL", "3360", "US"], want: ["FL", "3360"] },
  { name: "a state that there is not stays", written: ["Florda", "33602", "US"], want: ["Florda", "33602"] },
  { name: "a province and its code", written: ["Ontario", "k1a0b1", "CA"], want: ["ON", "K1A 0B1"] },
  { name: "other countries stay", written: ["Bayern", "80331", "DE"], want: ["Bayern", "80331"] },
  { name: "what is missing stays missing", written: [null, null, "US"], want: [null, null] },
]) {
  test(`evenAddress: ${name}`, () => {
    const [region = null, postal_code = null, country = null] = written;
    const even = evenAddress({ lines: ["12 Main St"], city: "X", region, postal_code, country });
    assert.deepEqual([even.region, even.postal_code], want);
    assert.deepEqual([even.lines, even.city, even.country], [["12 Main St"], "X", country]);
  });
}
