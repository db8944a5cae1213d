/** Credentials of a system: headers for a call, and what to do when the system refuses them. */
export interface Auth {
  headers(): Promise<Headers>;
  /** True when a call that was refused with these headers is worth sending again, with others. */
  renew(refused: Headers): Promise<boolean>;
}

export type Headers = { readonly [name: string]: string };

/** The value of an Authorization header for HTTP Basic. */
export function basicHeader(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}
