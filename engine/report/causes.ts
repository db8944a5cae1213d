import { arg } from "../core/command.ts";
import { isObject, type Json } from "../core/json.ts";
import { printMoney } from "../core/money.ts";
import { unreachable } from "../core/unreachable.ts";
import type { Standing } from "../sync/standing.ts";
import { type Cause, type CauseContext, cause, name, word } from "./cause.ts";
import { type Commands, commands, other } from "./cause-commands.ts";
import { adjustedLater, movedTo } from "./even.ts";
import type { LedgerDocument, Side } from "./ledger.ts";
import { documentsIn, type Pair } from "./pairs.ts";
import { adviceOn } from "./remedies.ts";

/** Why two ledgers differ over a document, and what ends it. Pure. */

/** Why the two sides of a pair differ. */
export function causeOf(pair: Pair, context: CauseContext): Cause {
  const adjusted = adjustedLater(pair);
  if (adjusted !== undefined) return adjusted;
  const source = documentsIn(pair).find(({ pipeline }) => pipeline !== null);
  const flow = source?.pipeline == null ? undefined : context.ledgers.flows[source.pipeline];
  if (source === undefined || flow === undefined) return withoutSource(pair, context);
  const { target } = flow;
  const here = commands(context.client, source, flow);
  const [found, second] = pair[target].filter(({ adjusts }) => adjusts === null);
  if (found === undefined) return missing(source, target, here);
  if (pair.by === "number") return notLinked(source, found, here);
  if (pair.by === "twin") return typedTwice(source, found, here);
  if (second !== undefined && source.kind !== "payment") {
    return cause("linked_twice", `${name(source)} is linked to ${ids(pair[target])} of ${target}`, {
      command: `tripoint idmap unlink ${source.kind} ${target}:<the wrong one>${here.client}`,
    });
  }
  const { standing } = source;
  if (standing?.kind === "set_aside") return setAside(source, standing, target, here);
  if (standing?.kind === "unsettled") return unsettled(source, target, here);
  if (source.status === "issued" && found.status === "voided") {
    return cause(
      "voided_on_one_side",
      `${name(source)} is voided in ${target} and stands in ${source.side}`,
      {
        task: `Void it in ${source.side} too, or enter it there again under another number; then run.`,
        command: here.run,
      },
    );
  }
  const apart = unlinkedCustomer(source, found, here, context);
  if (apart !== undefined) return apart;
  if (standing?.kind === "written" && standing.changed) {
    return cause(
      `changed_in_${source.side}`,
      `${name(source)} changed in ${source.side} after it was last written`,
      {
        command: standing.plan === null ? here.run : here.apply(standing.plan),
      },
    );
  }
  const moved = movedTo(pair, source, found, context.ledgers);
  if (moved !== undefined) return moved;
  const what = whatDiffers(source, found);
  const { applications_pipeline, refunds_pipeline } = context.ledgers;
  if (what === undefined && source.refunded !== found.refunded) {
    const back = (one: LedgerDocument): string => `${printMoney(one.refunded, one.currency)} in ${one.side}`;
    const message = `of ${name(source)}, ${back(source)} and ${back(found)} were given back`;
    return refunds_pipeline === null
      ? cause("refunded_elsewhere", message, { task: "Enter the refund where it is missing." })
      : cause("refunded_elsewhere", message, {
          task: `What stops it is in: tripoint held list --pipeline ${refunds_pipeline}${here.client}`,
          command: `tripoint run --pipeline ${refunds_pipeline}${here.client}`,
        });
  }
  if (what === undefined && source.kind === "credit_note" && applications_pipeline !== null) {
    return cause("applied_elsewhere", `${name(source)} is not used for the same invoices in ${target}`, {
      task: `What stops it is in: tripoint held list --pipeline ${applications_pipeline}${here.client}`,
      command: `tripoint run --pipeline ${applications_pipeline}${here.client}`,
    });
  }
  const message = `${name(source)}: ${what ?? "what it pays"} was changed in ${target}; ${source.side} holds good`;
  if (!flow.can_update) {
    return cause(`changed_in_${target}`, message, {
      task: `Change it back in ${target}: nothing there is changed by pipeline ${source.pipeline}.`,
    });
  }
  return cause(`changed_in_${target}`, message, { command: here.retry });
}

