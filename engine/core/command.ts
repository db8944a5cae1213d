/** Commands in what people read, as they can be typed. */

/** An id as a shell takes it: what a vendor calls a record must not become a command. The gap for a person stays. */
export function arg(text: string): string {
  return /^([\w.:@/-][\w.:@/~-]*|<its id there>|<id>|(psa|billing|accounting|provisioning):<id>)$/.test(text)
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}

/** `tripoint idmap link customer accounting:9001 billing:<id> --client demo`. */
export function command({ client }: { readonly client: string }, ...words: readonly string[]): string {
  return `tripoint ${words.map(arg).join(" ")} --client ${client}`;
}
