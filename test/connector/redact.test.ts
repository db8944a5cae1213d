import assert from "node:assert/strict";
import { test } from "node:test";
import { createRedactor } from "../../engine/connector/redact.ts";

for (const { name, text, want } of [
  { name: "a resolved secret", text: "bad key p@ss word!", want: "bad key ***" },
  { name: "a secret in an address", text: "?k=p%40ss%20word!", want: "?k=***" },
  { name: "a secret in Base64", text: `x ${btoa("p@ss word!")} y`, want: "x *** y" },
  { name: "an authorization header", text: "Authorization: Bearer abc.def-ghi", want: "Authorization: ***" },
  { name: "a bearer token alone", text: "sent Bearer abcdefgh12345", want: "sent Bearer ***" },
  { name: "a token in JSON", text: '{"refresh_token":"RT1-x","a":1}', want: '{"refresh_token":"***","a":1}' },
  { name: "a token in a form", text: "a=1&access_token=abc&b=2", want: "a=1&access_token=***&b=2" },
  { name: "a JSON text that was cut", text: '{"password":"half', want: '{"password":"***"' },
  { name: "a secret after a star", text: "password: *hunter2", want: "password: ***" },
  {
    name: "a reference to a secret",
    text: "{ password: env:PSA_PASSWORD, private_key: file:/run/key }",
    want: "{ password: env:PSA_PASSWORD, private_key: file:/run/key }",
  },
  { name: "what stands masked already", text: "password: *********, x", want: "password: *********, x" },
  { name: "a card number", text: "paid by 4111 1111-1111 1111 today", want: "paid by *** today" },
  {
    name: "a long number that is no card",
    text: "invoice 4111111111111112",
    want: "invoice 4111111111111112",
  },
  {
    name: "ordinary words",
    text: "the token of this record is stale",
    want: "the token of this record is stale",
  },
]) {
  test(`redact: ${name}`, () => {
    const redactor = createRedactor();
    redactor.hide("p@ss word!");
    assert.equal(redactor.redact(text), want);
  });
}

test("redact: a value too short to be a secret hides nothing", () => {
  const redactor = createRedactor();
  redactor.hide("a");
  assert.equal(redactor.redact("a name"), "a name");
});
