import type { Ledger, Row } from "../../../engine/connector/sandbox/types.ts";
import type { World } from "../../../engine/connector/sandbox/world.ts";
import { customFields } from "./names.ts";

/** The setup tables of the made-up tenant, and the ids that its records refer to. */
export interface SetupIds {
  readonly countries: ReadonlyMap<string, number>;
  readonly services: ReadonlyMap<string, number>;
}

/** Fills the setup tables; ids are the same at every start. */
export function seedSetup(ledger: Ledger, world: World): SetupIds {
  const table = (collection: string, from: number, rows: readonly Row[]): void => {
    for (const [index, row] of rows.entries()) {
      ledger.put(collection, String(from + index), { id: from + index, ...row });
    }
    ledger.next(collection, from + rows.length - 1);
  };
  const terms = world.terms.map(({ name, due_days }) => ({
    name,
    paymentDueInDays: due_days,
    isActive: true,
  }));
  table("PaymentTerms", 1, terms);
  table("Currencies", 1, [
    { name: world.currency, isActive: true, isInternalCurrency: true, exchangeRate: 1 },
  ]);
  table("TaxRegions", 7, [{ name: "Florida", isActive: true }]);
  table("BillingCodes", 1, billingCodes);
  const definitions = Object.values(customFields).flat();
  table(
    "UserDefinedFieldDefinitions",
    1,
    definitions.map((name) => ({ name, isActive: true })),
  );
  const countries = unique(["US", "CA", "GB", ...addresses(world).map(({ country }) => country)]);
  const firstCountry = 237;
  table("Countries", firstCountry, countries.map(countryRow));
  const lines = world.companies.flatMap(({ contracts }) => contracts.flatMap((contract) => contract.lines));
  const codes = unique(lines.map(({ product_code }) => product_code));
  const firstService = 41;
  const service = (code: string): Row => {
    const line = lines.find(({ product_code }) => product_code === code);
    const unitPrice = Number(line?.unit_amount_decimal ?? 0);
    // The service's name is the code: the vendor has no other place for one.
    const description = line?.description ?? code;
    return {
      name: code,
      description,
      periodType: 1,
      billingCodeID: 1,
      unitPrice,
      unitCost: 0,
      isActive: true,
    };
  };
  table("Services", firstService, codes.map(service));
  return { countries: numbered(countries, firstCountry), services: numbered(codes, firstService) };
}

/** Codes of work, charges, expenses and recurring services. Names and tax categories are the tenant's own (assumed). */
const billingCodes: readonly Row[] = [
  { name: "Managed Services", taxCategoryID: 3 },
  { name: "Remote Support", taxCategoryID: 3 },
  { name: "Mileage", taxCategoryID: null },
  { name: "Hardware", taxCategoryID: 5 },
].map((code) => ({ ...code, isActive: true }));

function countryRow(code: string): Row {
  const name = new Intl.DisplayNames("en", { type: "region" }).of(code) ?? code;
  return { name, displayName: name, countryCode: code, isActive: true, isDefaultCountry: code === "US" };
}

function addresses({ companies }: World) {
  return companies.flatMap(({ address, sites }) => [address, ...sites.map((site) => site.address)]);
}

function numbered(names: readonly string[], from: number): Map<string, number> {
  return new Map(names.map((name, index) => [name, from + index]));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
