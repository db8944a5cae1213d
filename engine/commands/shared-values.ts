/**
 * One copy of what many documents have alike: dates, customers, numbers, lists of GL codes. Without it every record keeps
 * texts of its own, which is most of what a report of many thousand documents takes.
 */
export interface SharedValues {
  text(value: string): string;
  /** The same list for the same texts in the same order. */
  texts(values: readonly string[]): readonly string[];
}

export function createSharedValues(): SharedValues {
  const texts = new Map<string, string>();
  const lists = new Map<string, readonly string[]>();
  const text = (value: string): string => {
    const known = texts.get(value);
    if (known === undefined) texts.set(value, value);
    return known ?? value;
  };
  return {
    text,
    texts: (values) => {
      const key = JSON.stringify(values);
      const known = lists.get(key);
      if (known !== undefined) return known;
      const own = values.map(text);
      lists.set(key, own);
      return own;
    },
  };
}
