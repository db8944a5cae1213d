import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { type TestContext, test } from "node:test";
import { sandbox } from "../../connectors/connectwise/sandbox.ts";
import { startSandbox } from "../../engine/connector/sandbox/kit.ts";
import type { Row, RunningSandbox } from "../../engine/connector/sandbox/types.ts";
import { pagedWorld } from "../conformance/world.ts";

/** The sandbox as other people's client of ConnectWise PSA knows the vendor: connectwise-rest, pointed at loopback. */

// The parts of the client that are driven here; its own types describe all of it.
interface Companies {
  readonly instance: { readonly defaults: { baseURL: string } };
  getCompanyCompanies(parameters: Row): Promise<readonly Row[]>;
  postCompanyCompanies(company: Row): Promise<Row>;
  getCompanyCompaniesById(id: number): Promise<Row>;
  patchCompanyCompaniesById(id: number, operations: readonly Row[]): Promise<Row>;
  deleteCompanyCompaniesById(id: number): Promise<unknown>;
  paginate(list: Companies["getCompanyCompanies"], pages: Row, parameters: Row): Promise<readonly Row[]>;
}

interface Options {
  readonly companyId: string;
  readonly companyUrl: string;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly clientId: string;
  readonly logger: () => void;
}

interface ClientModule {
  readonly ManageAPI: new (options: Options) => { readonly CompanyAPI: Companies };
}

const { ManageAPI }: ClientModule = createRequire(import.meta.url)("connectwise-rest");

async function connected(t: TestContext, change: Partial<Options> = {}) {
  const server = await startSandbox(sandbox, { world: pagedWorld });
  t.after(() => server.close());
  return { server, companies: clientOf(server, change) };
}

function clientOf(server: RunningSandbox, change: Partial<Options>): Companies {
  const { CW_COMPANY = "", CW_PUBLIC = "", CW_PRIVATE = "", CW_CLIENT = "" } = server.environment;
  const { CompanyAPI } = new ManageAPI({
    companyId: CW_COMPANY,
    companyUrl: new URL(server.origin).host,
    publicKey: CW_PUBLIC,
    privateKey: CW_PRIVATE,
    clientId: CW_CLIENT,
    logger: () => {},
    ...change,
  });
  // The client writes https:// before its host; loopback has none.
  CompanyAPI.instance.defaults.baseURL = server.baseUrl;
  return CompanyAPI;
}

test("connectwise-rest lists page by page until all are there", async (t) => {
  const { server, companies } = await connected(t);
  const list = companies.getCompanyCompanies;
  const found = await companies.paginate(list, { pageSize: 4 }, { orderBy: "id" });
  assert.equal(found.length, server.ledger.all("companies").length);
  const some = await companies.getCompanyCompanies({
    conditions: 'identifier="CUST-1001"',
    fields: "id,name",
  });
  assert.deepEqual(some, [{ id: 1001, name: "Harbor Dental LLC" }]);
});

test("connectwise-rest creates, updates and deletes a company, and is refused its identifier a second time", async (t) => {
  const { server, companies } = await connected(t);
  const company = { identifier: "REST1", name: "Rest & Co", city: "Tampa", state: "FL" };
  const made = await companies.postCompanyCompanies(company);
  const id = Number(made["id"]);
  const changed = await companies.patchCompanyCompaniesById(id, [
    { op: "replace", path: "name", value: "Rest & Sons" },
  ]);
  assert.equal(changed["name"], "Rest & Sons");
  await assert.rejects(companies.postCompanyCompanies(company), (error) => {
    const { status, data } = error as { readonly status: number; readonly data: Row };
    return status === 400 && data["code"] === "InvalidObject";
  });
  await companies.deleteCompanyCompaniesById(id);
  assert.equal(server.ledger.get("companies", String(id))?.["deletedFlag"], true);
});

test("connectwise-rest with a wrong key meets 401", async (t) => {
  const { companies } = await connected(t, { privateKey: "wrong" });
  await assert.rejects(
    companies.getCompanyCompanies({}),
    (error) => (error as { readonly status: number }).status === 401,
  );
});
