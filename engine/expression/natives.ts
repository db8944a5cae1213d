import jsonata from "jsonata";

/** The library's own functions, taken out of it once, so that a guard can stand in front of them. */

export interface Native {
  readonly _jsonata_function: true;
  readonly implementation: (this: unknown, ...args: unknown[]) => unknown;
  readonly signature: { readonly definition: string };
}

/** Names of every function that JSONata 2.2 brings along. */
export const NATIVE_NAMES: readonly string[] = (
  "sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad " +
  "match contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round " +
  "abs sqrt power random boolean not map zip filter single reduce sift keys lookup append exists spread merge " +
  "reverse each error assert type sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl " +
  "decodeUrlComponent decodeUrl eval toMillis fromMillis clone now millis"
).split(" ");

const NATIVES: { readonly [name: string]: unknown } = await jsonata(
  `{${NATIVE_NAMES.map((name) => `"${name}": $${name}`).join(",")}}`,
).evaluate({});

/** A function of the library by its name; throws when this version of the library has none of that name. */
export function native(name: string): Native {
  const found = NATIVES[name];
  if (!isNative(found)) throw new Error(`JSONata has no function $${name}`);
  return found;
}

function isNative(value: unknown): value is Native {
  return typeof value === "object" && value !== null && "_jsonata_function" in value;
}
