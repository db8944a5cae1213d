import type { Ledger, Row } from "../../../engine/connector/sandbox/types.ts";
import { currenciesOf, type World } from "../../../engine/connector/sandbox/world.ts";
import { AGREEMENT_POD, COMPANY_POD, EXPENSE_POD, PRODUCT_POD, TIME_POD } from "./resources.ts";

/** The setup tables of the made-up tenant, and the ids that its records refer to. */
export interface SetupIds {
  readonly currencies: ReadonlyMap<string, number>;
  readonly terms: ReadonlyMap<string, number>;
  readonly types: ReadonlyMap<string, number>;
  readonly countries: ReadonlyMap<string, number>;
  readonly states: ReadonlyMap<string, number>;
  readonly products: ReadonlyMap<string, number>;
}

/** Ids of the custom fields: accounting's id and billing's id on a company, the signature on an agreement. */
export const ACCOUNTING_FIELD = 41;
export const BILLING_FIELD = 42;
export const SIGNED_FIELD = 43;

const STATES =
  "AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,FL Florida," +
  "GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,KY Kentucky,LA Louisiana,ME Maine," +
  "MD Maryland,MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,MO Missouri,MT Montana,NE Nebraska," +
  "NV Nevada,NH New Hampshire,NJ New Jersey,NM New Mexico,NY New York,NC North Carolina,ND North Dakota,OH Ohio," +
  "OK Oklahoma,OR Oregon,PA Pennsylvania,RI Rhode Island,SC South Carolina,SD South Dakota,TN Tennessee,TX Texas," +
  "UT Utah,VT Vermont,VA Virginia,WA Washington,WV West Virginia,WI Wisconsin,WY Wyoming,DC District of Columbia";

/** Fills the setup tables; ids are the same at every start. */
export function seedSetup(ledger: Ledger, world: World): SetupIds {
  const put = (collection: string, id: number, row: Row): void =>
    ledger.put(collection, String(id), { id, ...row });
  const table = (collection: string, from: number, rows: readonly Row[]): void => {
    for (const [index, row] of rows.entries()) put(collection, from + index, row);
    ledger.next(collection, from + rows.length);
  };
  table("companyStatuses", 1, [
    { name: "Active", defaultFlag: true, inactiveFlag: false },
    { name: "Inactive", defaultFlag: false, inactiveFlag: true },
  ]);
  table("taxCodes", 1, [{ name: "Standard" }, { name: "Exempt" }]);
  const currencies = seedNames(table, "currencies", 1, currenciesOf(world), (code) => {
    return { symbol: code === "EUR" ? "€" : "$", currencyCode: code, name: code };
  });
  table("communicationTypes", 1, [
    communicationType("Email", "emailFlag"),
    communicationType("Direct", "phoneFlag"),
    communicationType("Fax", "faxFlag"),
  ]);
  table("agreementTypes", 4, [agreementType("Voice"), agreementType("Managed Services")]);
  table(
    "billingCycles",
    1,
    ["Weekly", "Monthly", "Quarterly", "Yearly"].map((name) => ({
      identifier: name.slice(0, 1),
      name,
      billingOptions: name,
    })),
  );
  table("billingStatuses", 1, [{ name: "New" }, { name: "Sent" }, { name: "Closed" }]);
  table("userDefinedFields", ACCOUNTING_FIELD, customFields());
  return {
    currencies,
    terms: seedTerms(table, world),
    types: seedNames(
      table,
      "companyTypes",
      1,
      unique(world.companies.flatMap(({ types }) => types)),
      (name) => ({
        name,
      }),
    ),
    countries: seedNames(table, "countries", 1, countriesOf(world), country),
    states: seedStates(table, world),
    products: seedNames(table, "catalog", 310, productsOf(world), (code) => product(code, world)),
  };
}

type Table = (collection: string, from: number, rows: readonly Row[]) => void;

function seedNames(
  table: Table,
  collection: string,
  from: number,
  names: readonly string[],
  row: (name: string) => Row,
): Map<string, number> {
  table(collection, from, names.map(row));
  return new Map(names.map((name, index) => [name, from + index]));
}

function seedTerms(table: Table, { terms }: World): Map<string, number> {
  table(
    "billingTerms",
    1,
    terms.map(({ name, due_days }, index) => ({ name, dueDays: due_days, defaultFlag: index === 0 })),
  );
  return new Map(terms.map(({ key }, index) => [key, index + 1]));
}

function seedStates(table: Table, world: World): Map<string, number> {
  const known = new Map(STATES.split(",").map((state) => [state.slice(0, 2), state.slice(3)]));
  for (const { region } of addresses(world))
    if (region !== "" && !known.has(region)) known.set(region, region);
  return seedNames(table, "states", 1, [...known.keys()], (code) => ({
    identifier: code,
    name: known.get(code) ?? code,
  }));
}

function countriesOf(world: World): string[] {
  return unique(["US", "CA", "GB", ...addresses(world).map((address) => address.country)]);
}

function country(code: string): Row {
  const name = new Intl.DisplayNames("en", { type: "region" }).of(code) ?? code;
  return { name, countryCode: code, defaultFlag: code === "US" };
}

function addresses({ companies }: World) {
  return companies.flatMap(({ address, sites }) => [address, ...sites.map((site) => site.address)]);
}

function productsOf(world: World): string[] {
  return unique(lines(world).map((line) => line.product_code));
}

function product(code: string, world: World): Row {
  const line = lines(world).find((candidate) => candidate.product_code === code);
  const description = line?.description ?? code;
  return {
    identifier: code,
    description,
    subcategory: { id: 1, name: "Voice" },
    type: { id: 1, name: "Service" },
    customerDescription: description,
    price: Number(line?.unit_amount_decimal ?? 0),
    cost: 0,
    taxableFlag: true,
    inactiveFlag: false,
  };
}

function lines({ companies }: World) {
  return companies.flatMap(({ contracts }) => contracts.flatMap((contract) => contract.lines));
}

/** A way to reach a person, under the names that its telephones know it by. */
function communicationType(description: string, flag: "emailFlag" | "phoneFlag" | "faxFlag"): Row {
  const flags = { emailFlag: false, phoneFlag: false, faxFlag: false, [flag]: true };
  return { description, ...flags, defaultFlag: true, iphoneXref: description, androidXref: description };
}

function agreementType(name: string): Row {
  return {
    name,
    employeeCompRate: "Actual",
    employeeCompNotExceed: "Billing",
    invoicingCycle: "CalendarYear",
    billTime: "NoDefault",
    billExpenses: "NoDefault",
    billProducts: "NoDefault",
    inactiveFlag: false,
  };
}

function customFields(): Row[] {
  const field = (
    podId: number,
    caption: string,
    fieldTypeIdentifier: string,
    sequenceNumber: number,
  ): Row => ({
    podId,
    caption,
    sequenceNumber,
    fieldTypeIdentifier,
    numberDecimals: 0,
    entryTypeIdentifier: "EntryField",
    requiredFlag: false,
    displayOnScreenFlag: true,
    readOnlyFlag: false,
  });
  return [
    field(COMPANY_POD, "AccountingId", "Text", 1),
    field(COMPANY_POD, "BillingId", "Text", 2),
    field(AGREEMENT_POD, "Signed", "Checkbox", 1),
    field(TIME_POD, "Billed by", "Text", 1),
    field(EXPENSE_POD, "Billed by", "Text", 1),
    field(PRODUCT_POD, "Billed by", "Text", 1),
  ];
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
