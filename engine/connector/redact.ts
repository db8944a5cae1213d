/** Takes secrets out of every text that leaves this room: errors, log lines, excerpts of answers. */
export interface Redactor {
  /** From now on this value is taken out wherever it stands, plain, URL-encoded or in Base64. */
  hide(secret: string): void;
  redact(text: string): string;
}

const MARK = "***";
// A shorter value would blot out ordinary words without hiding anything worth it.
const SECRET_MIN = 4;

const SECRET_NAME =
  "authorization|access_?token|refresh_?token|id_?token|client_?secret|private_?key|api_?key|subscription-key|password|passwd|assertion";
const IN_JSON = new RegExp(`("[^"]*(?:${SECRET_NAME})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"?`, "gi");
// A reference to a secret is none, and a line of YAML that is shown around it must keep its columns.
const NO_SECRET = `"|(?:env:\\w+|file:[^\\s,;"'}]+|\\*+)(?=[\\s,;"'}]|$)`;
const IN_TEXT = new RegExp(
  `((?:${SECRET_NAME})\\s*[=:]\\s*)(?!\\s|${NO_SECRET})(?:(?:basic|bearer)\\s+)?[^\\s&,;"'}]+`,
  "gi",
);
const SCHEME = /\b(basic|bearer)\s+[A-Za-z0-9+/_~.=-]{8,}/gi;
// 13 to 19 digits with single spaces or hyphens between them; only those whose check digit is right.
const CARD = /(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.])/g;

export function createRedactor(): Redactor {
  const hidden = new Set<string>();
  return {
    hide: (secret) => {
      if (secret.length < SECRET_MIN) return;
      hidden.add(secret);
      hidden.add(encodeURIComponent(secret));
      hidden.add(Buffer.from(secret).toString("base64"));
    },
    redact: (text) => {
      let result = text;
      // Longest first: a secret may hold another one.
      for (const secret of [...hidden].sort((a, b) => b.length - a.length)) {
        result = result.replaceAll(secret, MARK);
      }
      return result
        .replace(IN_JSON, `$1"${MARK}"`)
        .replace(SCHEME, `$1 ${MARK}`)
        .replace(IN_TEXT, `$1${MARK}`)
        .replace(CARD, (digits) => (isCard(digits) ? MARK : digits));
    },
  };
}

/** The Luhn check that every card number passes, and one other number in ten. */
function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const weighted = index % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
