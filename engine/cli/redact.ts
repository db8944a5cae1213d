/** Blots out what looks like a credential, whoever put it into a text: the last line of defence of the log. */

const NAMED =
  /((?:authorization|password|passwd|secret|token|api[_-]?key|private[_-]?key|gateway[_-]?key)["']?\s*[:=]\s*["']?)((?:basic|bearer)\s+)?[^\s"',;}&]+/gi;
const SCHEME = /\b(basic|bearer)\s+[A-Za-z0-9+/=._~-]{8,}/gi;
const USER_INFO = /(https?:\/\/)[^\s/@]+@/gi;

/** The text without credentials. */
export function redact(text: string): string {
  return text.replace(USER_INFO, "$1***@").replace(NAMED, "$1***").replace(SCHEME, "$1 ***");
}
