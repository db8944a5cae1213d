import { type Command, Option } from "commander";
import { listIdMap, showIdMap } from "../commands/idmap.ts";
import { exportIdMap, importIdMap } from "../commands/idmap-csv.ts";
import { linkIds, type SystemId, unlinkId } from "../commands/idmap-edit.ts";
import { listConflicts, listHeld, resolveConflict, retryHeld, type Side } from "../commands/issues.ts";
import { readText } from "../commands/named-file.ts";
import { renderIdMap } from "../report/id-map.ts";
import { renderConflicts, renderHeld } from "../report/issues.ts";
import { count } from "../report/table.ts";
import { EXIT } from "./exit-codes.ts";
import {
  type ClientOptions,
  collect,
  logOf,
  parseSystemId,
  placeOf,
  withClientOptions,
  withPipelines,
} from "./options.ts";
import { example, print, printAs, type Verbs } from "./verb.ts";

/** The verbs about single records: the id map, what is held, what is in conflict. */

type IssueOptions = ClientOptions & { readonly pipeline?: readonly string[] };

/** Adds idmap, held and conflicts. */
export function addRecordVerbs(program: Command, verbs: Verbs): void {
  addIdMap(program.command("idmap").description("which ids in the systems are one thing"), verbs);
  addHeld(program.command("held").description("records that wait or were refused"), verbs);
  addConflicts(program.command("conflicts").description("fields that both sides changed"), verbs);
}

function addIdMap(idmap: Command, { act }: Verbs): void {
  const listing = withClientOptions(idmap.command("list"))
    .description("Lists the id map, a line a thing.")
    .argument("[entity]", "only this entity, such as customer");
  act(
    example(listing, "tripoint idmap list customer"),
    async (entity: string | undefined, options: ClientOptions) => {
      const rows = await listIdMap(placeOf(options), entity);
      printAs(options.format, { schemaVersion: 1, rows }, (value) => renderIdMap(value.rows));
      return EXIT.done;
    },
  );

  const showing = withClientOptions(idmap.command("show"))
    .description("Shows the things that a system knows by this id or number; exit 1 when there are none.")
    .argument("<id>", "an id or number in any of the systems");
  act(example(showing, "tripoint idmap show CUST-1001"), async (id: string, options: ClientOptions) => {
    const rows = await showIdMap(placeOf(options), id);
    printAs(options.format, { schemaVersion: 1, rows }, (value) => renderIdMap(value.rows));
    return rows.length === 0 ? EXIT.failed : EXIT.done;
  });

  const linking = withClientOptions(idmap.command("link"))
    .description("Says that two ids are one thing.")
    .argument("<entity>", "such as customer")
    .argument("<system:id>", "an id in one system", parseSystemId)
    .argument("<system:id>", "the same thing's id in another", parseSystemId)
    .option("--force", "also when one thing then has two ids in one system");
  act(
    example(linking, "tripoint idmap link customer psa:1001 accounting:789"),
    async (
      entity: string,
      a: SystemId,
      b: SystemId,
      options: ClientOptions & { readonly force?: boolean },
    ) => {
      const { linked } = await linkIds(placeOf(options), {
        entity,
        ids: [a, b],
        force: options.force === true,
      });
      printAs(options.format, { schemaVersion: 1, linked }, () =>
        linked
          ? "Linked. Records that waited for it are tried at the next run.\n"
          : "They were linked already.\n",
      );
      return EXIT.done;
    },
  );

  const unlinking = withClientOptions(idmap.command("unlink"))
    .description("Takes one id out of its thing; the next run matches that record anew.")
    .argument("<entity>", "such as customer")
    .argument("<system:id>", "the id", parseSystemId);
  act(
    example(unlinking, "tripoint idmap unlink customer accounting:789"),
    async (entity: string, which: SystemId, options: ClientOptions) => {
      await unlinkId(placeOf(options), entity, which);
      printAs(options.format, { schemaVersion: 1, unlinked: true }, () => "Unlinked.\n");
      return EXIT.done;
    },
  );

  const exporting = withClientOptions(idmap.command("export")).description("Prints the id map as CSV.");
  act(example(exporting, "tripoint idmap export > links.csv"), async (options: ClientOptions) => {
    print(await exportIdMap(placeOf(options)));
    return EXIT.done;
  });

  const importing = withClientOptions(idmap.command("import"))
    .description("Adds the links of an exported CSV file: all of them or, when one does not fit, none.")
    .argument("<file>", "CSV with the columns of idmap export");
  act(example(importing, "tripoint idmap import links.csv"), async (file: string, options: ClientOptions) => {
    const result = await importIdMap(placeOf(options), readText(file));
    printAs(
      options.format,
      { schemaVersion: 1, ...result },
      ({ added, unchanged }) => `${count(added, "link")} added, ${unchanged} there already.\n`,
    );
    return EXIT.done;
  });
}

