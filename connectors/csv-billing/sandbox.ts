import { referenceRules, seedReference } from "../../engine/connector/sandbox/reference-billing.ts";
import type { Sandbox } from "../../engine/connector/sandbox/types.ts";
import { openFolders } from "./sandbox/folders.ts";

/**
 * A billing system that drops CSV files into a folder and takes up what it finds in another one. Written from the layout
 * in README.md.
 */
export const sandbox: Sandbox = {
  name: "csv-billing",
  rules: referenceRules,
  seed: seedReference,
  routes: [],
  notFound: () => ({ status: 404 }),
  basePath: "",
  environment: (_baseUrl, folder = "") => ({ CSV_BILLING_FOLDER: folder }),
  open: openFolders,
};
