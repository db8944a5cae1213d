import { userInfo } from "node:os";

/**
 * Who types a command, for the journal. A user whom the machine does not list, as in a container, goes by number;
 * `named` throws for such a one.
 */
export function whoTyped(named: () => { readonly username: string } = userInfo): string {
  try {
    return named().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
