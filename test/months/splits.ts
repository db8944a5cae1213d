import { makeRandom } from "../../mappings/demo/world/random.ts";
import type { Demo } from "../support/demo.ts";
import type { Rules } from "./rules.ts";
import { receivables } from "./service-invoices.ts";
import type { TrueCredit, TrueInvoice, Truth } from "./truth.ts";

/** How a client's ledger splits its figures beside the account: a class and a department for each code, or none. */

export type Ledger = "quickbooks" | "xero";

export interface Split {
  readonly class: string | undefined;
  readonly department: string | undefined;
}

/** Code of a charge or tax → its split. */
export type Splits = ReadonlyMap<string, Split>;

const CLASSES = ["Voice", "Usage", "Data"] as const;
const DEPARTMENTS = ["Tampa", "Macon"] as const;
const CATEGORIES = { class: "Line of business", department: "Region" };
// A client that splits nothing has no columns at all.
const SPLITS_PERCENT = 60;
const CODE_PERCENT = 75;

/** `text`: the client's code map of GL codes. */
export function drawSplits(seed: number, text: string, ledger: Ledger): Splits {
  const random = makeRandom(seed, "splits");
  if (!random.chance(SPLITS_PERCENT)) return new Map();
  const codes = [...text.matchAll(/code: "([^"]+)", gl_code/g)].map(([, code = ""]) => code);
  // QuickBooks has one department for a whole document.
  const own = random.pick(DEPARTMENTS);
  return new Map(
    codes.map((code) => [
      code,
      {
        class: random.chance(CODE_PERCENT) ? random.pick(CLASSES) : undefined,
        department: ledger === "quickbooks" ? own : random.chance(50) ? random.pick(DEPARTMENTS) : undefined,
      },
    ]),
  );
}

/** The code map with the columns. */
export function withSplits(text: string, splits: Splits): string {
  return text.replace(/code: "([^"]+)", gl_code/g, (row, code: string) => {
    const { class: name, department } = splits.get(code) ?? NONE;
    const columns = { class: name, department };
    const written = Object.entries(columns).flatMap(([column, value]) =>
      value === undefined ? [] : [`${column}: ${value}, `],
    );
    return row.replace("gl_code", `${written.join("")}gl_code`);
  });
}

/** What client.yaml says of them. */
export function splitSettings(splits: Splits, ledger: Ledger) {
  if (splits.size === 0) return {};
  return { dimensions: ledger === "quickbooks" ? Object.keys(CATEGORIES) : CATEGORIES };
}

/** People set the lists up in the ledger. */
export function setUpSplits({ sandboxes: { accounting } }: Demo, ledger: Ledger): void {
  for (const [kind, names] of [
    ["class", CLASSES],
    ["department", DEPARTMENTS],
  ] as const) {
    if (ledger === "xero") {
      const Name = CATEGORIES[kind];
      const Options = names.map((name) => ({ TrackingOptionID: name, Name: name, Status: "ACTIVE" }));
      const category = { TrackingCategoryID: Name, Name, Status: "ACTIVE", Options };
      accounting.ledger.put("TrackingCategories", Name, category);
      continue;
    }
    for (const [place, Name] of names.entries()) {
      const Id = String(500 + 100 * Number(kind === "department") + place);
      const row = { Id, Name, FullyQualifiedName: Name, Active: true, SyncToken: "0" };
      accounting.ledger.put(kind === "class" ? "Class" : "Department", Id, row);
    }
  }
}

/** "4010 Usage Tampa": where an amount is booked. */
export function bookedTo(gl_code: string, name: string | undefined, department: string | undefined): string {
  return [gl_code, name ?? "-", department ?? "-"].join(" ");
}

/** Where a code's amounts must be booked. */
export function placeFor(code: string, gl: GlCodes, splits: Splits): string {
  const gl_code = gl.find(({ charge_types }) => charge_types.includes(code))?.gl_code ?? "";
  const { class: name, department } = splits.get(code) ?? NONE;
  return bookedTo(gl_code, name, department);
}

type GlCodes = readonly { readonly gl_code: string; readonly charge_types: readonly string[] }[];
const NONE: Split = { class: undefined, department: undefined };

/** What a company's documents post, credit notes with a minus, by where it is booked; places with nothing are left out. */
export function postings(
  truth: Truth,
  company: string,
  gl: GlCodes,
  splits: Splits,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const add = (documents: readonly (TrueInvoice | TrueCredit)[], sign: number): void => {
    for (const one of documents.filter(({ voided, ...own }) => !voided && own.company === company)) {
      for (const { charge_type, amount } of [...one.lines, ...one.taxes]) {
        const place = placeFor(charge_type, gl, splits);
        sums.set(place, (sums.get(place) ?? 0) + sign * amount);
      }
    }
  };
  add(receivables(truth), 1);
  add(truth.credits, -1);
  return new Map([...sums].filter(([, sum]) => sum !== 0));
}

/** How many lines a bill must have in the ledger. */
export function linesOf(
  { lines, taxes }: TrueInvoice,
  gl: GlCodes,
  splits: Splits,
  rule: Rules["lines"],
): number {
  if (rule === "detail") return lines.length + taxes.length;
  const places = new Set(lines.map(({ charge_type }) => placeFor(charge_type, gl, splits)));
  return places.size + new Set(taxes.map(({ charge_type }) => charge_type)).size;
}
