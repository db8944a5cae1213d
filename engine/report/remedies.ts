import { arg } from "../core/command.ts";

/** What ends each kind of trouble: who has to act, and the command that shows it or carries it out. */

/** Where a record set aside was on its way. */
export interface Trouble {
  readonly client: string;
  readonly pipeline: string;
  /** External ids have no source and target of their own: both are the system that holds the field. */
  readonly source: string;
  readonly target: string;
  readonly entity: string;
  /** The entity under which the id map knows it: that of the pipeline's target. */
  readonly linked_as: string;
  readonly source_id: string;
  readonly kind: "held" | "conflict" | "dead_letter";
  readonly reason: string;
  /** The record that it refers to and waits for, by the source's id. */
  readonly refers: { readonly entity: string; readonly id: string } | null;
}

export interface Remedy {
  /** Who has to act: whoever keeps the system, the integrator, or nobody because the next run does. */
  readonly who: string;
  /** What to do, in a sentence. */
  readonly what: string;
  readonly command: string;
}

type Who = "source" | "target" | "integrator" | "decider" | "nobody";

interface Rule {
  readonly who: Who;
  readonly what: string;
  readonly command: keyof typeof COMMANDS;
}

const COMMANDS = {
  run: ({ client, pipeline }: Trouble) => `tripoint run --client ${client}${onlyPipeline(pipeline)}`,
  retry: ({ client, source_id }: Trouble) => `tripoint held retry ${arg(source_id)} --client ${client}`,
  link: ({ client, linked_as, source, source_id, target }: Trouble) =>
    `tripoint idmap link ${linked_as} ${source}:${arg(source_id)} ${target}:<id> --client ${client}`,
  unlink: ({ client, linked_as, source, source_id }: Trouble) =>
    `tripoint idmap unlink ${linked_as} ${source}:${arg(source_id)} --client ${client}`,
  link_reference: ({ client, source, target, refers }: Trouble) =>
    `tripoint idmap link ${refers?.entity ?? "<entity>"} ${source}:${arg(refers?.id ?? "<id>")} ${target}:<id> --client ${client}`,
  unlink_one: ({ client, linked_as, target }: Trouble) =>
    `tripoint idmap unlink ${linked_as} ${target}:<id> --client ${client}`,
  unlink_reference: ({ client, target, refers }: Trouble) =>
    `tripoint idmap unlink ${refers?.entity ?? "<entity>"} ${target}:<id> --client ${client}`,
  resolve: ({ client, pipeline, source_id }: Trouble) =>
    `tripoint conflicts resolve ${pipeline} ${arg(source_id)} --take source --client ${client}`,
  correct: ({ client, pipeline, source_id }: Trouble) =>
    `tripoint correct ${pipeline} ${arg(source_id)} --by <restore|void|keep> --client ${client}`,
  validate: ({ client }: Trouble) => `tripoint validate --client ${client}`,
  doctor: ({ client }: Trouble) => `tripoint doctor --client ${client}`,
  readiness: ({ client }: Trouble) => `tripoint readiness --client ${client}`,
} as const;

