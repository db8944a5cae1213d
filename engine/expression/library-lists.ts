import { isObject } from "../core/json.ts";
import { refuse, shown } from "./failure.ts";
import { absent, asText } from "./library-text.ts";

/** Lists, defaults and parts of objects. */
export const lists = {
  /** $default(x, d): x, or d when x is null or missing. */
  default: (value: unknown, otherwise: unknown) => value ?? otherwise ?? null,

  /** $first(list): the first item, or the value itself when it is no list; null of none. */
  first: (value: unknown) => (Array.isArray(value) ? value[0] : value) ?? null,

  /** $list(x): always a list: of none for null and missing, of one for a single value. */
  list: (value: unknown) => {
    if (absent(value)) return [];
    return Array.isArray(value) ? [...value] : [value];
  },

  /** $pick(object, names): the object with these members only; members that it lacks stay missing. */
  pick: (value: unknown, names: unknown) => {
    if (absent(value)) return null;
    if (!isObject(value)) return refuse(`$pick needs an object, not ${shown(value)}.`);
    const wanted: readonly unknown[] = Array.isArray(names) ? names : [names];
    return Object.fromEntries(Object.entries(value).filter(([name]) => wanted.includes(name)));
  },

  /** $joined(list, separator=""): the items that are not null or "", with the separator between; null of none. */
  joined: (value: unknown, separator: unknown = "") => {
    const items = (Array.isArray(value) ? value : [value]).filter((item) => !absent(item) && item !== "");
    return items.length === 0 ? null : items.map(asText).join(asText(separator));
  },
};
