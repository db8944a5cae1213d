import type { ClientConfig, IdentityConfig, PipelineConfig } from "../config/types.ts";
import { groupBy } from "../core/group.ts";
import { printMoney } from "../core/money.ts";
import { cronWords } from "../report/cron-words.ts";
import type { Explained, ExplainView } from "../report/explain.ts";
import { entityOf, isDocument } from "../sync/shape.ts";
import { type ClientPlace, loadConfig } from "./client.ts";
import { explainReadiness, jurisdictionsOf } from "./explain-readiness.ts";

/** client.yaml in plain words: the four business decisions first. No network, no state. */

/** Says what is decided. Throws ConfigError when the configuration has mistakes. */
export function explain(place: ClientPlace): ExplainView {
  const config = loadConfig(place);
  return {
    schemaVersion: 1,
    client: config.client,
    file: config.file,
    decisions: [invoicing(config), linking(config), schedules(config), winners(config)],
    more: [
      systems(config),
      goLive(config),
      documents(config),
      payments(config),
      explainReadiness(config),
      codes(config),
      limits(config),
    ],
  };
}

const MODES: { readonly [mode: string]: string } = {
  separate: "separate invoices: telecom from billing, services from the PSA",
  consolidated: "one invoice for everything, from billing",
};

function invoicing({ invoicing: { mode, customers, switch_over, before } }: ClientConfig): Explained {
  const words = (one: string): string => MODES[one] ?? one;
  return {
    key: "invoicing",
    question: "One invoice or separate ones?",
    answers: [
      `Customers get ${words(mode)}.`,
      ...Object.entries(customers).map(([id, own]) => `Customer ${id} of the PSA gets ${words(own)}.`),
      ...(switch_over === null
        ? []
        : [`This holds for service from ${switch_over} on; earlier service: ${words(before)}.`]),
    ],
  };
}

function linking({ identity, pipelines }: ClientConfig): Explained {
  const entities = Object.entries(identity);
  const own = pipelines.some(({ target }) => target.entity === "customer");
  const none = own
    ? "Nothing is said: the numbers of customers must be equal."
    : "No pipeline moves customers.";
  return {
    key: "identity",
    question: "How are customers linked?",
    answers: entities.length === 0 ? [none] : entities.flatMap(([entity, one]) => identityWords(entity, one)),
  };
}

const STRATEGIES: { readonly [strategy in IdentityConfig["strategy"]]: string } = {
  external_id: "by ids that the systems hold for each other",
  crosswalk: "by tripoint's own id map",
  both: "by ids that the systems hold for each other and by tripoint's own id map",
};

const KEYS: { readonly [key: string]: string } = {
  external_id: "the id that one system holds of the other",
  tax_id: "the tax id",
  name_normalized: "the name (however it is spelt)",
  postal_code: "the postal code",
  address_key: "the address",
};

function identityWords(
  entity: string,
  { strategy, external_ids, match, on_none }: IdentityConfig,
): readonly string[] {
  const keys = match.map((key) =>
    (typeof key === "string" ? [key] : key).map((one) => KEYS[one] ?? one).join(" with "),
  );
  return [
    `Every ${entity} is linked ${STRATEGIES[strategy]}.`,
    ...Object.entries(external_ids).map(
      ([system, field]) =>
        `${system} holds the id of ${field.holds} in ${field.field}${field.write_back ? ", and tripoint writes it there" : ""}.`,
    ),
    ...(keys.length === 0 ? [] : [`What is not linked yet is recognised by: ${keys.join("; else ")}.`]),
    `One hit links, several wait for a person; without any it is ${on_none === "create" ? "created" : "held"}.`,
  ];
}

function schedules({ schedules: all, pipelines, time_zone }: ClientConfig): Explained {
  return {
    key: "schedules",
    question: "When does each pipeline run?",
    answers: [
      ...pipelines.map(({ pipeline, source, target, after }) => {
        const when = cronWords(all[pipeline] ?? "manual");
        const wait = after.length === 0 ? "" : `, after ${after.join(", ")}`;
        return `${pipeline} (${source.entity}, ${source.system} to ${target.system}): ${when}${wait}.`;
      }),
      `Times are those of ${time_zone}.`,
    ],
  };
}

function winners({ truth, pipelines }: ClientConfig): Explained {
  return {
    key: "truth, conflicts",
    question: "Which side wins?",
    answers: [
      ...[...groupBy(Object.entries(truth), ([, system]) => system)].map(
        ([system, owned]) =>
          `${system} owns ${owned.map(([entity]) => entity).join(", ")}; the others follow.`,
      ),
      ...pipelines.flatMap(fieldRules),
      "In every other field that a pipeline carries its source wins.",
    ],
  };
}

function fieldRules({ pipeline, source, target, conflicts }: PipelineConfig): readonly string[] {
  return Object.entries(conflicts).map(([field, rule]) => {
    const words = {
      source_wins: `${source.system} wins`,
      target_wins: `${target.system} keeps its own value`,
      manual: "a person decides when both sides changed it",
    }[rule];
    return `${target.entity}.${field} in ${pipeline}: ${words}.`;
  });
}

