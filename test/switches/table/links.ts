import type { Switch } from "../switch.ts";

const MAPPING = ["acceptance/mapping"];

/** One customer, three ids, and the field that holds them (R26–R31, R61, R66). */
export const LINKS: readonly Switch[] = [
  {
    id: "R26",
    without: "a customer is found by its number only",
    file: "engine/commands/idmap.ts",
    find: "if (id !== idOrLabel && label !== idOrLabel) continue;",
    replace: "if (label !== idOrLabel) continue;",
    tests: MAPPING,
  },
  {
    id: "R27",
    without: "no id is written into a system's field",
    file: "engine/sync/external-ids.ts",
    find: "return field?.write_back === true ?",
    replace: 'return field?.write_back === true && entity === "" ?',
    tests: MAPPING,
  },
  {
    id: "R27",
    without: "no id is read from a system's field",
    file: "engine/sync/matcher.ts",
    find: "return fieldValue(field.field, source.record, source.raw);",
    replace: "return undefined;",
    tests: MAPPING,
    titled: "recognised by the chosen field",
  },
  {
    id: "R28",
    without: "an imported map is not taken in",
    file: "engine/commands/idmap-csv.ts",
    find: "rows.filter((row) => isNew(state, row));",
    replace: 'rows.filter((row) => isNew(state, row) && row.id === "");',
    tests: MAPPING,
  },
  {
    id: "R29",
    without: "nobody looks into the fields that hold another system's ids",
    file: "engine/sync/matcher.ts",
    find: "return fieldValue(field.field, source.record, source.raw);",
    replace: "return undefined;",
    tests: MAPPING,
  },
  {
    id: "R30",
    without: "pipelines may link customers without a word on how",
    file: "engine/config/checks-identity.ts",
    find: "if (linking.length === 0) return [];",
    replace: "if (linking.length >= 0) return [];",
    tests: MAPPING,
  },
  {
    id: "R31",
    without: "doctor names no field",
    file: "engine/commands/doctor-ids.ts",
    find: "if (hits < HITS_MIN || hits < values.length * SHARE_MIN) return [];",
    replace: "if (hits >= 0) return [];",
    tests: ["commands/doctor", "acceptance/mapping"],
  },
  {
    id: "R61",
    without: "ids go into one and the same field, whatever the client says",
    file: "engine/sync/external-ids.ts",
    find: 'name: field.slice("raw.".length)',
    replace: 'name: "customFields.AccountingId"',
    tests: MAPPING,
  },
  {
    id: "R66",
    without: "a customer without a counterpart is created, whatever the client says",
    file: "engine/sync/pipeline-page.ts",
    find: 'onNone: config.identity[entity.name]?.on_none ?? "create",',
    replace: 'onNone: config.identity["none"]?.on_none ?? "create",',
    tests: MAPPING,
    titled: "without a counterpart",
  },
];
