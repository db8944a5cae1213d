import { Command } from "commander";
import type { Verbs } from "./verb.ts";
import { addAdoptVerb } from "./verbs-adopt.ts";
import { addCodesVerb } from "./verbs-codes.ts";
import { addDocumentVerbs } from "./verbs-documents.ts";
import { addLocalVerbs } from "./verbs-local.ts";
import { addLoginVerbs } from "./verbs-login.ts";
import { addProveVerbs } from "./verbs-prove.ts";
import { addReadinessVerbs } from "./verbs-readiness.ts";
import { addRecordVerbs } from "./verbs-records.ts";
import { addReportVerbs } from "./verbs-reports.ts";
import { addRunVerbs } from "./verbs-runs.ts";
import { addViewVerbs } from "./verbs-views.ts";

/** The command line with all its verbs; a wrong one throws CommanderError. */
export function createProgram(version: string, verbs: Verbs): Command {
  const program = new Command("tripoint")
    .description("Keeps a telecom provider's PSA, billing and accounting in step, from YAML.")
    .version(version)
    .configureHelp({ showGlobalOptions: false })
    .exitOverride();
  addRunVerbs(program, verbs);
  addRecordVerbs(program, verbs);
  addReadinessVerbs(program, verbs);
  addCodesVerb(program, verbs);
  addReportVerbs(program, verbs);
  addProveVerbs(program, verbs);
  addDocumentVerbs(program, verbs);
  addAdoptVerb(program, verbs);
  addViewVerbs(program, verbs);
  addLoginVerbs(program, verbs);
  addLocalVerbs(program, verbs);
  return program;
}
