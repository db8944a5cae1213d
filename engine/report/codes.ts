import { printMoney } from "../core/money.ts";
import { count, renderTable } from "./table.ts";
import { visible } from "./visible.ts";

/** What billing charges beside the code maps that say where it posts: codes without a row, rows that nothing uses. */
export interface CodesView {
  readonly schemaVersion: 1;
  readonly client: string;
  readonly maps: readonly CodeMapView[];
  /** Documents that were looked through, and what could not be. */
  readonly documents: number;
  readonly notes: readonly string[];
}

export interface CodeMapView {
  readonly code_map: string;
  readonly file: string;
  /** Codes that the map lacks, the largest number of charges first. */
  readonly unmapped: readonly Seen[];
  /** Every row, in the order of the file; count 0: no document uses it. */
  readonly rows: readonly CodeRow[];
  readonly wrong: readonly WrongRow[];
}

export interface CodeRow extends Seen {
  readonly line: number;
  readonly gl_code: string;
  /** Columns that it lacks and other rows of its kind have: class, department, branch. */
  readonly lacks: readonly string[];
}

/** How often a code stands on lines and taxes, and over how much. */
export interface Seen {
  readonly code: string;
  readonly count: number;
  /** Currency → minor units, credits taken off. */
  readonly amounts: { readonly [currency: string]: number };
  /** A document that has it; "" when none has. */
  readonly example: string;
}

/** A row that the ledger would not post by. */
export interface WrongRow {
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly system: string;
  readonly text: string;
}

/** For people: what waits for a row first, then what the ledger or its split lacks, then what each row was used for. */
export function renderCodes({ client, maps, documents, notes }: CodesView): string {
  const head = `${client}: ${count(documents, "document")} looked through\n${notes.map((note) => `  ${visible(note)}\n`).join("")}`;
  return [head, ...maps.map(renderMap)].join("\n");
}

function renderMap({ code_map, file, unmapped, rows, wrong }: CodeMapView): string {
  const used = rows.filter((row) => row.count > 0);
  const unused = rows.filter((row) => row.count === 0);
  const unsplit = used.filter(({ lacks }) => lacks.length > 0);
  return [
    `${code_map} (${file}): ${count(rows.length, "row")}, ${unused.length} never used, ${unmapped.length} missing\n`,
    unmapped.length === 0
      ? ""
      : `\nWithout a row, so that their documents wait:\n${indented(table(unmapped, () => []))}` +
        `  Add to ${file}, with account and kind:\n` +
        unmapped
          .map(({ code }) => `    - { code: ${JSON.stringify(code)}, gl_code: "…", kind: … }\n`)
          .join(""),
    wrong.length === 0
      ? ""
      : `\nThe ledger would not post by:\n${wrong.map((row) => `  ${row.file}:${row.line} ${visible(row.text)}\n`).join("")}`,
    unsplit.length === 0
      ? ""
      : `\nIn use without what other rows of their kind have:\n${unsplit.map(({ line, code, lacks }) => `  ${file}:${line} ${visible(code)}: ${visible(lacks.join(", "))}\n`).join("")}`,
    used.length === 0 ? "" : `\nIn use:\n${indented(table(used, ({ gl_code }) => [gl_code], ["gl_code"]))}`,
    unused.length === 0
      ? ""
      : `\nNever used:\n${unused.map(({ line, code, gl_code }) => `  ${file}:${line} ${visible(code)} → ${visible(gl_code)}\n`).join("")}`,
  ].join("");
}

function table<T extends Seen>(
  seen: readonly T[],
  more: (one: T) => readonly string[],
  titles: readonly string[] = [],
): string {
  const columns = [
    { title: "code" },
    ...titles.map((title) => ({ title })),
    { title: "charges", right: true },
    { title: "amount", right: true },
    { title: "for example" },
  ];
  const rows = seen.map((one) => [
    one.code,
    ...more(one),
    String(one.count),
    Object.entries(one.amounts)
      .map(([currency, amount]) => printMoney(amount, currency))
      .join(", "),
    one.example,
  ]);
  return renderTable(columns, rows);
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