/** A document that no pipeline brought and none will take away. */
function withoutSource(pair: Pair, context: CauseContext): Cause {
  const all = documentsIn(pair);
  const document = all.find(({ adjusts }) => adjusts === null) ?? all[0];
  if (document === undefined) throw new Error("a pair has a document");
  const { kind, side, id, psa_invoice } = document;
  const client = ` --client ${context.client}`;
  const [to, gone] =
    psa_invoice === null ? [other(side), document.counterparts[0]] : (["psa", psa_invoice] as const);
  const unread = context.ledgers.unreadable.find((one) => one.system === to && one.id === gone);
  if (unread !== undefined) {
    return cause("unreadable", `${name(document)} is ${unread.id} of ${to}, which cannot be read`, {
      task: `Correct it in ${to}: ${unread.reason}`,
    });
  }
  if (psa_invoice !== null) return ofThePsa(document, psa_invoice, context, client);
  const flow = Object.values(context.ledgers.flows).find((one) => one.entity === kind && one.source === to);
  if (flow === undefined) {
    return cause("no_pipeline", `no pipeline moves a ${word(kind)} from ${side} to ${to}`, {
      task: `Add a pipeline for ${kind}, or keep ${name(document)} in step by hand.`,
    });
  }
  if (gone !== undefined) {
    return cause(
      `gone_in_${to}`,
      `${name(document)} is linked to ${gone} of ${to}, which is not there any more`,
      {
        task: `Void it in ${side}, or enter it in ${to} again and link that.`,
        command: `tripoint idmap unlink ${kind} ${to}:${arg(gone)}${client}`,
      },
    );
  }
  const customer = context.ledgers.customers.of(side, document.customer_id);
  if (!customer.linked) {
    return cause(
      "unlinked_customer",
      `${name(document)} is of customer ${document.customer_id}, whom ${to} does not know`,
      {
        command: `tripoint idmap link customer ${side}:${arg(document.customer_id)} ${to}:<its id there>${client}`,
      },
    );
  }
  const [twin] = context.alike(document);
  if (twin !== undefined) {
    return cause(
      "entered_twice",
      `${name(document)} stands in ${side} beside ${twin.id}, which is the one that is linked`,
      {
        task: `Void ${id} in ${side}.`,
      },
    );
  }
  return cause(`only_in_${side}`, `${name(document)} was entered in ${side} by hand; ${to} holds good`, {
    task: `Void it in ${side}, or enter it in ${to}.`,
    command: `tripoint idmap link ${kind} ${to}:<its id there> ${side}:${arg(id)}${client}`,
  });
}

/** An invoice of accounting that was made from one of the PSA, which is not beside it. */
function ofThePsa(document: LedgerDocument, made: string, { ledgers }: CauseContext, client: string): Cause {
  if (ledgers.psa_compared) {
    return cause(
      "gone_in_psa",
      `${name(document)} is linked to ${made} of psa, which is not there any more`,
      {
        task: "Void it in accounting, or enter it in psa again and link that.",
        command: `tripoint idmap unlink invoice psa:${arg(made)}${client}`,
      },
    );
  }
  const message = `${name(document)} is the PSA's own invoice ${made}: billing has no part in it`;
  return { cause: "invoiced_by_psa", expected: true, message, task: null, command: null };
}

/** A document whose two sides stand with two customers, because nobody linked them, or somebody unlinked them. */
function unlinkedCustomer(
  source: LedgerDocument,
  found: LedgerDocument,
  { client, run }: Commands,
  { ledgers: { customers } }: CauseContext,
): Cause | undefined {
  const [own, there] = [source, found].map(({ side, customer_id }) => customers.of(side, customer_id));
  if (own === undefined || own.linked || own.key === there?.key) return undefined;
  const to = there?.linked === false ? arg(found.customer_id) : "<its id there>";
  const link = `tripoint idmap link customer ${source.side}:${arg(source.customer_id)} ${found.side}:${to}${client}`;
  return cause(
    "unlinked_customer",
    `${name(source)}: customer ${source.customer_id} of ${source.side} is not linked to ${found.side}, where it stands ` +
      `with customer ${found.customer_id}`,
    { command: `${link} && ${run}` },
  );
}

function notLinked(source: LedgerDocument, target: LedgerDocument, here: Commands): Cause {
  const stale = source.counterparts.map(
    (one) => `tripoint idmap unlink ${source.kind} ${target.side}:${arg(one)}${here.client} && `,
  );
  const message = `${name(source)} has the number of ${target.id} in ${target.side} and is not linked to it`;
  const command = `${stale.join("")}${here.link(target.id)} && ${here.retry}`;
  return cause("not_linked", message, { command });
}

function typedTwice(source: LedgerDocument, target: LedgerDocument, here: Commands): Cause {
  const message =
    `${name(source)} of ${source.side} looks like ${target.id}, which was typed in ${target.side}: the next run would ` +
    "record it twice";
  return cause("not_linked", message, { command: here.link(target.id) });
}

/** The target has nothing of a document. */
function missing(source: LedgerDocument, target: Side, here: Commands): Cause {
  const { standing } = source;
  if (standing === null) throw new Error("a document with a pipeline has a standing");
  switch (standing.kind) {
    case "left_out":
      return leftOut(source, standing.reason, target);
    case "set_aside":
      return setAside(source, standing, target, here);
    case "unsettled":
      return unsettled(source, target, here);
    case "written": {
      const [gone = "<id>"] = source.counterparts;
      return cause(
        `gone_in_${target}`,
        `${name(source)} was written as ${gone} of ${target}, which is not there any more`,
        {
          command: `tripoint idmap unlink ${source.kind} ${target}:${arg(gone)}${here.client} && ${here.run}`,
        },
      );
    }
    case "not_yet": {
      if (standing.plan !== null) {
        return cause("plan_waiting", `${name(source)} waits in plan ${standing.plan}`, {
          command: here.apply(standing.plan),
        });
      }
      if (standing.unmapped.length > 0) return unmapped(source, standing.unmapped, here);
      return cause("not_run", `${name(source)} is not in ${target} yet: no run has had it`, {
        command: here.run,
      });
    }
    default:
      return unreachable(standing);
  }
}