function addHeld(held: Command, { act }: Verbs): void {
  const listing = withPipelines(withClientOptions(held.command("list"))).description(
    "Lists held records and dead letters with their reasons.",
  );
  act(example(listing, "tripoint held list --pipeline payments"), async (options: IssueOptions) => {
    const issues = await listHeld(placeOf(options), options.pipeline);
    printAs(options.format, { schemaVersion: 1, issues }, (value) => renderHeld(value.issues));
    return EXIT.done;
  });

  const retrying = withPipelines(withClientOptions(held.command("retry")))
    .description("Lets the next run try dead letters again; held records are tried at every run anyway.")
    .argument(
      "[records...]",
      "source ids; all dead letters when left out. With --pipeline also a record in step: it is compared with the " +
        "target anew, as after someone changed it there",
    );
  act(
    example(
      retrying,
      "tripoint held retry 9001 && tripoint run",
      "tripoint held retry 9001 --pipeline invoices && tripoint run --pipeline invoices",
    ),
    async (ids: readonly string[], options: IssueOptions) => {
      const retried = await retryHeld(placeOf(options), ids, options.pipeline);
      printAs(
        options.format,
        { schemaVersion: 1, ...retried },
        ({ issues, compared }) =>
          `${count(issues.length + compared.length, "record")} will be tried at the next run.\n`,
      );
      return EXIT.done;
    },
  );
}

function addConflicts(conflicts: Command, { act }: Verbs): void {
  const listing = withPipelines(withClientOptions(conflicts.command("list"))).description(
    "Lists fields of rule manual that both sides changed, with both values.",
  );
  act(example(listing, "tripoint conflicts list"), async (options: IssueOptions) => {
    const issues = await listConflicts(placeOf(options), options.pipeline);
    printAs(options.format, { schemaVersion: 1, issues }, (value) => renderConflicts(value.issues));
    return EXIT.done;
  });

  const resolving = withClientOptions(conflicts.command("resolve"))
    .description("Decides a conflict; the next run writes the chosen side's value.")
    .argument("<pipeline>", "the pipeline")
    .argument("<record>", "the source id")
    .addOption(
      new Option("--take <side>", "whose value holds").choices(["source", "target"]).makeOptionMandatory(),
    )
    .option("--field <name>", "only this field; may be repeated (default: all in conflict)", collect);
  act(
    example(resolving, "tripoint conflicts resolve invoices 9001 --take source --field due_date"),
    async (
      pipeline: string,
      source_id: string,
      options: ClientOptions & { readonly take: Side; readonly field?: readonly string[] },
    ) => {
      const { take, field: fields = [] } = options;
      const result = await resolveConflict(placeOf(options), { pipeline, source_id, take, fields });
      printAs(options.format, { schemaVersion: 1, ...result }, ({ open }) =>
        open.length === 0 ? "Decided.\n" : `Decided. Still open: ${open.join(", ")}.\n`,
      );
      if (options.format === "text") logOf(options).info("The next run carries it out: tripoint run");
      return EXIT.done;
    },
  );
}
