import type { Row, RunningSandbox } from "../../../engine/connector/sandbox/types.ts";
import { isObject, type Json } from "../../../engine/core/json.ts";
import type { Environment } from "../facts.ts";
import { type Answer, ask } from "../plain.ts";

/** QuickBooks' sandbox over plain HTTP: paths, headers and tokens, and the smallest invoice. */

/** GET below the company, with a fresh token. */
export async function get(sandbox: RunningSandbox, path: string): Promise<Answer> {
  return ask(sandbox, "GET", company(sandbox, path), await headers(sandbox));
}

/** POST below the company, with a fresh token. */
export async function post(sandbox: RunningSandbox, path: string, body: Json): Promise<Answer> {
  return ask(sandbox, "POST", company(sandbox, path), await headers(sandbox), body);
}

/** Path of a resource of the sandbox's company. */
export function company({ environment }: RunningSandbox, path: string): string {
  return `/v3/company/${environment["QBO_REALM"]}${path}`;
}

/** What every call carries. */
export async function headers(sandbox: RunningSandbox) {
  const { access_token } = await refresh(sandbox);
  return {
    authorization: `Bearer ${access_token}`,
    accept: "application/json",
    "content-type": "application/json",
  };
}

/** An invoice of customer 71 with one line. */
export function invoice(number: string, amount = 10, price = amount): Row {
  const detail = { ItemRef: { value: "21" }, Qty: 1, UnitPrice: price };
  const line = { Amount: amount, DetailType: "SalesItemLineDetail", SalesItemLineDetail: detail };
  return { DocNumber: number, CustomerRef: { value: "71" }, Line: [line] };
}

// The value that the vendor gave last, since an older one may be dead.
const refreshTokens = new WeakMap<RunningSandbox, string>();

/** New tokens. */
export async function refresh(sandbox: RunningSandbox): Promise<Environment> {
  const { QBO_ID, QBO_SECRET, QBO_REFRESH = "" } = sandbox.environment;
  const basic = Buffer.from(`${QBO_ID}:${QBO_SECRET}`).toString("base64");
  const refresh_token = refreshTokens.get(sandbox) ?? QBO_REFRESH;
  const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token });
  const type = "application/x-www-form-urlencoded";
  const { body } = await ask(
    sandbox,
    "POST",
    "/oauth2/v1/tokens/bearer",
    { authorization: `Basic ${basic}`, "content-type": type },
    form.toString(),
  );
  const tokens = isObject(body) ? body : {};
  refreshTokens.set(sandbox, String(tokens["refresh_token"]));
  return {
    access_token: String(tokens["access_token"]),
    refresh_token: String(tokens["refresh_token"]),
    x_refresh_token_expires_in: String(tokens["x_refresh_token_expires_in"]),
  };
}
