import { arg } from "../core/command.ts";
import type { Book, Flow, LedgerDocument, Side } from "./ledger.ts";

/** The commands that end a difference, as they are typed. */

export interface Commands {
  /** The option that names the client, with the blank before it. */
  readonly client: string;
  readonly run: string;
  /** Compares with the target anew, or tries again. */
  readonly retry: string;
  /** Writes the source's values over what the ledger holds of a document. */
  readonly restore: string;
  readonly codes: string;
  readonly apply: (plan: string) => string;
  /** To an id of the target. */
  readonly link: (target: string) => string;
}

/** The commands about a document of a pipeline's source, for the client of that name. */
export function commands(
  name: string,
  { pipeline, kind, id, side }: LedgerDocument,
  { codes, target }: Flow,
): Commands {
  const client = ` --client ${name}`;
  const run = `tripoint run --pipeline ${pipeline}${client}`;
  const retry = `tripoint held retry ${arg(id)} --pipeline ${pipeline}${client} && ${run}`;
  return {
    client,
    run,
    retry,
    restore: `tripoint correct ${pipeline} ${arg(id)} --by restore${client} && ${run}`,
    codes: Object.values(codes).join(" or ") || "the code map",
    apply: (plan) => `tripoint apply ${plan}${client}`,
    link: (there) => `tripoint idmap link ${kind} ${side}:${arg(id)} ${target}:${arg(there)}${client}`,
  };
}

/** The ledger beside which a book is put. */
export function other(side: Book): Side {
  return side === "accounting" ? "billing" : "accounting";
}
