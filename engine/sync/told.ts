import type { ClientConfig, PipelineConfig } from "../config/types.ts";
import { resultFields } from "../expression/index.ts";

/**
 * Of the fields that a pipeline carries those that are news: the source's connector reads them, or the pipeline sets them.
 * A field that a system never tells is null in every record of it, and must not empty what the target has there.
 */
export function toldFields(
  { systems }: Pick<ClientConfig, "systems">,
  { source, target, transform, maps }: Pick<PipelineConfig, "source" | "target" | "transform" | "maps">,
  carried: readonly string[],
): readonly string[] {
  if (source.entity !== target.entity) return carried;
  const spec = systems.get(source.system)?.connector.entities[source.entity];
  const read = resultFields(spec?.read ?? "").map(({ name }) => name);
  // Where the record is computed in another way than field by field, any field may be told.
  if (read.length === 0) return carried;
  const set = Object.keys(transform).map(rootOf);
  const mapped = Object.entries(maps)
    .filter(([, { key }]) => read.includes(rootOf(key)))
    .map(([path]) => rootOf(path));
  const told = new Set([...read, ...set, ...mapped]);
  return carried.filter((field) => told.has(field));
}

function rootOf(path: string): string {
  return path.split(".")[0] ?? path;
}