function leftOut(source: LedgerDocument, reason: string, target: Side): Cause {
  const why =
    reason === "before_go_live"
      ? "it is older than go_live"
      : reason === "filtered"
        ? `the filter of pipeline ${source.pipeline} leaves it out`
        : reason === "paid_elsewhere"
          ? `it pays invoices that ${target} has none of`
          : `pipeline ${source.pipeline} requires what it lacks`;
  const message = `${name(source)} is not meant for ${target}: ${why}`;
  return { cause: reason, expected: true, message, task: null, command: null };
}

function unsettled(source: LedgerDocument, target: Side, here: Commands): Cause {
  const message = `${name(source)} was sent to ${target}, and whether it was stored is not known yet`;
  return cause("unsettled", message, { command: here.run });
}

function unmapped(source: LedgerDocument, codes: readonly string[], here: Commands): Cause {
  const list = codes.map((code) => `"${code}"`).join(", ");
  const [first = ""] = codes;
  return cause("code_unmapped", `${name(source)} is held: no code map has a row for ${list}`, {
    task: `Add { code: "${first}", … } to ${here.codes}.`,
    command: here.run,
  });
}

/** What ends a hold, a conflict or a dead letter, by its reason. */
function setAside(
  source: LedgerDocument,
  { issue, reason, message, detail }: Extract<Standing, { kind: "set_aside" }>,
  target: Side,
  here: Commands,
): Cause {
  const said = `${name(source)} is ${issue === "dead_letter" ? "refused" : "held"}: ${message}`;
  if (issue === "conflict") {
    const resolve = `tripoint conflicts resolve ${source.pipeline} ${arg(source.id)} --take source${here.client}`;
    return cause("conflict", said, { command: `${resolve} && ${here.run}` });
  }
  if (reason === "code_unmapped") return unmapped(source, textsIn(detail, "codes"), here);
  if (issue === "dead_letter") {
    return cause("dead_letter", said, {
      task: `Correct it in ${source.side} if it is wrong there.`,
      command: here.retry,
    });
  }
  switch (reason) {
    case "reference_missing": {
      const entity = textIn(detail, "entity");
      const id = textIn(detail, "id");
      const link = `tripoint idmap link ${entity} ${source.side}:${arg(id)} ${target}:<its id there>${here.client}`;
      return cause(
        entity === "customer" ? "unlinked_customer" : "reference_missing",
        `${name(source)} is held: ${entity} ${id} of ${source.side} is not linked to ${target}`,
        { command: `${link} && ${here.run}` },
      );
    }
    case "match_ambiguous":
    case "found_twice":
    case "outcome_unknown":
    case "no_match":
      return cause(reason, said, { command: `${here.link("<its id there>")} && ${here.run}` });
    case "target_missing": {
      const [gone = "<id>"] = source.counterparts;
      return cause(`gone_in_${target}`, said, {
        command: `tripoint idmap unlink ${source.kind} ${target}:${arg(gone)}${here.client} && ${here.run}`,
      });
    }
    case "posted_differs":
      return cause(reason, said, {
        task: `Say which is right: "restore" writes it again, "void" posts it anew, "keep" leaves it.`,
        command: here.restore,
      });
    case "guard_failed":
      return cause(reason, said, { task: `Correct it in ${source.side}.`, command: here.run });
    default:
      return cause(reason, said, {
        task: adviceOn(reason, { source: source.side, target }),
        command: here.retry,
      });
  }
}

function ids(documents: readonly LedgerDocument[]): string {
  return documents.map(({ id }) => id).join(" and ");
}

/** Undefined: nothing but what it is applied to. */
function whatDiffers(source: LedgerDocument, target: LedgerDocument): string | undefined {
  const parts = [
    ...(source.total === target.total ? [] : ["its amount"]),
    ...(source.date === target.date ? [] : ["its date"]),
    ...(source.due_date === target.due_date ? [] : ["its due date"]),
    ...(source.status === target.status ? [] : ["its status"]),
  ];
  if (parts.length > 0) return parts.join(" and ");
  const codes = ({ gl }: LedgerDocument): string => JSON.stringify(gl);
  if (source.kind === "invoice") return "its customer or GL codes";
  return codes(source) === codes(target) ? undefined : "its GL codes";
}

function textIn(detail: Json, key: string): string {
  const value = isObject(detail) ? detail[key] : undefined;
  return typeof value === "string" ? value : `<${key}>`;
}

function textsIn(detail: Json, key: string): readonly string[] {
  const value = isObject(detail) ? detail[key] : undefined;
  return Array.isArray(value) ? value.map(String) : [];
}
