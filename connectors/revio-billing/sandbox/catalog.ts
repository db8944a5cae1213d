import type { Row } from "../../../engine/connector/sandbox/types.ts";
import type { World } from "../../../engine/connector/sandbox/world.ts";
import { emptyRow } from "./check.ts";
import { names } from "./names.ts";
import { shapes } from "./shapes.ts";

/** Billing's catalogue, made from the charge and tax types of the world: one product type and one product for each. */

const FIRST_TYPE = 1;
const FIRST_PRODUCT = 301;
const FIRST_PROFILE = 3;
const PROVIDER = 2;

// Codes in the order of their ids.
const codes = new WeakMap<World, Map<string, number>>();

/** product_type_id of a charge type. */
export function productTypeId(code: string, world: World): number {
  return FIRST_TYPE + placeOf(code, world);
}

/** product_id of the product that carries a charge type. */
export function productId(code: string, world: World): number {
  return FIRST_PRODUCT + placeOf(code, world);
}

/** bill_profile_id of terms by their key; 0 when the world has no such terms. */
export function billProfileId(termsKey: string, world: World): number {
  const place = world.terms.findIndex((terms) => terms.key === termsKey);
  return place < 0 ? 0 : FIRST_PROFILE + place;
}

/** Rows of all product types, products and bill profiles: [collection, id, row]. */
export function catalogRows(world: World): readonly (readonly [string, number, Row])[] {
  const rows: (readonly [string, number, Row])[] = world.terms.map((terms, place) => {
    const bill_profile_id = FIRST_PROFILE + place;
    return ["bill_profiles", bill_profile_id, { bill_profile_id, [names.billProfile.name]: terms.name }];
  });
  for (const code of placesOf(world).keys()) {
    const posting = world.gl.find((row) => row.charge_types.includes(code));
    const product_type_id = productTypeId(code, world);
    const product_id = productId(code, world);
    const description = posting === undefined ? code : `${posting.name} (${code})`;
    rows.push(["product_types", product_type_id, typeRow(product_type_id, code, description)]);
    rows.push([
      "products",
      product_id,
      {
        ...emptyRow(shapes.product),
        product_id,
        product_type_id,
        description,
        code_1: code,
        active: true,
        provider_id: PROVIDER,
        bill_every: "FOLLOW_BILL_PROFILE",
        ledger_code: posting?.gl_code ?? "",
        currency_code: world.currency,
      },
    ]);
  }
  return rows;
}

function typeRow(product_type_id: number, code: string, description: string): Row {
  return { product_type_id, [names.productType.code]: code, [names.productType.description]: description };
}

function placeOf(code: string, world: World): number {
  const place = placesOf(world).get(code);
  if (place === undefined) throw new Error(`charge type ${code} is not in the world`);
  return place;
}

/** Codes of the world's GL rows first, then those that only invoices use: billing bills what nobody has mapped yet. */
function placesOf(world: World): Map<string, number> {
  const known = codes.get(world);
  if (known !== undefined) return known;
  const places = new Map<string, number>();
  const add = (code: string) => {
    if (!places.has(code)) places.set(code, places.size);
  };
  for (const row of world.gl) row.charge_types.forEach(add);
  for (const invoice of world.invoices) {
    for (const row of [...invoice.lines, ...invoice.taxes]) add(row.charge_type);
  }
  codes.set(world, places);
  return places;
}
