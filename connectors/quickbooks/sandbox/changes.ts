import type { Row } from "../../../engine/connector/sandbox/types.ts";
import { atPath } from "../../../engine/core/json.ts";
import { type Books, textOf } from "./books.ts";
import { type Entity, findEntity } from "./entities.ts";
import { DAY_MS } from "./pacific.ts";
import { missing, Refusal, unknownProperty } from "./refusal.ts";

/** GET /cdc: what changed since an instant, deletions included; cut off without a way to page. */

const WINDOW_MS = 30 * DAY_MS;
const MAX_OBJECTS = 1000;
const EXCLUDED = new Set(["TaxCode", "TaxRate"]);

/** `{CDCResponse: [{QueryResponse: [...]}]}` with one element per entity asked for. */
export function readChanges(entities: string, changedSince: string, books: Books): Row | Refusal {
  if (entities === "") return missing("entities");
  const since = Date.parse(changedSince);
  if (Number.isNaN(since)) return missing("changedSince");
  if (since < books.now() - WINDOW_MS && books.rule("cdc_window")) {
    // The 30 days are documented, the code is not.
    return new Refusal(
      "6000",
      "Invalid changedSince",
      "Cannot look back more than 30 days from the current date.",
    );
  }
  let room = books.rule("cdc_limit") ? MAX_OBJECTS : Number.POSITIVE_INFINITY;
  const responses: Row[] = [];
  for (const name of entities.split(",").map((part) => part.trim())) {
    const entity = findEntity(name);
    if (entity === undefined || EXCLUDED.has(entity.name)) return unknownProperty(name);
    const changed = changesOf(entity, since, books).slice(0, room);
    room -= changed.length;
    const response = { [entity.name]: changed, startPosition: 1, maxResults: changed.length };
    responses.push(changed.length === 0 ? {} : response);
  }
  return { CDCResponse: [{ QueryResponse: responses }] };
}

// Live records first, then the deleted ones. Which records a cut-off leaves out is unknown; here the latest.
function changesOf(entity: Entity, since: number, books: Books): Row[] {
  const isNew = (row: Row): boolean => Date.parse(textOf(atPath(row, "MetaData.LastUpdatedTime"))) >= since;
  const live = books.ledger.all(entity.name).filter(isNew);
  const deleted = books.ledger.all("deleted").filter((row) => row["entity"] === entity.name && isNew(row));
  return [
    ...live,
    ...deleted.map((row) => ({
      domain: "QBO",
      status: "Deleted",
      Id: row["Id"] ?? null,
      MetaData: row["MetaData"] ?? null,
    })),
  ];
}
