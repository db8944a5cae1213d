import type { ClientConfig, PipelineConfig } from "../config/types.ts";
import type { Links } from "./links.ts";

/** The id map for a source that names customers, accounts and locations by another system's ids. */
export function linksOfSource(config: ClientConfig, { source, target }: PipelineConfig, links: Links): Links {
  const speaks = config.systems.get(source.system)?.ids_of;
  if (speaks === undefined) return links;
  return {
    ...links,
    translate: (entity, from, to, ids) => {
      // Its own records have its own ids.
      if (entity === target.entity || from !== source.system) return links.translate(entity, from, to, ids);
      return speaks === to ? new Map(ids.map((id) => [id, [id]])) : links.translate(entity, speaks, to, ids);
    },
  };
}
