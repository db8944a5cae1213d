import assert from "node:assert/strict";
import { test } from "node:test";
import { sandbox as sage } from "../../connectors/sage-accounting/sandbox.ts";
import { sandbox as xero } from "../../connectors/xero/sandbox.ts";
import { run } from "../../engine/commands/run.ts";
import { SystemError } from "../../engine/connector/types.ts";
import { openTokenStore } from "../../engine/state/tokens.ts";
import { startBooks } from "./books.ts";
import { begin, consent } from "./login.ts";

/** The login of each ledger that tells by an address of its own, and not in the callback, what it is good for. */

const LEDGERS = [
  {
    name: "xero",
    sandbox: xero,
    system: `
    connector: xero
    base_url: \${XERO_URL}
    settings:
      tenant_id: "\${XERO_TENANT}"
      token_url: "\${XERO_URL}/connect/token"
      authorize_url: "\${XERO_URL}/identity/connect/authorize"
    auth: { client_id: env:XERO_ID, client_secret: env:XERO_SECRET }`,
    scope: "offline_access accounting.transactions accounting.contacts accounting.settings",
    challenged: true,
    setting: "tenant_id",
    variable: "XERO_TENANT",
    page: "/api.xro/2.0/Contacts",
    days: 60,
  },
  {
    name: "sage-accounting",
    sandbox: sage,
    system: `
    connector: sage-accounting
    base_url: \${SAGE_URL}
    settings:
      business_id: "\${SAGE_BUSINESS}"
      token_url: "\${SAGE_TOKEN_URL}"
      authorize_url: "\${SAGE_AUTHORIZE_URL}"
    auth: { client_id: env:SAGE_ID, client_secret: env:SAGE_SECRET }`,
    scope: "full_access",
    challenged: false,
    setting: "business_id",
    variable: "SAGE_BUSINESS",
    page: "/v3.1/contacts",
    days: 31,
  },
];

for (const ledger of LEDGERS) {
  const { name, scope, challenged, setting, variable, page, days } = ledger;

  test(`connect ${name}: a consent logs in and tells the ${setting}, and a run reads with it`, async (t) => {
    const { place, server } = await startBooks(t, { ledger });
    const before = await run(place);
    assert.equal(before.pipelines[0]?.failure, "login");
    const { url, ended } = await begin(place);
    const asked = new URL(url).searchParams;
    assert.equal(asked.get("scope"), scope);
    assert.equal(asked.get("code_challenge_method"), challenged ? "S256" : null);
    assert.equal((await fetch(await consent(url))).status, 200);
    const view = (await ended) ?? assert.fail();
    const told = server.environment[variable] ?? "";
    assert.deepEqual(view.settings, [{ setting, values: [told], configured: told }]);
    const left = (Date.parse(view.login_ends ?? "") - Date.now()) / 86_400_000;
    assert.ok(left > days - 1 && left <= days, String(left));
    const after = await run(place);
    assert.equal(after.pipelines[0]?.status, "done", after.pipelines[0]?.message ?? "");
    assert.ok(server.log.some(({ url, status }) => url.startsWith(page) && status === 200));
  });

  test(`connect ${name}: a consent that is refused stores nothing`, async (t) => {
    const { place } = await startBooks(t, { ledger, off: ["consent"] });
    const { url, ended } = await begin(place);
    assert.equal((await fetch(await consent(url))).status, 400);
    await assert.rejects(
      ended,
      (cause) => cause instanceof SystemError && /access_denied/.test(cause.message),
    );
    assert.equal(openTokenStore(place.state).get(`accounting:${name}`), undefined);
  });
}
