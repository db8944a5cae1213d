import { referenceRules, seedReference } from "../../engine/connector/sandbox/reference-billing.ts";
import type { Sandbox } from "../../engine/connector/sandbox/types.ts";
import { openDatabaseFile } from "./sandbox/database-file.ts";

/**
 * A billing system that is a database file in the sandbox's folder, beside it the outbox that it imports. Written from
 * the layout in README.md.
 */
export const sandbox: Sandbox = {
  name: "sqlite-billing",
  rules: referenceRules,
  seed: seedReference,
  routes: [],
  notFound: () => ({ status: 404 }),
  basePath: "",
  environment: (_baseUrl, folder = "") => ({ SQLITE_BILLING_DB: `${folder}/billing.db` }),
  open: openDatabaseFile,
};