function systems({ systems: all }: ClientConfig): Explained {
  return {
    key: "systems",
    question: "Which systems?",
    answers: [...all.values()].map(({ name, connector, allow_unverified }) => {
      const risk =
        allow_unverified.length === 0 ? "" : `; allowed on unverified facts: ${allow_unverified.join(", ")}`;
      return `${name}: ${connector.title}${risk}.`;
    }),
  };
}

function goLive({ go_live }: ClientConfig): Explained {
  return {
    key: "go_live",
    question: "From which day on?",
    answers: [
      go_live === null
        ? "From the first document on."
        : `Documents dated before ${go_live} are never written.`,
    ],
  };
}

const REVISED: { readonly [rule in PipelineConfig["revise"]]: string } = {
  update: "a posted one that changes is updated",
  void_and_reissue: "a posted one that changes is voided and posted anew under the next number",
};

const CLOSED: { readonly [rule in PipelineConfig["period_closed"]]: string } = {
  hold: "waits",
  next_open_day: "is dated on the first open day",
  adjust: "waits when it is new, and a change is posted as a document of its own",
};

const ZERO: { readonly [rule in PipelineConfig["zero_total"]]: string } = {
  skip: "is left out",
  hold: "waits",
  post: "is posted",
};

/** What becomes of invoices and credit notes. */
function documents({ pipelines, currency }: ClientConfig): Explained {
  const posting = pipelines.filter(({ target }) => isDocument(entityOf(target.entity)));
  return {
    key: "period_closed, revise, zero_total, lines",
    question: "What becomes of invoices and credit notes?",
    answers: [
      ...posting.map(({ pipeline, revise, period_closed, zero_total, zero_up_to, lines }) =>
        [
          `${pipeline}: ${REVISED[revise]}`,
          `in closed books it ${CLOSED[period_closed]}`,
          `one ${zero_up_to === 0 ? "over" : "up to"} ${printMoney(zero_up_to, currency)} ${ZERO[zero_total]}`,
          ...(lines === "summarised" ? ["lines are summed by GL code"] : []),
        ].join("; "),
      ),
      ...(posting.length === 0 ? ["No pipeline posts any."] : []),
    ].map((one) => (one.endsWith(".") ? one : `${one}.`)),
  };
}

function payments({ payments: { sync_back }, pipelines }: ClientConfig): Explained {
  const moving = pipelines
    .filter(({ target }) => target.entity === "payment")
    .map(({ pipeline }) => pipeline);
  const back =
    moving.length === 0
      ? "No pipeline moves payments."
      : `Payments are written back to billing by ${moving.join(", ")}.`;
  return {
    key: "payments",
    question: "What becomes of payments?",
    answers: [sync_back ? back : "They stay in accounting: nothing of a payment is written to billing."],
  };
}

/** The code maps of pipelines; that of the tax jurisdictions is told where it judges, and holds nothing. */
function codes(config: ClientConfig): Explained {
  const judging = jurisdictionsOf(config);
  return {
    key: "codes",
    question: "Which code maps?",
    answers: [
      ...[...config.codes.values()].flatMap((codeMap) => {
        const { name, rows } = codeMap;
        const users = config.pipelines.filter(({ maps }) =>
          Object.values(maps).some((map) => map.codes === name),
        );
        if (users.length === 0 && codeMap === judging) return [];
        const by = users.map(({ pipeline }) => pipeline).join(", ") || "no pipeline";
        return [`${name}: ${rows.length} rows, used by ${by}.`];
      }),
      "A code without a row holds its record, unless a pipeline says otherwise.",
    ],
  };
}

function limits({ limits: { first_run, create, update, void: voids, amount } }: ClientConfig): Explained {
  const counts = ([name, number]: readonly [string, number | null | undefined]): readonly string[] =>
    number === null || number === undefined ? [] : [`${number} ${name}`];
  const sums = (of: { readonly [currency: string]: number }): readonly string[] =>
    Object.entries(of).map(([currency, minor]) => `${printMoney(minor, currency)} in new documents`);
  const own = [
    ...[["creates", create] as const, ["updates", update] as const, ["voids", voids] as const].flatMap(
      counts,
    ),
    ...sums(amount),
  ];
  const first = [
    ...[
      ["creates", first_run.create] as const,
      ["updates", first_run.update] as const,
      ["voids", first_run.void] as const,
    ].flatMap(counts),
    ...sums(first_run.amount ?? {}),
  ];
  const none = own.length === 0 ? ["No limit: a run does whatever it finds to do."] : [];
  return {
    key: "limits",
    question: "How much may one run of a pipeline do before a person is asked?",
    answers: [
      ...none,
      ...(own.length === 0 ? [] : [`At most ${own.join(", ")}; more waits for tripoint apply.`]),
      ...(first.length === 0 ? [] : [`On its first run: ${first.join(", ")}.`]),
    ],
  };
}
