import type {
  ChangesSpec,
  ConnectorConfig,
  DetailsSpec,
  EntityBase,
  ReadRequestSpec,
  WriteSpec,
} from "../../config/connector-types.ts";
import { compileExpression, type Expression } from "../../expression/index.ts";
import { namesVariable, objectText, withFunctions } from "./compose.ts";

/** What a descriptor says of records, compiled: the same for every driver. */

/** What reading and preparing records need, whatever the driver. */
export interface RecordPrograms {
  readonly batch: BatchProgram | undefined;
  readonly entities: ReadonlyMap<string, EntityProgram>;
}

export interface Program {
  readonly expression: Expression;
  /** Lookups whose rows must be there before it is evaluated. */
  readonly lookups: readonly string[];
}

export interface ReadProgram {
  readonly method: ReadRequestSpec["method"];
  readonly request: Program;
  readonly records: Program;
  /** Key that every reply has, so that a reply of another kind is not taken for an empty list. */
  readonly head: string | undefined;
}

/** `parent`: entity whose records are walked, the list being a child list of each. */
export interface ListProgram extends ReadProgram {
  readonly parent: string | null;
  /** The records in a row; undefined: a row is a record. */
  readonly each?: Program | undefined;
}

export interface LookupProgram extends ReadProgram {
  /** {key, value} of one row. */
  readonly entry: Program;
  /** Whether it is read at all; undefined: it is. */
  readonly when: Program | undefined;
}

export interface BatchProgram {
  readonly size: number;
  readonly method: WriteSpec["method"];
  readonly request: Program;
  readonly results: Program;
  /** Undefined: results come in the order of the items. */
  readonly itemId: Program | undefined;
}

export interface WriteProgram {
  readonly method: string;
  readonly request: Program;
  readonly item: Program | undefined;
  readonly id: Program | undefined;
  /** The vendor's record as stored, in an answer; undefined: answers do not carry it. */
  readonly posted: Program | undefined;
  /** How its items go together, and how the reply is read even when one goes alone; undefined: not as an array. */
  readonly array: BatchProgram | undefined;
}

export interface DetailsProgram {
  readonly spec: DetailsSpec;
  readonly complete: Program;
  /** Each place where rows are kept: the list of all of them, undefined where there is none, and those of one record. */
  readonly lists: readonly { readonly all: ReadProgram | undefined; readonly one: ReadProgram }[];
}

export interface EntityProgram {
  readonly spec: EntityBase;
  /** {read, token, raw} of one vendor record. */
  readonly read: Program;
  readonly id: Program | undefined;
  /** The list and what else holds records of the entity, in the order of reading. */
  readonly lists: readonly ListProgram[];
  /** True when the list's rows are an index only: each record is read by `get`. */
  readonly listIsIndex: boolean;
  readonly details: DetailsProgram | undefined;
  readonly changes: (ReadProgram & { readonly spec: ChangesSpec; readonly deleted: Program }) | undefined;
  /** Its id program is over a row of the list. */
  readonly deleted: (ReadProgram & { readonly id: Program }) | undefined;
  readonly get: (ReadProgram & { readonly by?: Program | undefined }) | undefined;
  readonly find: (ReadProgram & { readonly match: Program }) | undefined;
  /** The parts in the order of the descriptor, each with the canonical fields that it carries. */
  readonly parts: readonly { readonly fields: readonly string[]; readonly flag: string }[];
  /** Merges the parts whose flag variable is true. */
  readonly fields: Program;
  readonly writes: {
    readonly [operation in "create" | "update" | "void" | "external_id"]: WriteProgram | undefined;
  };
}

/** Compiles one text of a connector, with the functions of the connector that it names. */
export type Compile = (text: string) => Program;

/** The compiler of a connector's texts; it throws for one that does not compile. */
export function compilerOf(
  connector: Pick<ConnectorConfig, "connector" | "functions">,
  lookups: readonly string[],
): Compile {
  return (text) => {
    const whole = withFunctions(text, connector.functions);
    const compiled = compileExpression(whole);
    if ("error" in compiled) {
      throw new Error(`the connector ${connector.connector}: ${compiled.error.message} (in ${text})`);
    }
    return {
      expression: compiled.expression,
      lookups: namesVariable(whole, "lookups") ? named(whole, lookups) : [],
    };
  };
}

/** Lookups that a text names; all of them when it takes $lookups as a whole. */
function named(text: string, names: readonly string[]): readonly string[] {
  const wholes = text.match(/\$lookups(?!\w)(?!\s*\.\s*\w)/);
  return wholes !== null
    ? names
    : names.filter((name) => new RegExp(`\\$lookups\\s*\\.\\s*${name}(?!\\w)`).test(text));
}

/** How a vendor record is read and what it is made of when it is written: the same whatever the driver. */
export function recordProgram(
  spec: EntityBase,
  compile: Compile,
): Pick<EntityProgram, "spec" | "read" | "id" | "parts" | "fields"> {
  const { token, raw } = spec;
  const parts = Object.keys(spec.write).map((key, index) => ({
    fields: key.split(",").map((name) => name.trim()),
    flag: `part_${index}`,
  }));
  const chosen = Object.values(spec.write).map((text, index) => `$part_${index} ? (${text}\n)`);
  return {
    spec,
    read: compile(
      objectText({ read: spec.read, ...(token === null ? {} : { token }), ...(raw === null ? {} : { raw }) }),
    ),
    id: spec.id === null ? undefined : compile(spec.id),
    parts,
    fields: compile(`$merge([${chosen.join(",\n")}])`),
  };
}
