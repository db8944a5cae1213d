import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

/** Runs the built tests below this folder: `node dist/test/run.js [part of a path …]`. Exit 1 on a failure or no test. */

const folder = dirname(fileURLToPath(import.meta.url));
const filters = process.argv.slice(2);
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.js"))
  .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
  .sort()
  .map((file) => join(folder, file));

// A run that ends early proves nothing either.
process.exitCode = 1;
let passed = 0;
let failed = 0;
const stream = run({ files, concurrency: true });
// A file without tests is reported as one passed test with the file's name: that proves nothing, so it is not counted.
stream.on("test:pass", ({ name, details }) => {
  if (details.type !== "suite" && !files.includes(name)) passed += 1;
});
stream.on("test:fail", () => {
  failed += 1;
});
stream.on("end", () => {
  if (passed + failed === 0) process.stderr.write(`no test was run in ${files.length} files\n`);
  if (passed > 0 && failed === 0) process.exitCode = 0;
});
stream.compose(new spec()).pipe(process.stdout);