const RULES: { readonly [reason: string]: Rule } = {
  reference_missing: rule(
    "decider",
    "link or sync what it refers to; it goes on by itself then",
    "link_reference",
  ),
  reference_ambiguous: rule("decider", "unlink all but one of what it refers to", "unlink_reference"),
  reference_gone: rule(
    "target",
    "what it refers to is gone there: put it back or link another",
    "link_reference",
  ),
  match_ambiguous: rule("decider", "say which record it is", "link"),
  match_unsure: rule("target", "mend the records that cannot be read, or link the right one", "link"),
  no_match: rule("decider", "link its counterpart", "link"),
  link_ambiguous: rule("decider", "unlink all but one of those that it is linked to", "unlink_one"),
  found_twice: rule("decider", "link the right one of the records found", "link"),
  outcome_unknown: rule("target", "look whether it was stored there, and link it if so", "link"),
  outcome_open: rule("nobody", "the next run finds out whether it was stored", "run"),
  code_unmapped: rule("integrator", "add the code to the code map", "validate"),
  guard_failed: rule("source", "correct the record, or the guard if that is wrong", "run"),
  both_changed: rule("decider", "say whose value holds", "resolve"),
  exists_already: rule(
    "decider",
    "another record has its number: link it if it is the same, renumber it if not",
    "link",
  ),
  number_taken: rule("decider", "renumber one of the two, or give the pipeline numbers of its own", "run"),
  changed_meanwhile: rule("nobody", "it is tried again with the newest version", "run"),
  period_closed: rule(
    "target",
    "open the period there, or have the integrator say what happens (the pipeline's period_closed)",
    "run",
  ),
  source_deleted: rule("decider", "deal with the counterpart by hand, then unlink it", "unlink"),
  target_missing: rule("decider", "unlink it, to have it created anew", "unlink"),
  merged_there: rule("decider", "unlink it and link the one that it was merged into", "unlink"),
  target_unreadable: rule("target", "correct the record there", "run"),
  target_cannot_create: rule("target", "make it there by hand, then link it", "link"),
  target_cannot_update: rule("target", "change it there by hand", "run"),
  target_cannot_void: rule("target", "void it there by hand", "run"),
  posted_differs: rule("target", "say which of the two is right: restore, void or keep", "correct"),
  total_would_differ: rule(
    "decider",
    "its lines do not come to its total there: change the rounding or the lines",
    "run",
  ),
  account_kind: rule(
    "integrator",
    "give the code another gl_code, or mend the account's kind there and in the code map",
    "validate",
  ),
  currency_differs: rule(
    "decider",
    "have the document in the customer's currency, or link another customer there",
    "run",
  ),
  open_in_parts: rule(
    "source",
    "use it there in the parts that the message names, or take payments off in the target",
    "run",
  ),
  has_payments: rule("target", "take its payments off there, run again, then put them back", "run"),
  voided_there: rule(
    "decider",
    "void it at its source, too, or unlink it once the voided one has another number there: it is posted anew then",
    "unlink",
  ),
  zero_total: rule(
    "integrator",
    "post such documents, or skip them: the pipeline's zero_total says which",
    "run",
  ),
  possible_duplicate: rule("decider", "it is there already, perhaps: link the two, or void one", "link"),
  entered_by_hand: rule("target", "do the same there by hand, then link the two anew", "unlink"),
  typed_in_there: rule("target", "void it there, or enter it at its owner and link the two", "run"),
  account_not_ready: rule(
    "source",
    "complete what the account still lacks, as its readiness says; it goes on by itself then",
    "readiness",
  ),
  claimed_already: rule("decider", "take it off one of the two documents that bill it", "run"),
  billed_twice: rule("source", "take it off the invoice there: billing charges it already", "run"),
  charged_otherwise: rule("target", "correct the charge there by hand", "run"),
  cannot_be_written: rule(
    "integrator",
    "correct what the message names: in the code map or client.yaml, or in one of the systems",
    "doctor",
  ),
  refused_for_now: rule("nobody", "it is tried again at every run", "run"),
  external_id_differs: rule("source", "correct the id in that field, or the link", "run"),
  external_id_refused: rule("source", "see why the system refuses the id", "run"),
  unreadable: rule("source", "correct the record there; it is read again once it changed", "retry"),
  related_unreadable: rule("source", "correct the record there; it is read again once it changed", "run"),
  record_invalid: rule("source", "correct the record, or the transform", "retry"),
  transform_failed: rule("integrator", "correct the transform", "retry"),
  filter_failed: rule("integrator", "correct the filter", "retry"),
  refused: rule("source", "correct what the target refuses, then retry", "retry"),
  refused_too_often: rule("target", "see why it is refused again and again, then retry", "retry"),
};

const OTHER: Rule = rule("decider", "do what the message says", "retry");

/** Who ends a trouble, and how. A reason without a rule of its own sends people to its message. */
export function remedyOf(trouble: Trouble): Remedy {
  const { who, what, command } = RULES[trouble.reason] ?? OTHER;
  return { who: nameOf(who, trouble), what, command: COMMANDS[command](trouble) };
}

/** "Whoever keeps billing: void it there by hand."; null where nobody has to act, or only the message says what to do. */
export function adviceOn(reason: string, ends: Pick<Trouble, "source" | "target">): string | null {
  const own = RULES[reason];
  if (own === undefined || own.who === "nobody") return null;
  const who = nameOf(own.who, ends);
  return `${who.charAt(0).toUpperCase()}${who.slice(1)}: ${own.what}.`;
}

/** True for a reason that has a rule of its own; a test holds the engine's reasons against this. */
export function isKnownReason(reason: string): boolean {
  return Object.hasOwn(RULES, reason);
}

function nameOf(who: Who, { source, target }: Pick<Trouble, "source" | "target">): string {
  switch (who) {
    case "source":
      return `whoever keeps ${source}`;
    case "target":
      return `whoever keeps ${target}`;
    case "integrator":
      return "the integrator (YAML)";
    case "decider":
      return "whoever decides about links and values";
    case "nobody":
      return "nobody";
  }
}

function rule(who: Who, what: string, command: keyof typeof COMMANDS): Rule {
  return { who, what, command };
}

function onlyPipeline(pipeline: string): string {
  return pipeline.includes("/") || pipeline === "" ? "" : ` --pipeline ${pipeline}`;
}
